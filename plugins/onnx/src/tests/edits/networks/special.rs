//! Networks of special shapes.

use std::path::Path;

use kipos_onnx_graph::attribute::{int, ints};
use kipos_onnx_graph::proto::{
    Dimension, DimensionValue, GraphProto, ModelProto, OperatorSetIdProto, StringStringEntryProto, TensorShapeProto,
    TensorTypeProto, TypeProto, TypeValue, ValueInfoProto,
};
use kipos_onnx_graph::tensor::element;
use prost::Message;

use super::super::super::built::{ANY, built};
use super::Network;
use crate::model::OnnxModel;

/// A network that reads sequences of any length.
pub fn any_length() -> OnnxModel {
    let mut network = Network::of(4, ANY, 3);
    let value = network.same(6);
    network.value = value;
    network.channels = 6;
    network.then("Relu", &[], vec![]);
    network.then("GlobalMaxPool", &[], vec![]);
    network.then("Flatten", &[], vec![]);
    network.dense(6);
    network.give();
    built(&[4, ANY], element::F32, network.nodes, network.weights)
}

fn declared(name: &str, dims: &[Option<usize>]) -> ValueInfoProto {
    declared_as(element::F32, name, dims)
}

fn declared_as(elem_type: i32, name: &str, dims: &[Option<usize>]) -> ValueInfoProto {
    let dim = |dim: &Option<usize>| Dimension {
        value: dim.map(|length| DimensionValue::DimValue(length as i64)),
        ..Default::default()
    };
    let shape = Some(TensorShapeProto { dim: dims.iter().map(dim).collect() });
    let value = Some(TypeValue::Tensor(TensorTypeProto { elem_type, shape }));
    ValueInfoProto { name: name.into(), r#type: Some(TypeProto { value, ..Default::default() }), ..Default::default() }
}

fn write(file: &Path, network: Network, input: Vec<ValueInfoProto>, output: Vec<ValueInfoProto>) {
    let graph = GraphProto {
        node: network.nodes,
        name: "network".into(),
        initializer: network.weights,
        input,
        output,
        ..Default::default()
    };
    let opset_import = vec![OperatorSetIdProto { domain: String::new(), version: 18 }];
    let model = ModelProto { ir_version: 8, opset_import, graph: Some(graph), ..Default::default() };
    std::fs::write(file, model.encode_to_vec()).unwrap();
}

/// A network whose weights lie in a file beside it.
pub fn beside(directory: &Path, name: &str, weights: &str) {
    let mut network = Network::of(4, 60, 23);
    network.convolution();
    network.then("Relu", &[], vec![]);
    network.then("Flatten", &[], vec![]);
    network.dense(network.channels * network.length);
    network.give();
    let mut bytes = vec![0; 16];
    for tensor in &mut network.weights {
        let raw = tensor.raw_data.take().unwrap();
        let entry = |key: &str, value: String| StringStringEntryProto { key: key.into(), value };
        tensor.external_data = vec![
            entry("location", weights.into()),
            entry("offset", bytes.len().to_string()),
            entry("length", raw.len().to_string()),
        ];
        tensor.data_location = Some(1);
        bytes.extend(raw);
    }
    std::fs::write(directory.join(weights), bytes).unwrap();
    let input = declared("x", &[None, Some(4), Some(60)]);
    write(&directory.join(name), network, vec![input], vec![declared("out", &[None, Some(3)])]);
}

/// A network with an output of its own operators between others that the engine computes, of a sequence and two numbers of
/// float64; the last output is float64 as well.
pub fn two_outputs(file: &Path) {
    let mut network = Network::of(4, 30, 29);
    network.value = "a".into();
    let first = network.same(6);
    network.value = network.node("Relu", &[&first], vec![]);
    network.then("GlobalAveragePool", &[], vec![]);
    network.then("Flatten", &[], vec![]);
    let pooled = network.value.clone();
    let numbers = network.node("Cast", &["c"], vec![int("to", i64::from(element::F32))]);
    network.then("Concat", &[&numbers], vec![int("axis", 1)]);
    network.then("Sin", &[], vec![]);
    network.give_as("behind");
    let matrix = network.weight(&[8, 2], 8);
    network.then("MatMul", &[&matrix], vec![]);
    network.then("Cast", &[], vec![int("to", i64::from(element::F64))]);
    network.give_as("last");
    network.value = pooled;
    network.then("Tanh", &[], vec![]);
    network.give_as("direct");
    let numbers = |name: &str, length: usize| declared_as(element::F64, name, &[None, Some(length)]);
    let input = vec![declared("a", &[None, Some(4), Some(30)]), numbers("c", 2)];
    let [behind, direct] = [("behind", 8), ("direct", 6)].map(|(name, length)| declared(name, &[None, Some(length)]));
    write(file, network, input, vec![behind, direct, numbers("last", 2)]);
}

/// A network of two axes that takes so many rows per call, and says so in a shape.
pub fn fixed_batch(file: &Path, rows: usize) {
    let mut network = Network::of(4, 40, 11);
    let weight = network.weight(&[8, 4, 1, 5], 20);
    network.then("Conv", &[&weight], vec![ints("kernel_shape", [1, 5])]);
    network.then("Relu", &[], vec![]);
    network.then("MaxPool", &[], vec![ints("kernel_shape", [1, 3]), ints("strides", [1, 3])]);
    let shape = network.numbers(&[rows as i64, 96]);
    network.then("Reshape", &[&shape], vec![]);
    network.dense(96);
    network.give();
    let input = declared("x", &[Some(rows), Some(4), Some(1), Some(40)]);
    write(file, network, vec![input], vec![declared("out", &[Some(rows), Some(3)])]);
}

/// A network of two sequences, one with letters first and one with letters last, and two numbers beside them.
pub fn two_inputs(file: &Path) {
    let mut network = Network::of(4, 30, 17);
    network.value = "a".into();
    let first = network.same(6);
    let first = network.node("Relu", &[&first], vec![]);
    let first = network.node("Flatten", &[&first], vec![]);
    let second = network.node("Transpose", &["b"], vec![ints("perm", [0, 2, 1])]);
    (network.value, network.length) = (second, 24);
    let second = network.same(5);
    let second = network.node("Tanh", &[&second], vec![]);
    let second = network.node("GlobalAveragePool", &[&second], vec![]);
    let second = network.node("Flatten", &[&second], vec![]);
    network.value = network.node("Concat", &[&first, "c", &second], vec![int("axis", 1)]);
    network.dense(6 * 30 + 2 + 5);
    network.give();
    let input = vec![
        declared("a", &[None, Some(4), Some(30)]),
        declared("b", &[None, Some(24), Some(4)]),
        declared("c", &[None, Some(2)]),
    ];
    write(file, network, input, vec![declared("out", &[None, Some(3)])]);
}
