//! What models of Keras and TensorFlow were, in the form that tf2onnx gives them: their arguments, names and axes.

pub mod arguments;
pub mod command;
mod layers;
mod recurrent;
mod vocabulary;

pub use vocabulary::{Original, Vocabulary};
