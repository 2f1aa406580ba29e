//! Gradients: a graph that computes how the result of another depends on its inputs.

pub(crate) mod activation;
pub(crate) mod attention;
mod build;
pub(crate) mod convolution;
pub(crate) mod elementwise;
mod emit;
pub(crate) mod expr;
pub(crate) mod indexing;
pub(crate) mod linear;
pub(crate) mod normalization;
pub(crate) mod pooling;
pub(crate) mod recurrent;
pub(crate) mod reduction;
mod rules;
pub(crate) mod scatter;
pub(crate) mod shape;
pub(crate) mod site;
pub(crate) mod trigonometry;
mod window;

pub use build::{GradientGraph, GradientPlan, plan};

/// Why there is no gradient.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GradientError {
    /// An operator on the way has no rule, or not for what it does here.
    #[error("there is no gradient through {op} (node `{node}`): {reason}; it is on the path {path}")]
    Unsupported {
        /// The operator.
        op: String,
        /// The node, or its results if it has no name.
        node: String,
        /// What is missing.
        reason: String,
        /// The tensors between the node and the layer.
        path: String,
    },
    /// The layer is not a tensor of the graph.
    #[error("the graph has no tensor `{0}`")]
    UnknownTensor(String),
    /// The layer holds no floating-point numbers.
    #[error("`{0}` does not hold float32 or float64 values, so it has no gradient")]
    NotFloat(String),
    /// Float32 and float64 in one gradient.
    #[error("gradients would pass through both float32 and float64, at `{0}`; export the model in one of them")]
    MixedPrecision(String),
    /// Half precision between the inputs and the layer.
    #[error("gradients would pass through half precision, at `{0}`; export the model in float32")]
    HalfPrecision(String),
    /// Operators of a version that cannot be rewritten.
    #[error("gradients need a graph of opset 7 or later, this one is of opset {0}; export the model again")]
    OldOperators(i64),
    /// The graph itself.
    #[error(transparent)]
    Graph(#[from] crate::GraphError),
}
