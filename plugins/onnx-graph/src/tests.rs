//! Small graphs whose layers and gradients can be written down.

use std::collections::HashMap;

use bytes::Bytes;
use prost::Message;

use crate::attribute::{int, ints};
use crate::proto::{AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto};
use crate::tensor::element;
use crate::{Facts, GradientError, Graph, LayerError, Observation, plan};

pub(crate) fn node(op: &str, name: &str, inputs: &[&str], output: &str, attribute: Vec<AttributeProto>) -> NodeProto {
    NodeProto {
        op_type: op.into(),
        name: name.into(),
        input: inputs.iter().map(|&input| input.into()).collect(),
        output: vec![output.into()],
        attribute,
        ..Default::default()
    }
}

/// A file that reads `x`, has a weight `w` of 2, and gives `output`.
pub(crate) fn model(opset: i64, node: Vec<NodeProto>, output: &str) -> ModelProto {
    let initializer = vec![TensorProto::of_floats("w", vec![], element::F32, &[2.0])];
    let (input, output) =
        (vec![crate::graph::declare("x", element::F32)], vec![crate::graph::declare(output, element::F32)]);
    let graph = GraphProto { node, initializer, input, output, ..Default::default() };
    let opset_import = vec![OperatorSetIdProto { domain: String::new(), version: opset }];
    ModelProto { ir_version: 8, opset_import, graph: Some(graph), ..Default::default() }
}

pub(crate) fn load(model: &ModelProto) -> Result<Graph, crate::GraphError> {
    Graph::load(Bytes::from(model.encode_to_vec()))
}

fn graph(opset: i64, node: Vec<NodeProto>, output: &str) -> Graph {
    load(&model(opset, node, output)).unwrap()
}

fn keras() -> Graph {
    let nodes = vec![
        // Out of order: loading sorts them.
        node("Elu", "model/conv_a/Elu", &["c"], "model/conv_a/Elu:0", vec![]),
        node("Mul", "model/conv_a/Mul", &["x", "w"], "c", vec![]),
        node("Flatten", "model/flat", &["model/conv_a/Elu:0"], "f", vec![]),
        node("Det", "pick", &["f"], "t", vec![]),
        node("Exp", "", &["t"], "y", vec![]),
    ];
    graph(18, nodes, "y")
}

#[test]
fn a_graph_survives_saving_and_loading() {
    let graph = keras();
    assert_eq!(graph.nodes[0].op_type, "Mul");
    assert_eq!(Graph::load(Bytes::from(graph.save())).unwrap().nodes, graph.nodes);
    let circle = vec![node("Exp", "a", &["p"], "q", vec![]), node("Exp", "b", &["q"], "p", vec![])];
    let model = ModelProto { graph: Some(GraphProto { node: circle, ..Default::default() }), ..Default::default() };
    assert!(matches!(Graph::load(Bytes::from(model.encode_to_vec())), Err(crate::GraphError::Cycle(_))));
}

#[test]
fn a_layer_is_found_by_alias_tensor_suffix_node_and_module() {
    let graph = keras();
    let aliases = [("first".to_owned(), "c".to_owned())];
    for (name, tensor) in [
        ("first", "c"),
        ("c", "c"),
        ("model/conv_a/Elu", "model/conv_a/Elu:0"),
        ("model/conv_a/Mul", "c"),
        ("pick", "t"),
        ("pick#0", "t"),
        ("conv_a", "model/conv_a/Elu:0"),
        ("model.conv_a", "model/conv_a/Elu:0"),
    ] {
        assert_eq!(graph.resolve_layer(name, &aliases).as_deref(), Ok(tensor), "{name}");
    }
    assert!(matches!(graph.resolve_layer("pick#1", &[]), Err(LayerError::Result { count: 1, .. })));
    let missing = graph.resolve_layer("conv_b", &[]).unwrap_err().to_string();
    assert!(missing.starts_with("there is no layer `conv_b`; close to it are `conv_a`, "), "{missing}");
    assert_eq!(graph.layers().iter().map(|layer| layer.op.as_str()).collect::<Vec<_>>(), ["Mul", "Elu", "Det", "Exp"]);
}

#[test]
fn a_name_that_may_mean_several_layers_lists_them() {
    let nodes = vec![
        node("Exp", "left/conv/Exp", &["x"], "a", vec![]),
        node("Exp", "right/conv/Exp", &["a"], "b", vec![]),
        node("Neg", "twice", &["b"], "c", vec![]),
        node("Neg", "twice", &["c"], "y", vec![]),
    ];
    let graph = graph(18, nodes, "y");
    let refused = |name: &str| graph.resolve_layer(name, &[]).unwrap_err().to_string();
    assert_eq!(refused("conv"), "`conv` may mean any of `left.conv`, `right.conv`; give one of these names");
    assert_eq!(refused("twice"), "`twice` may mean any of `c`, `y`; give one of these names");
    assert_eq!(graph.resolve_layer("/right/conv", &[]).as_deref(), Ok("b"));
    assert_eq!(graph.layer_at(3).as_deref(), Ok("y"));
    assert_eq!(graph.layer_at(4), Err(LayerError::Index { index: 4, count: 4 }));
}

