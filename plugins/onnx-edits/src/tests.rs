//! Small networks whose edits are held to rows of their own in this crate, bit by bit where bits must agree.

use std::borrow::Cow;

use bytes::Bytes;
use kipos_onnx_graph::Graph;
use kipos_onnx_graph::attribute::{int, ints};
use kipos_onnx_graph::proto::{
    AttributeProto, Dimension, DimensionValue, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
    TensorShapeProto, TensorTypeProto, TypeProto, TypeValue, ValueInfoProto,
};
use kipos_onnx_graph::tensor::{Constant, element};
use kipos_plugin_api::{EditedOutputs, Tensor};
use prost::Message;

use crate::trial::Trial;
use crate::{Evaluator, Input, Instructions, Origin, Plan, Stop, Weights};

fn node(kind: &str, inputs: &[&str], output: &str, attribute: Vec<AttributeProto>) -> NodeProto {
    NodeProto {
        op_type: kind.into(),
        name: output.into(),
        input: inputs.iter().map(|&input| input.into()).collect(),
        output: vec![output.into()],
        attribute,
        ..Default::default()
    }
}

fn weight(name: &str, dims: &[i64]) -> TensorProto {
    let mut state = name.bytes().fold(7u32, |state, byte| state.wrapping_mul(31).wrapping_add(byte.into()));
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f64::from(state >> 8) / f64::from(1 << 23) - 1.0) * 0.4
    };
    let numbers: Vec<f64> = (0..dims.iter().product::<i64>()).map(|_| next()).collect();
    TensorProto::of_floats(name, dims.to_vec(), element::F32, &numbers)
}

fn declared(name: &str, dims: &[i64]) -> ValueInfoProto {
    let rows = Dimension { value: Some(DimensionValue::DimParam("rows".into())), ..Default::default() };
    let dim = |&length: &i64| Dimension { value: Some(DimensionValue::DimValue(length)), ..Default::default() };
    let shape = Some(TensorShapeProto { dim: std::iter::once(rows).chain(dims.iter().map(dim)).collect() });
    let value = Some(TypeValue::Tensor(TensorTypeProto { elem_type: element::F32, shape }));
    ValueInfoProto { name: name.into(), r#type: Some(TypeProto { value, ..Default::default() }), ..Default::default() }
}

/// A graph that reads `x` of 4 letters and `length` positions and gives `y`.
fn graph(length: i64, node: Vec<NodeProto>, initializer: Vec<TensorProto>) -> Graph {
    let graph = GraphProto {
        node,
        initializer,
        input: vec![declared("x", &[4, length])],
        output: vec![ValueInfoProto { name: "y".into(), ..Default::default() }],
        ..Default::default()
    };
    let opset_import = vec![OperatorSetIdProto { domain: String::new(), version: 18 }];
    let model = ModelProto { ir_version: 8, opset_import, graph: Some(graph), ..Default::default() };
    Graph::load(Bytes::from(model.encode_to_vec())).unwrap()
}

pub(crate) fn plan(graph: &Graph, length: usize) -> Result<Plan, Stop> {
    let input = Input { name: "x".into(), shape: vec![4, length], axes: Some((1, 0)) };
    Plan::of(graph, None, &[input], &["y"])
}

pub(crate) struct OfGraph<'a>(pub &'a Graph);

impl Weights for OfGraph<'_> {
    fn numbers(&self, name: &str) -> Option<Cow<'_, [f32]>> {
        match self.0.initializers.get(name)?.constant()? {
            Constant::Floats(numbers) => Some(numbers.into_iter().map(|number| number as f32).collect()),
            Constant::Ints(_) => None,
        }
    }
}

/// A network with two convolutions, a pool, a residual sum and dense layers.
pub(crate) fn network() -> Graph {
    let same = || vec![ints("kernel_shape", [3]), ints("pads", [1, 1])];
    let pool = vec![ints("kernel_shape", [3]), ints("strides", [2])];
    let nodes = vec![
        node("Conv", &["x", "w1", "b1"], "z1", vec![ints("kernel_shape", [5])]),
        node("Relu", &["z1"], "a1", vec![]),
        node("MaxPool", &["a1"], "p1", pool),
        node("Conv", &["p1", "w2"], "z2", same()),
        node("Tanh", &["z2"], "a2", vec![]),
        node("Add", &["p1", "a2"], "s2", vec![]),
        node("Flatten", &["s2"], "f", vec![]),
        node("Gemm", &["f", "w3", "b3"], "h", vec![int("transB", 1)]),
        node("Relu", &["h"], "a3", vec![]),
        node("MatMul", &["a3", "w4"], "o", vec![]),
        node("Sigmoid", &["o"], "y", vec![]),
    ];
    let weights = vec![
        weight("w1", &[20, 4, 5]),
        weight("b1", &[20]),
        weight("w2", &[20, 20, 3]),
        weight("w3", &[40, 20 * 17]),
        weight("b3", &[40]),
        weight("w4", &[40, 3]),
    ];
    graph(40, nodes, weights)
}

