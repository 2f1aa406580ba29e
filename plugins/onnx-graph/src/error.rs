//! What can be wrong with a graph.

/// Why a file is no usable graph.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// The bytes are not an ONNX file.
    #[error("not an ONNX file, export or copy it again: {0}")]
    Decode(String),
    /// There is no graph in it.
    #[error("the ONNX file holds no graph; export it again")]
    Empty,
    /// Nodes read each other's results.
    #[error("the graph has a cycle through `{0}`; export it again")]
    Cycle(String),
    /// Two results have one name.
    #[error("two nodes of the graph make `{0}`; export it again")]
    MadeTwice(String),
    /// A function calls itself.
    #[error("the function `{0}` of the file calls itself; export the model again without it")]
    Recursion(String),
    /// A constant in another file cannot be read.
    #[error("`{tensor}` cannot be read from {file}: {reason}; put the file beside the graph, as the exporter wrote it")]
    Beside {
        /// The constant.
        tensor: String,
        /// The file.
        file: String,
        /// What went wrong.
        reason: String,
    },
    /// No tensor has this name.
    #[error("the graph has no tensor `{0}`")]
    UnknownTensor(String),
}
