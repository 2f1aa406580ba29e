//! Damage that leaves a graph readable: other operators, names, attributes, weights, branches, functions.

use kipos_onnx_graph::proto::{
    AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
};
use prost::Message;

use super::PART;
use crate::input::Input;
use crate::random::Random;

/// Operators that walks over a graph treat in a way of their own.
const OPERATORS: &[&str] = &[
    "Conv",
    "ConvTranspose",
    "MaxPool",
    "AveragePool",
    "GlobalMaxPool",
    "GlobalAveragePool",
    "Gemm",
    "MatMul",
    "Einsum",
    "Relu",
    "Sigmoid",
    "Softmax",
    "LogSoftmax",
    "Tanh",
    "Erf",
    "Clip",
    "Mul",
    "Add",
    "Sub",
    "Div",
    "Pow",
    "Sqrt",
    "ReduceMean",
    "ReduceSum",
    "ReduceMax",
    "ReduceL2",
    "ReduceLogSumExp",
    "CumSum",
    "BatchNormalization",
    "LayerNormalization",
    "InstanceNormalization",
    "LSTM",
    "GRU",
    "RNN",
    "Transpose",
    "Reshape",
    "Flatten",
    "Squeeze",
    "Unsqueeze",
    "Concat",
    "Split",
    "Slice",
    "Pad",
    "Gather",
    "GatherND",
    "ScatterND",
    "Expand",
    "Tile",
    "Where",
    "Cast",
    "Shape",
    "Size",
    "Constant",
    "ConstantOfShape",
    "Identity",
    "Dropout",
    "If",
    "Loop",
    "Scan",
    "Resize",
    "Upsample",
    "TopK",
    "ArgMax",
    "OneHot",
    "NonZero",
    "Range",
    "Einsum",
    "LRN",
    "QuantizeLinear",
    "RandomNormal",
    "SequenceAt",
    "Optional",
    "Gelu",
    "Unknown",
    "",
];

const ATTRIBUTES: &[&str] = &[
    "axis",
    "axes",
    "perm",
    "kernel_shape",
    "strides",
    "pads",
    "dilations",
    "group",
    "auto_pad",
    "ceil_mode",
    "count_include_pad",
    "transA",
    "transB",
    "alpha",
    "beta",
    "keepdims",
    "noop_with_empty_axes",
    "training_mode",
    "epsilon",
    "then_branch",
    "else_branch",
    "body",
    "value",
    "value_ints",
    "value_float",
    "to",
    "equation",
    "direction",
    "hidden_size",
    "layout",
    "split",
    "num_outputs",
    "mode",
    "allowzero",
    "exclusive",
    "reverse",
    "starts",
    "ends",
    "min",
    "max",
    "storage_order",
    "linear_before_reset",
];

const INTS: &[i64] = &[0, 1, -1, 2, 3, 4, 5, -2, 7, 100, 1 << 31, i64::MAX, i64::MIN, 1 << 40, -100];

const TEXTS: &[&str] = &[
    "SAME_UPPER",
    "SAME_LOWER",
    "VALID",
    "NOTSET",
    "bij,bjk->bik",
    "...i,i->...",
    "ij->",
    "->",
    "i,j,k",
    "bidirectional",
    "reverse",
    "é,",
    "",
];

/// Damages the graph of an input, if it is one.
pub(super) fn mutate(input: &mut Input, random: &mut Random) {
    let Some(part) = input.0.iter_mut().find(|part| part.name == PART) else { return };
    let Ok(mut model) = ModelProto::decode(&part.bytes[..]) else { return };
    for _ in 0..1 + random.below(6) {
        change_model(&mut model, random);
    }
    part.bytes = model.encode_to_vec();
}

fn change_model(model: &mut ModelProto, random: &mut Random) {
    match random.below(12) {
        0 => model.opset_import = vec![OperatorSetIdProto { domain: String::new(), version: random.below(26) as i64 }],
        1 => model.functions.push(function(model, random)),
        _ => {
            if let Some(graph) = &mut model.graph {
                change_graph(graph, random);
            }
        }
    }
}

/// A function that nodes of the graph may call, and that may call itself.
fn function(model: &ModelProto, random: &mut Random) -> FunctionProto {
    let nodes = model.graph.as_ref().map(|graph| graph.node.clone()).unwrap_or_default();
    let kept = random.below(nodes.len() + 1);
    let node: Vec<NodeProto> = nodes.into_iter().take(kept).collect();
    let name = random.pick(OPERATORS).copied().unwrap_or_default().to_owned();
    let ends =
        |node: Option<&NodeProto>| node.map(|node| [&node.input[..], &node.output[..]].concat()).unwrap_or_default();
    FunctionProto { name, input: ends(node.first()), output: ends(node.last()), node, ..FunctionProto::default() }
}