/// What edits give, and what rows of their own do.
fn both(evaluator: &Evaluator, rows: usize, threads: usize) -> (EditedOutputs, EditedOutputs) {
    let trial = Trial::of(evaluator.plan(), rows).unwrap();
    let found = evaluator.predict(&trial.views(), &trial.edits, threads).unwrap();
    let input = trial.inputs[0].view().as_f32().unwrap().to_vec();
    let (size, length) = (input.len() / rows, input.len() / rows / 4);
    let mut materialised = Vec::new();
    for (edit, &source) in trial.edits.sources.iter().enumerate() {
        let mut row = input[source * size..(source + 1) * size].to_vec();
        for one in trial.edits.substitutions_of(edit) {
            (0..4).for_each(|letter| {
                row[letter * length + one.position] = f32::from(u8::from(one.channel == Some(letter)))
            });
        }
        materialised.extend(row);
    }
    let rows = Tensor::new(vec![trial.edits.sources.len(), 4, length], materialised).unwrap();
    let whole = evaluator.predict(&[rows.view()], &kipos_plugin_api::Edits::default(), threads).unwrap();
    (EditedOutputs::new(found.reference.clone(), whole.reference), found)
}

fn bits(tensors: &[Tensor]) -> Vec<u32> {
    tensors
        .iter()
        .flat_map(|tensor| tensor.view().as_f32().unwrap().iter().map(|number| number.to_bits()).collect::<Vec<_>>())
        .collect()
}

#[test]
fn edits_are_close_to_rows_of_their_own() {
    let graph = network();
    let evaluator = Evaluator::load(plan(&graph, 40).unwrap(), &OfGraph(&graph), 1).unwrap();
    let (expected, found) = both(&evaluator, 3, 1);
    let trial = Trial::of(evaluator.plan(), 3).unwrap();
    let moved = || Ok(expected.clone());
    assert_eq!(trial.mismatch(&expected, &found, moved).unwrap(), None);
    let far = EditedOutputs::new(
        found.reference.clone(),
        expected
            .edited
            .iter()
            .map(|tensor| {
                let mut numbers = tensor.view().as_f32().unwrap().to_vec();
                numbers[0] += 0.01;
                Tensor::new(tensor.shape().to_vec(), numbers).unwrap()
            })
            .collect(),
    );
    let mismatch = trial.mismatch(&expected, &far, moved).unwrap().unwrap();
    assert!(mismatch.starts_with("the edit of position 1 is off by "), "{mismatch}");
}

#[test]
fn bits_depend_on_neither_instructions_nor_chunks_nor_threads() {
    let graph = network();
    let load = || Evaluator::load(plan(&graph, 40).unwrap(), &OfGraph(&graph), 1).unwrap();
    let expected = both(&load(), 5, 1).1;
    let same = |evaluator: Evaluator, threads: usize| {
        let found = both(&evaluator, 5, threads).1;
        assert_eq!(bits(&found.reference), bits(&expected.reference));
        assert_eq!(bits(&found.edited), bits(&expected.edited));
    };
    for instructions in Instructions::all().into_iter().filter(|one| one.is_there()) {
        same(load().with_instructions(instructions), 1);
    }
    for (rows, edits, threads) in [(1, 1, 1), (2, 7, 1), (3, 100, 2), (32, 3, 3), (5, 2, 8)] {
        same(load().with_limits(rows, edits), threads);
    }
}

#[test]
fn an_edit_of_nothing_is_its_row_bit_by_bit() {
    let graph = network();
    let evaluator = Evaluator::load(plan(&graph, 40).unwrap(), &OfGraph(&graph), 1).unwrap();
    let trial = Trial::of(evaluator.plan(), 1).unwrap();
    let found = evaluator.predict(&trial.views(), &trial.edits, 1).unwrap();
    // The last edit of a trial has no substitution.
    let (row, edits) = (bits(&found.reference), bits(&found.edited));
    assert_eq!(edits[edits.len() - row.len()..], row[..]);
}

