//! Layers and gradients of ONNX graphs, by rewriting the graph itself; any engine can run the result.

pub mod attribute;
pub mod proto;
pub mod tensor;

mod axes;
mod beside;
mod branch;
mod calls;
mod error;
mod facts;
mod gradient;
mod graph;
mod inference;
mod inline;
mod layers;
mod missing;
mod nonlinearity;
mod raise;
mod rename;
mod rows;
mod scope;
mod to_2d;

pub use axes::made_by_converter;
pub use error::GraphError;
pub use facts::{Fact, Facts, LARGEST_CONSTANT, Length, Observation, Run};
pub use gradient::{GradientError, GradientGraph, GradientPlan, plan};
pub use graph::{Graph, is_standard};
pub use layers::{LayerError, LayerNode, PASSIVE};
pub use raise::{GRADIENT_OPSET, OLDEST_OPSET};
pub use rows::{RowFlow, RowsApart};
pub use to_2d::Widened;

#[cfg(test)]
mod tests;
