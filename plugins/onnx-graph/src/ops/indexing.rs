//! Operators that pick, place and cut elements.

use super::operator::{Axes, In2d, Operator, Spread};
use crate::gradient::{indexing as rule, scatter};
use crate::raise::forms;

pub const OPERATORS: &[Operator] = &[
    Operator::named("Gather").gradient(rule::gather).axes(Axes::Picked).rows(|step| step.gather()),
    Operator::named("Compress").gradient(scatter::compress).axes(Axes::Lost),
    Operator::named("GatherElements").gradient(scatter::gather_elements).axes(Axes::Lost),
    Operator::named("GatherND").gradient(scatter::gather_nd).axes(Axes::Lost),
    Operator::named("NonZero").axes(Axes::Lost),
    Operator::named("OneHot").axes(Axes::Lost).rows(|step| step.one_hot()).shape_inputs(&[1]),
    Operator::named("Pad")
        .gradient(rule::pad)
        .in_2d(In2d::Pad)
        .rows(|step| step.pad())
        .shape_inputs(&[1, 3])
        .inputs_since(11, &["pads", "value"])
        .spread(Spread::Cut),
    Operator::named("Scatter").rewritten_since(18, forms::scatter),
    Operator::named("ScatterElements").gradient(scatter::scatter_elements),
    Operator::named("ScatterND").gradient(scatter::scatter_nd),
    Operator::named("Slice")
        .gradient(rule::slice)
        .rows(|step| step.slice())
        .shape_inputs(&[1, 2, 3, 4])
        .inputs_since(10, &["starts", "ends", "axes"])
        .spread(Spread::Cut),
];