#[test]
fn scales_are_folded_and_pools_come_first() {
    let graph = network();
    let plan = plan(&graph, 40).unwrap();
    let kinds: Vec<String> = plan.steps.iter().map(|step| format!("{:?}", step.kind)).collect();
    let names: Vec<&str> = kinds.iter().map(|kind| kind.split(['(', ' ']).next().unwrap()).collect();
    let expected = [
        "Convolution",
        "Pool",
        "Function",
        "Convolution",
        "Function",
        "Sum",
        "Dense",
        "Function",
        "Convolution",
        "Function",
    ];
    assert_eq!(names, expected);
    let cost = plan.cost().unwrap();
    assert!(cost.ratio() > 0.05 && cost.ratio() < 0.6, "{cost:?}");
}

#[test]
fn what_stops_is_named() {
    let stop = |nodes: Vec<NodeProto>, weights: Vec<TensorProto>| {
        plan(&graph(40, nodes, weights), 40).unwrap_err().to_string()
    };
    let conv = || node("Conv", &["x", "w1"], "z", vec![ints("kernel_shape", [5])]);
    let w1 = || vec![weight("w1", &[6, 4, 5])];
    assert_eq!(
        stop(vec![conv(), node("GlobalAveragePool", &["z"], "g", vec![]), node("Mul", &["z", "g"], "y", vec![])], w1()),
        "node `y` (Mul): it combines what all positions give with single positions, so a change reaches all of them"
    );
    assert_eq!(
        stop(vec![conv(), node("InstanceNormalization", &["z", "s", "s"], "y", vec![])], w1()),
        "node `y` (InstanceNormalization): it normalizes over all positions"
    );
    let turned = node("Transpose", &["z"], "t", vec![ints("perm", [0, 2, 1])]);
    assert_eq!(
        stop(vec![conv(), turned, node("MatMul", &["z", "t"], "y", vec![])], w1()),
        "node `y` (MatMul): it multiplies two values that depend on the sequence, as attention does"
    );
    assert_eq!(
        stop(vec![node("CumSum", &["x", "a"], "y", vec![])], vec![]),
        "node `y` (CumSum): the operator has no rule for edits"
    );
}

#[test]
fn an_engine_gets_what_has_no_rule_behind_the_last_position() {
    let conv = || node("Conv", &["x", "w1"], "z", vec![ints("kernel_shape", [5])]);
    let w1 = weight("w1", &[6, 4, 5]);
    let pooled = node("GlobalAveragePool", &["z"], "g", vec![]);
    let head = vec![conv(), pooled, node("Flatten", &["g"], "f", vec![]), node("Sin", &["f"], "s", vec![])];
    let dense = node("MatMul", &["s", "w2"], "y", vec![]);
    let found =
        plan(&graph(40, [head.clone(), vec![dense]].concat(), vec![w1.clone(), weight("w2", &[6, 3])]), 40).unwrap();
    let tail = found.tail.as_ref().unwrap();
    assert_eq!((tail.inputs.as_slice(), tail.outputs.as_slice()), (&["f".to_owned()][..], &["y".to_owned()][..]));
    assert_eq!((tail.node.as_str(), tail.graph.nodes.len(), tail.work), ("`s` (Sin)", 2, 18.0 + 12.0));
    assert_eq!((found.outputs.len(), found.outputs_for(&[]), &*found.sources), (1, vec![0], &[Origin::Tail(0)][..]));
    // What is behind reads the shape of what has positions, which is small, or large.
    let shape = node("Shape", &["z"], "n", vec![]);
    let grown = vec![node("Unsqueeze", &["s", "two"], "u", vec![]), shape, node("Expand", &["u", "n"], "y", vec![])];
    let two = TensorProto::of_ints("two", vec![1], &[2]);
    let grown = |w1: TensorProto| plan(&graph(40, [head.clone(), grown.clone()].concat(), vec![w1, two.clone()]), 40);
    assert_eq!(grown(w1).unwrap().tail.unwrap().inputs, ["f", "z"]);
    let stop = grown(weight("w1", &[600, 4, 5])).unwrap_err();
    assert_eq!(stop.to_string(), "node `s` (Sin): the operator has no rule for edits");
}
