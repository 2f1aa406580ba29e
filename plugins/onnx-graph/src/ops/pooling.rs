//! Pools.

use super::operator::{Axes, In2d, Operator, Spread};
use crate::gradient::pooling as rule;

pub const OPERATORS: &[Operator] = &[
    pool("AveragePool").gradient(rule::average).axes(Axes::ChannelsFirst).in_2d(In2d::Pool).spread(Spread::AveragePool),
    pool("MaxPool").gradient(rule::max).axes(Axes::ChannelsFirst).in_2d(In2d::MaxPool).spread(Spread::MaxPool),
    pool("LpPool").gradient(rule::lp),
    global("GlobalAveragePool").gradient(rule::global_average).axes(Axes::ChannelsFirst).spread(Spread::GlobalPool),
    global("GlobalMaxPool").gradient(rule::global_max).axes(Axes::ChannelsFirst).spread(Spread::GlobalPool),
    global("GlobalLpPool").gradient(rule::global_lp),
];

/// A pool over windows.
const fn pool(name: &'static str) -> Operator {
    Operator::named(name).rows(|step| step.pool())
}

/// A pool over all positions.
const fn global(name: &'static str) -> Operator {
    Operator::named(name).rows(|step| step.global_pool())
}
