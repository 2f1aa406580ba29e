//! What all backends do alike: match the arrays of a description with those of a model file, take further names of layers,
//! and check what goes in and what comes out.

mod check;
mod declared;
mod layers;
mod namesakes;
mod pair;

pub use check::{check_inputs, check_rows};
pub use declared::{Declared, find_node, operation};
pub use layers::layer_aliases;
pub use namesakes::namesakes;
pub use pair::{FileArray, Side, pair};