fn change_graph(graph: &mut GraphProto, random: &mut Random) {
    let names: Vec<String> =
        graph.node.iter().flat_map(|node| node.input.iter().chain(&node.output)).cloned().collect();
    let (nodes, weights) = (graph.node.len(), graph.initializer.len());
    let at = random.below(nodes);
    match random.below(10) {
        0 => {
            if let Some(node) = random.pick(&graph.node).cloned() {
                graph.node.insert(random.below(nodes + 1), node);
            }
        }
        1 if nodes > 0 => drop(graph.node.remove(at)),
        2 if nodes > 0 => {
            let other = random.below(nodes);
            graph.node.swap(at, other);
        }
        3 => {
            let at = random.below(weights);
            if let Some(tensor) = graph.initializer.get_mut(at) {
                change_tensor(tensor, random);
            }
        }
        4 => {
            let other = random.below(graph.input.len());
            if let Some(value) = graph.input.get(other).cloned() {
                graph.output.push(value);
            }
        }
        5 => {
            let inner = GraphProto { doc_string: String::new(), ..graph.clone() };
            if let Some(node) = graph.node.get_mut(at).filter(|_| nodes < 40) {
                node.op_type = ["If", "Loop", "Scan"][random.below(3)].to_owned();
                for name in ["then_branch", "else_branch", "body"] {
                    node.attribute.push(AttributeProto {
                        name: name.into(),
                        g: Some(inner.clone()),
                        ..AttributeProto::default()
                    });
                }
            }
        }
        _ => {
            if let Some(node) = graph.node.get_mut(at) {
                change_node(node, &names, random);
            }
        }
    }
}

fn change_node(node: &mut NodeProto, names: &[String], random: &mut Random) {
    let name = |random: &mut Random| match random.below(8) {
        0 => String::new(),
        1 => "absent".to_owned(),
        _ => random.pick(names).cloned().unwrap_or_default(),
    };
    match random.below(10) {
        0 | 1 => node.op_type = random.pick(OPERATORS).copied().unwrap_or_default().to_owned(),
        2 => {
            let at = random.below(node.input.len());
            let name = name(random);
            if let Some(input) = node.input.get_mut(at) {
                *input = name;
            }
        }
        3 => node.input.push(name(random)),
        4 => drop(node.input.pop()),
        5 => node.output.push(name(random)),
        6 => drop(node.output.pop()),
        7 => {
            node.domain = ["", "ai.onnx", "com.microsoft", "ai.onnx.ml", "a"][random.below(5)].to_owned();
        }
        8 => node.attribute.push(attribute(random)),
        _ => {
            let at = random.below(node.attribute.len());
            if let Some(found) = node.attribute.get_mut(at) {
                let name = std::mem::take(&mut found.name);
                *found = AttributeProto { name, ..attribute(random) };
            }
        }
    }
}

fn attribute(random: &mut Random) -> AttributeProto {
    let mut attribute = AttributeProto {
        name: random.pick(ATTRIBUTES).copied().unwrap_or_default().to_owned(),
        ..AttributeProto::default()
    };
    let int = |random: &mut Random| random.pick(INTS).copied().unwrap_or_default();
    match random.below(5) {
        0 => attribute.i = Some(int(random)),
        1 | 2 => attribute.ints = (0..random.below(7)).map(|_| int(random)).collect(),
        3 => attribute.f = Some([0.0, -1.0, f32::NAN, f32::INFINITY, 1e-30][random.below(5)]),
        _ => attribute.s = Some(random.pick(TEXTS).copied().unwrap_or_default().into()),
    }
    attribute
}

fn change_tensor(tensor: &mut TensorProto, random: &mut Random) {
    let int = |random: &mut Random| random.pick(INTS).copied().unwrap_or_default();
    match random.below(6) {
        0 => tensor.dims = (0..random.below(6)).map(|_| int(random)).collect(),
        1 => tensor.data_type = random.below(25) as i32 - 1,
        2 => tensor.raw_data = tensor.raw_data.take().map(|bytes| bytes.slice(..random.below(bytes.len() + 1))),
        3 => tensor.int64_data.push(int(random)),
        4 => {
            (tensor.data_type, tensor.dims, tensor.raw_data) = (7, vec![1], None);
            tensor.int64_data = vec![int(random)];
        }
        _ => tensor.raw_data = None,
    }
}
