//! Graphs that tests put together, from `x` to `out`.

use kipos_onnx_graph::proto::{
    AttributeProto, Dimension, DimensionValue, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
    TensorShapeProto, TensorTypeProto, TypeProto, TypeValue, ValueInfoProto,
};
use prost::Message;

use super::*;

pub(super) fn op(op: &str, inputs: &[&str], output: &str, attribute: Vec<AttributeProto>) -> NodeProto {
    NodeProto {
        op_type: op.into(),
        name: format!("{op} of {output}"),
        input: inputs.iter().map(|&input| input.into()).collect(),
        output: vec![output.into()],
        attribute,
        ..Default::default()
    }
}

/// The length of an axis that may be of any.
pub(super) const ANY: usize = usize::MAX;

fn declared(name: &str, element: i32, axes: Option<&[usize]>) -> ValueInfoProto {
    let fixed = |&length: &usize| match length {
        ANY => DimensionValue::DimParam("any".into()),
        _ => DimensionValue::DimValue(length as i64),
    };
    let shape = axes.map(|axes| {
        let lengths = std::iter::once(DimensionValue::DimParam("rows".into())).chain(axes.iter().map(fixed));
        TensorShapeProto { dim: lengths.map(|value| Dimension { value: Some(value), ..Default::default() }).collect() }
    });
    let value = Some(TypeValue::Tensor(TensorTypeProto { elem_type: element, shape }));
    ValueInfoProto { name: name.into(), r#type: Some(TypeProto { value, ..Default::default() }), ..Default::default() }
}

/// A model of `nodes` whose rows have the shape `row`; its numbers are of the type `element`.
pub(super) fn built(row: &[usize], element: i32, node: Vec<NodeProto>, weights: Vec<TensorProto>) -> OnnxModel {
    built_of(18, row, element, node, weights)
}

/// As [`built`], in operators of this version.
pub(super) fn built_of(
    version: i64,
    row: &[usize],
    element: i32,
    node: Vec<NodeProto>,
    weights: Vec<TensorProto>,
) -> OnnxModel {
    built_on(1, version, row, element, node, weights)
}

/// As [`built_of`], on so many threads.
pub(super) fn built_on(
    threads: usize,
    version: i64,
    row: &[usize],
    element: i32,
    node: Vec<NodeProto>,
    weights: Vec<TensorProto>,
) -> OnnxModel {
    let graph = GraphProto {
        node,
        name: "built".into(),
        initializer: weights,
        input: vec![declared("x", element, Some(row))],
        output: vec![declared("out", element, None)],
        ..Default::default()
    };
    let opset_import = vec![OperatorSetIdProto { domain: String::new(), version }];
    let model = ModelProto { ir_version: 8, opset_import, graph: Some(graph), ..Default::default() };
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("built.onnx"), model.encode_to_vec()).unwrap();
    load_options(directory.path().to_owned(), "built.onnx", &["x"], &["out"], OPTIONS.with_threads(threads)).unwrap()
}

/// What is said of a graph that takes exactly so many rows per call.
pub(super) fn refused_rows(rows: i64) -> PluginError {
    let dim = [rows, 4].map(|length| Dimension { value: Some(DimensionValue::DimValue(length)), ..Default::default() });
    let shape = Some(TensorShapeProto { dim: dim.to_vec() });
    let value = Some(TypeValue::Tensor(TensorTypeProto { elem_type: 1, shape }));
    let input = ValueInfoProto {
        name: "x".into(),
        r#type: Some(TypeProto { value, ..Default::default() }),
        ..Default::default()
    };
    let output = ValueInfoProto { name: "out".into(), ..input.clone() };
    let node = vec![op("Relu", &["x"], "out", vec![])];
    let graph =
        GraphProto { node, name: "rows".into(), input: vec![input], output: vec![output], ..Default::default() };
    let opset_import = vec![OperatorSetIdProto { domain: String::new(), version: 18 }];
    let model = ModelProto { ir_version: 8, opset_import, graph: Some(graph), ..Default::default() };
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("rows.onnx"), model.encode_to_vec()).unwrap();
    load_with(directory.path().to_owned(), "rows.onnx", &["x"], &["out"], Device::Cpu).err().unwrap()
}

/// Numbers between -1 and 1 that follow no pattern.
pub(super) fn noise(seed: u64, count: usize) -> Vec<f64> {
    let mut state = seed | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(1u32 << 30) - 1.0
    };
    (0..count).map(|_| next()).collect()
}
