//! What a backend says of itself and of files: its engine, the arrays of a file that no description names yet, and how a
//! file becomes one that can be run.

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

/// The program that computes for a backend: results follow from it as well.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EngineRelease {
    /// Its name: `ONNX Runtime`.
    pub name: String,
    /// The version of the library that was opened, as that library says: `1.27.0`.
    pub version: String,
    /// The files that it was opened from, as far as they are known.
    pub libraries: Vec<PathBuf>,
}

impl EngineRelease {
    /// This engine in this version, from files that are not known.
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self { name: name.into(), version: version.into(), libraries: Vec::new() }
    }
}

setters! { EngineRelease { with_libraries(libraries: Vec<PathBuf>) } }
