//! What a backend says of a file before a model is described: its arrays, or how it becomes one that can be run.

use std::path::PathBuf;

use crate::TensorSpec;
use crate::setters::setters;

/// What a model file says of itself, in its own order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ModelDescription {
    /// Its inputs.
    pub inputs: Vec<TensorSpec>,
    /// Its outputs.
    pub outputs: Vec<TensorSpec>,
    /// For each output the names of its tasks; empty where the file has none.
    pub tasks: Vec<Vec<String>>,
}

impl ModelDescription {
    /// A file with these inputs and outputs, without names of tasks.
    pub fn new(inputs: Vec<TensorSpec>, outputs: Vec<TensorSpec>) -> Self {
        let tasks = vec![Vec::new(); outputs.len()];
        Self { inputs, outputs, tasks }
    }
}

setters! { ModelDescription { with_tasks(tasks: Vec<Vec<String>>) } }

/// How a file that the backend cannot run becomes one that it can.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conversion {
    /// What the file is, for messages: `a Keras model`.
    pub from: String,
    /// The command that converts it, for a shell in the directory of the file.
    pub command: String,
    /// The file that the command writes.
    pub output: PathBuf,
}

impl Conversion {
    /// The conversion of `from` into the file `output`.
    pub fn new(from: impl Into<String>, command: impl Into<String>, output: impl Into<PathBuf>) -> Self {
        Self { from: from.into(), command: command.into(), output: output.into() }
    }
}
