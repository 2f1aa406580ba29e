//! Inputs of a model.

use kipos_plugin_api::{Bound, DType};

/// An input as the model reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Its name in the description.
    pub name: String,
    /// The name of the argument that it becomes.
    pub argument: Option<String>,
    /// The type that it is cast to.
    pub dtype: DType,
    /// Its shape in the description, without the batch axis.
    pub shape: Vec<Option<usize>>,
    /// How it was found to be this argument.
    pub bound: Bound,
}
