//! Rewriting operators of older versions to the form that they have in version 18, which the rules of gradients know.

use crate::attribute::int;
use crate::graph::{Graph, is_standard};
use crate::proto::{AttributeProto, NodeProto, TensorProto};

/// The version that gradients are written in.
pub const GRADIENT_OPSET: i64 = 18;

/// The oldest version that can be rewritten.
pub const OLDEST_OPSET: i64 = 11;

/// The reductions that took their axes as an attribute until version 17.
const REDUCTIONS: [&str; 9] = [
    "ReduceMean",
    "ReduceMax",
    "ReduceMin",
    "ReduceProd",
    "ReduceL1",
    "ReduceL2",
    "ReduceLogSum",
    "ReduceLogSumExp",
    "ReduceSumSquare",
];

impl Graph {
    /// Rewrites a graph of version 11 to 17 to version 18; others stay as they are.
    pub fn raise(&mut self) {
        let version = self.opset();
        if !(OLDEST_OPSET..GRADIENT_OPSET).contains(&version) {
            return;
        }
        let mut constants = Vec::new();
        raise_nodes(&mut self.nodes, version, &mut constants);
        self.initializers.extend(constants.into_iter().map(|tensor| (tensor.name.clone(), tensor)));
        self.set_opset(GRADIENT_OPSET);
    }
}

fn raise_nodes(nodes: &mut Vec<NodeProto>, version: i64, constants: &mut Vec<TensorProto>) {
    let mut raised = Vec::with_capacity(nodes.len());
    for mut node in nodes.drain(..) {
        for attribute in &mut node.attribute {
            for graph in attribute.g.iter_mut().chain(&mut attribute.graphs) {
                raise_nodes(&mut graph.node, version, constants);
            }
        }
        if !is_standard(&node.domain) {
            raised.push(node);
            continue;
        }
        match node.op_type.as_str() {
            op if REDUCTIONS.contains(&op) => as_input(&mut node, "axes", constants),
            "ReduceSum" | "Squeeze" | "Unsqueeze" if version < 13 => as_input(&mut node, "axes", constants),
            "Split" => {
                as_input(&mut node, "split", constants);
                if node.input_at(1).is_none() {
                    node.attribute.push(int("num_outputs", node.output.len() as i64));
                }
            }
            "Dropout" if version < 12 => node.attribute.clear(),
            "Softmax" | "LogSoftmax" if version < 13 && node.int("axis") != Some(-1) => {
                raised.extend(over_all_later_axes(node));
                continue;
            }
            _ => {}
        }
        raised.push(node);
    }
    *nodes = raised;
}

/// Turns the attribute `name` into the second input.
fn as_input(node: &mut NodeProto, name: &str, constants: &mut Vec<TensorProto>) {
    let Some(at) = node.attribute.iter().position(|attribute| attribute.name == name) else { return };
    let values = node.attribute.remove(at).ints;
    let constant = format!("kipos.raised/{}/{name}", node.output.first().map_or("", String::as_str));
    constants.push(TensorProto::of_ints(&constant, vec![values.len() as i64], &values));
    node.input.truncate(1);
    node.input.push(constant);
}

/// A softmax over all axes from one on, as it was until version 12: over one axis of a matrix.
fn over_all_later_axes(node: NodeProto) -> [NodeProto; 4] {
    let name = |what: &str| format!("{}/{what}", node.output[0]);
    let one = |op: &str, inputs: &[&str], output: &str, attribute: Vec<AttributeProto>| NodeProto {
        op_type: op.into(),
        name: output.into(),
        input: inputs.iter().map(|input| (*input).to_owned()).collect(),
        output: vec![output.into()],
        attribute,
        ..Default::default()
    };
    let (x, shape, flat, result) = (node.input[0].as_str(), name("shape"), name("flat"), name("result"));
    let axis = node.int("axis").unwrap_or(1);
    let back = NodeProto {
        op_type: "Reshape".into(),
        input: vec![result.clone(), shape.clone()],
        output: node.output.clone(),
        name: name("reshape"),
        ..Default::default()
    };
    [
        one("Shape", &[x], &shape, vec![]),
        one("Flatten", &[x], &flat, vec![int("axis", axis)]),
        NodeProto { name: node.name.clone(), ..one(&node.op_type, &[&flat], &result, vec![int("axis", -1)]) },
        back,
    ]
}
