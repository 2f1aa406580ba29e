//! Whether ONNX Runtime rounds a row alone as it does among others.

use kipos_onnx_graph::proto::NodeProto;
use kipos_onnx_graph::{Graph, is_standard};

/// Operators that gave a row the same bits alone and among others, with ONNX Runtime 1.27.0, for one and two threads.
const ALIKE: &[&str] = &[
    "Abs",
    "Add",
    "AveragePool",
    "BatchNormalization",
    "Cast",
    "Clip",
    "Concat",
    "Div",
    "Dropout",
    "Flatten",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "HardSigmoid",
    "Identity",
    "LeakyRelu",
    "MaxPool",
    "Mul",
    "Neg",
    "PRelu",
    "Pad",
    "Relu",
    "Reshape",
    "Shape",
    "Sigmoid",
    "Slice",
    "Softmax",
    "Split",
    "Squeeze",
    "Sub",
    "Tanh",
    "Transpose",
    "Unsqueeze",
];

/// Those that did so where all that they read but the first is fixed.
const ALIKE_WITH_WEIGHTS: &[&str] = &["Conv", "Gemm", "MatMul"];

/// Whether all operators of a graph are known to.
pub fn is_alike(graph: &Graph) -> bool {
    graph.nodes.iter().all(|node| is_standard(&node.domain) && is_alike_node(graph, node))
}

fn is_alike_node(graph: &Graph, node: &NodeProto) -> bool {
    let operator = node.op_type.as_str();
    let is_fixed = |name: &String| name.is_empty() || graph.initializers.contains_key(name);
    ALIKE.contains(&operator) || ALIKE_WITH_WEIGHTS.contains(&operator) && node.input.iter().skip(1).all(is_fixed)
}

/// The operators that may be known to.
#[cfg(test)]
pub fn known() -> impl Iterator<Item = &'static &'static str> {
    ALIKE.iter().chain(ALIKE_WITH_WEIGHTS)
}
