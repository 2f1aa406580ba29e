//! Loops. An `If` has no entry: where it always falls the same way, `branch.rs` replaces it, else nothing is known of it.

use super::operator::{Axes, Operator};

pub const OPERATORS: &[Operator] =
    &[Operator::named("Loop").axes(Axes::Lost), Operator::named("Scan").axes(Axes::Lost)];
