//! Why there is no gradient.

use kipos_plugin_api::DType;
use thiserror::Error;

use crate::output_selection::OutputSelectionError;

/// A gradient that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GradientError {
    /// The backend does not differentiate.
    #[error("the backend `{backend}` (plugin {plugin}) does not compute gradients")]
    NoGradients {
        /// The backend.
        backend: String,
        /// Its plugin.
        plugin: String,
    },
    /// The model does not have the input.
    #[error("{model} has no input `{input}`; inputs: {known}")]
    UnknownInput {
        /// The model.
        model: String,
        /// The input.
        input: String,
        /// Those that it has.
        known: String,
    },
    /// The input does not take floats.
    #[error("input `{input}` of {model} takes {dtype}; gradients exist for inputs of floats{}", choice(floats))]
    NotFloat {
        /// The model.
        model: String,
        /// The input.
        input: String,
        /// What it takes.
        dtype: DType,
        /// The inputs that take floats.
        floats: Vec<String>,
    },
    /// No input takes floats.
    #[error("no input of {model} takes floats, so it has no gradient; inputs: {inputs}")]
    NoFloats {
        /// The model.
        model: String,
        /// Its inputs with their types.
        inputs: String,
    },
    /// The values of the output have no names.
    #[error(
        "--tasks: the values of output `{output}` have no names, as model.yaml gives it no column_labels; choose them with \
         --filter"
    )]
    NoTasks {
        /// The output.
        output: String,
    },
    /// Tasks that the output does not have.
    #[error(transparent)]
    Tasks(Box<OutputSelectionError>),
    /// Tasks that are no slice of the output.
    #[error(
        "--tasks: {tasks} do not lie at equal distances in the output, so that no one gradient can be taken of them; run once \
         for each"
    )]
    UnevenTasks {
        /// The tasks.
        tasks: String,
    },
    /// Two choices of the same.
    #[error("--tasks and --filter both say which values are differentiated; leave out one of them")]
    TasksAndFilter,
    /// Tasks of what has none.
    #[error("--tasks are values of the model's output, and layer `{layer}` has none; choose its values with --filter")]
    TasksOfLayer {
        /// The layer.
        layer: String,
    },
    /// The model has several outputs, and none was chosen.
    #[error("{model} has several outputs: {known}; choose one with --output-name NAME, or another layer with --layer")]
    WhichOutput {
        /// The model.
        model: String,
        /// Its outputs.
        known: String,
    },
    /// The model does not have the output.
    #[error("{model} has no output `{output}`; outputs: {known}")]
    UnknownOutput {
        /// The model.
        model: String,
        /// The output.
        output: String,
        /// Those that it has.
        known: String,
    },
}

fn choice(floats: &[String]) -> String {
    match floats {
        [] => String::new(),
        _ => format!(", such as {}", floats.join(", ")),
    }
}
