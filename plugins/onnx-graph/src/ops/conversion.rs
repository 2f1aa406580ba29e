//! Operators that keep values, in another type or none.

use super::operator::{In2d, Operator, Role, Spread, Training};
use crate::gradient::elementwise as rule;
use crate::raise::forms;

pub const OPERATORS: &[Operator] = &[
    Operator::pointwise("Cast").role(Role::Arranges).gradient(rule::pass).spread(Spread::Kept),
    Operator::elementwise("CastLike")
        .role(Role::Arranges)
        .gradient(rule::pass)
        .rows(|step| step.first())
        .type_inputs(&[1])
        .spread(Spread::Kept),
    Operator::pointwise("Identity").role(Role::Arranges).gradient(rule::pass).spread(Spread::Kept),
    Operator::elementwise("Dropout")
        .role(Role::Arranges)
        .gradient(rule::pass)
        .in_2d(In2d::Dropout)
        .training(Training::Mode)
        .spread(Spread::Kept)
        .rewritten_since(12, forms::without_attributes),
    Operator::elementwise("QuantizeLinear"),
    Operator::elementwise("DequantizeLinear"),
    Operator::named("DynamicQuantizeLinear").rows(|step| step.dynamic_quantization()),
];
