//! Predictions for edited sequences, computed from what an edit changes in an ONNX graph. The README says how.

mod elementary;
mod evaluate;
mod function;
mod groups;
mod instructions;
mod memory;
mod outputs;
pub mod plan;
mod product;
mod reference;
mod step;
mod trial;

#[cfg(test)]
mod tests;

pub use evaluate::Evaluator;
pub use instructions::Instructions;
pub use plan::{Cost, Input, Origin, Plan, Port, Stop, Tail};
pub use step::weights::{Unusable, Weights};
pub use trial::Trial;
