//! Layers and gradients of ONNX graphs, by rewriting the graph itself; any engine can run the result.
//!
//! The crate has three kinds of rooms:
//!
//! - what a graph is: `proto`, `attribute` and `tensor` (the format), `graph` with `inline`, `branch`, `order`, `beside`, `behind`
//!   (a file in memory), `scope`, `calls` and `layers` (which names mean what);
//! - what an operator is: `ops`, tables by family with one entry per operator. An entry answers all that the walks ask;
//!   a walk that asks something new is one field more;
//! - walks over a graph, which look up the entry of each node: `gradient`, `raise`, `axes`, `to_2d`, `rows`, `inference`,
//!   `nonlinearity`, `missing`. Rules that are functions lie beside their walk, as `gradient/reduction.rs`.

pub mod attribute;
pub mod proto;
pub mod tensor;

mod axes;
mod behind;
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
mod ops;
mod order;
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
pub use layers::{LayerError, LayerNode};
pub use ops::{Spread, is_passive, is_recurrent, spread};
pub use raise::{GRADIENT_OPSET, OLDEST_OPSET};
pub use rows::{RowFlow, RowsApart, Size};
pub use to_2d::Widened;

#[cfg(test)]
mod tests;
