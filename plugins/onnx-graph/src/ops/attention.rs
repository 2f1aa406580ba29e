//! Attention, and the rotations before it.

use super::operator::{Axes, Operator, Spread};
use crate::gradient::attention as rule;

pub const OPERATORS: &[Operator] = &[
    Operator::named("Attention")
        .gradient_of_all(rule::attention)
        .axes(Axes::Lost)
        .rows_of_all(|step| step.attention())
        .spread(Spread::Stops("attention carries a change on to all positions")),
    Operator::named("RotaryEmbedding").gradient(rule::rotary).rows(|step| step.rotated()),
];
