//! Operators that keep values, in another type or none.

use super::operator::{In2d, Operator, Role, Training};
use crate::gradient::elementwise as rule;
use crate::raise::forms;

pub const OPERATORS: &[Operator] = &[
    Operator::pointwise("Cast").role(Role::Arranges).gradient(rule::pass),
    Operator::elementwise("CastLike")
        .role(Role::Arranges)
        .gradient(rule::pass)
        .rows(|step| step.first())
        .type_inputs(&[1]),
    Operator::pointwise("Identity").role(Role::Arranges).gradient(rule::pass),
    Operator::elementwise("Dropout")
        .role(Role::Arranges)
        .gradient(rule::pass)
        .in_2d(In2d::Dropout)
        .training(Training::Mode)
        .rewritten_since(12, forms::without_attributes),
    Operator::elementwise("QuantizeLinear"),
    Operator::elementwise("DequantizeLinear"),
    Operator::named("DynamicQuantizeLinear").rows(|step| step.dynamic_quantization()),
];
