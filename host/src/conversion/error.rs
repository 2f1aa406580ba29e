//! Why a model of elsewhere does not become one of kipos.

use std::io;
use std::path::PathBuf;

use kipos_plugin_api::PluginError;
use thiserror::Error;

use crate::counted::Counted;
use crate::description::SpecError;
use crate::internal::InternalError;
use crate::model::ModelError;
use crate::plugin::PluginCallError;
use crate::sink::SinkError;
use crate::stop::Stopped;

/// The larger errors are boxed, as results hold room for them wherever they are handed on.
macro_rules! boxed {
    ($($error:ident => $variant:ident),*) => {$(
        impl From<$error> for ConversionError {
            fn from(error: $error) -> Self {
                Self::$variant(Box::new(error))
            }
        }
    )*};
}
boxed!(SpecError => Spec, ModelError => Model, SinkError => Output);

/// Why a model could not be drafted or checked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConversionError {
    /// There is something of this name already.
    #[error("{} exists and is not empty; name another directory, or remove it", .0.display())]
    Exists(PathBuf),
    /// A file of this name would be replaced.
    #[error("{} exists, and would be replaced; move it away first", .0.display())]
    WouldReplace(PathBuf),
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The answers of the framework.
    #[error(transparent)]
    Original(#[from] OriginalFile),
    /// The file does not tell the shape of an input.
    #[error(
        "{file} does not tell the shape of its input `{input}`; give it without the axis of rows, such as --shape 4,2000"
    )]
    NoShape {
        /// The model file.
        file: String,
        /// The input.
        input: String,
    },
    /// Shapes for other inputs.
    #[error("--shape is given {given} times, but {file} has {} ({inputs})", Counted(*count, "input"))]
    ShapeCount {
        /// The model file.
        file: String,
        /// The number of shapes.
        given: usize,
        /// The number of inputs.
        count: usize,
        /// Their names.
        inputs: String,
    },
    /// A shape that the file does not take.
    #[error("input `{input}` of {file} has shape {found}, so --shape {given} does not fit; correct it")]
    WrongShape {
        /// The model file.
        file: String,
        /// The input.
        input: String,
        /// Its shape in the file.
        found: String,
        /// The shape that was given.
        given: String,
    },
    /// The model runs on none of the shapes that were tried.
    #[error("{file} does not run on rows of shape {tried}: {problem}; give the shape with --shape")]
    NoTrial {
        /// The model file.
        file: String,
        /// The last shapes.
        tried: String,
        /// What the model says.
        problem: String,
    },
    /// A member of a family that is not like the first.
    #[error(
        "{member} is of another model than the first source: its {what} are {found}, those of the first {expected}; convert it by \
         itself"
    )]
    Member {
        /// Its source.
        member: String,
        /// `inputs` or `outputs`.
        what: &'static str,
        /// Those of the first.
        expected: String,
        /// Its own.
        found: String,
    },
    /// A model with other arrays than the framework has answered for.
    #[error("the framework answered for {what} {expected}, but the converted model has {found}")]
    Arrays {
        /// `inputs` or `outputs`.
        what: &'static str,
        /// Those of the framework.
        expected: String,
        /// Those of the model.
        found: String,
    },
    /// Numbers that differ.
    #[error(
        "the converted model is not the original: {what} differs by {difference:.1e} of its largest value, more than \
         {limit:e}; {}",
        where_first(layer.as_deref())
    )]
    Differs {
        /// What differs.
        what: String,
        /// The largest difference, as a part of the largest value.
        difference: f64,
        /// What is allowed.
        limit: f64,
        /// The first layer that differs.
        layer: Option<String>,
    },
    /// The description.
    #[error(transparent)]
    Spec(Box<SpecError>),
    /// The model.
    #[error(transparent)]
    Model(Box<ModelError>),
    /// A plugin.
    #[error(transparent)]
    Plugin(#[from] PluginCallError),
    /// Values that no tensor can be made of.
    #[error(transparent)]
    Tensor(#[from] PluginError),
    /// An output file.
    #[error(transparent)]
    Output(Box<SinkError>),
    /// It was asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// A fault of kipos.
    #[error(transparent)]
    Internal(#[from] InternalError),
}

/// A file of the framework's answers that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{} does not have the answers of the framework: {problem}", file.display())]
pub struct OriginalFile {
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub problem: String,
}

fn where_first(layer: Option<&str>) -> String {
    match layer {
        Some(layer) => format!("the first layer that differs is `{layer}`"),
        None => "none of the layers that both sides name differs".into(),
    }
}