/// As a recurrent module returns its steps and its state. Its length, which others read too, is no value.
#[test]
fn a_module_that_returns_several_values_lists_them() {
    let nodes = vec![
        node("Shape", "lstm/Shape", &["x"], "length", vec![]),
        node("Exp", "lstm/Exp", &["x"], "steps", vec![]),
        node("Neg", "lstm/Neg", &["steps"], "state", vec![]),
        node("Reshape", "flat", &["steps", "length"], "a", vec![]),
        node("Add", "both", &["a", "state"], "y", vec![]),
    ];
    let mut graph = graph(18, nodes, "y");
    let refused = graph.resolve_layer("lstm", &[]).unwrap_err().to_string();
    assert_eq!(refused, "`lstm` may mean any of `steps`, `state`; give one of these names");
    graph.nodes[4].input[1] = "x".into();
    assert_eq!(graph.resolve_layer("lstm", &[]).as_deref(), Ok("steps"));
}

#[test]
fn going_back_over_a_nonlinearity_keeps_the_arrangement() {
    let mut graph = keras();
    let before = graph.before_nonlinearity("f").unwrap();
    let last = graph.nodes.last().unwrap();
    assert_eq!((last.op_type.as_str(), last.input[0].as_str(), &last.output[0]), ("Flatten", "c", &before));
    assert!(matches!(graph.before_nonlinearity("y"), Err(LayerError::Linear { .. })));
    let swish = vec![node("Sigmoid", "", &["x"], "s", vec![]), node("Mul", "", &["x", "s"], "y", vec![])];
    assert_eq!(self::graph(18, swish, "y").before_nonlinearity("y").as_deref(), Ok("x"));
}

#[test]
fn exposing_a_tensor_leaves_out_what_comes_after() {
    let part = keras().expose(&["c"]).unwrap();
    assert_eq!((part.nodes.len(), part.initializers.len(), part.outputs[0].name.as_str()), (1, 1, "c"));
    let error = keras().expose(&["nothing"]).unwrap_err();
    assert_eq!(error.to_string(), "the graph has no tensor `nothing`");
}

fn facts(graph: &Graph) -> Facts {
    let tensors = graph.nodes.iter().map(|node| node.output[0].clone()).chain(["x".to_owned()]);
    let seen = |rows: usize| Observation { element: element::F32, shape: vec![rows, 3], value: None };
    let run = |rows: usize| (rows, tensors.clone().map(|name| (name, seen(rows))).collect::<HashMap<_, _>>());
    Facts::new(graph, &run(2), Some(&run(3)))
}

#[test]
fn an_operator_without_a_rule_is_named_with_its_path() {
    let graph = keras();
    let facts = facts(&graph);
    let plan = plan(&graph, &facts, &["x"]);
    assert!(plan.allows("f") && !plan.allows("t") && !plan.allows("y"));
    let error = plan.build(&["y".into()], &["x"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no gradient through Det (node `pick`): the operator has no rule; it is on the path t → y"
    );
    let built = plan.build(&["f".into()], &["x"]).unwrap();
    assert!(built.graph.nodes.iter().all(|node| node.op_type != "Det"));
    assert_eq!(built.gradients, [Some("kipos.gradient_of/x".to_owned())]);
}

#[test]
fn older_operators_are_rewritten() {
    let nodes = vec![
        node("ReduceMean", "m", &["x"], "m", vec![ints("axes", [1]), int("keepdims", 1)]),
        node("Softmax", "s", &["m"], "y", vec![int("axis", 1)]),
    ];
    let mut old = graph(11, nodes.clone(), "y");
    old.raise();
    let ops: Vec<&str> = old.nodes.iter().map(|node| node.op_type.as_str()).collect();
    assert_eq!((old.opset(), ops), (18, vec!["ReduceMean", "Shape", "Flatten", "Softmax", "Reshape"]));
    assert_eq!(old.nodes[0].input, ["x", "kipos.raised/m/axes"]);
    // Operators without a rule are rewritten as well, since layers behind them can be asked for.
    let others = vec![
        node("TopK", "k", &["x"], "t", vec![int("k", 2)]),
        node("Scatter", "p", &["x", "t", "t"], "p", vec![]),
        node("Hardmax", "h", &["p"], "y", vec![]),
    ];
    let mut other = graph(9, others, "y");
    other.raise();
    let ops: Vec<&str> = other.nodes.iter().map(|node| node.op_type.as_str()).collect();
    assert_eq!(ops, ["TopK", "ScatterElements", "Shape", "Flatten", "Hardmax", "Reshape"]);
    assert_eq!(other.nodes[0].input, ["x", "kipos.raised/t/k"]);
    assert_eq!(other.initializers["kipos.raised/t/k"].constant(), Some(crate::tensor::Constant::Ints(vec![2])));
    let older = graph(6, nodes, "y");
    let facts = facts(&older);
    let refused = plan(&older, &facts, &["x"]).build(&["y".into()], &["x"]);
    assert_eq!(refused.unwrap_err(), GradientError::OldOperators(6));
}

#[test]
fn products_of_many_factors_are_no_nonlinearity() {
    // 2^60 factors; as many, none of which counts, as they are constants; and a product whose second result has no name.
    let squares = |first: &str| -> Vec<NodeProto> {
        let name = |at: usize| if at == 0 { first.to_owned() } else { format!("p{at}") };
        (0..60).map(|at| node("Mul", "", &[&name(at), &name(at)], &name(at + 1), vec![])).collect()
    };
    let mut unnamed = node("Mul", "", &["x", "", "w"], "y", vec![]);
    unnamed.output.push(String::new());
    for (nodes, output) in [(squares("x"), "p60"), (squares("w"), "p60"), (vec![unnamed], "y")] {
        let error = graph(18, nodes, output).before_nonlinearity(output).unwrap_err();
        assert_eq!(error, LayerError::Linear { tensor: output.into(), op: "Mul".into() });
    }
}

mod refused;
