//! Arithmetic, element by element.

use super::operator::{Operator, Role, Spread};
use crate::gradient::{elementwise as rule, trigonometry};

pub const OPERATORS: &[Operator] = &[
    Operator::operands("Add")
        .rows(|step| step.arithmetic(i64::checked_add))
        .gradient(rule::add)
        .spread(Spread::Arithmetic),
    Operator::operands("Sub")
        .rows(|step| step.arithmetic(i64::checked_sub))
        .gradient(rule::sub)
        .spread(Spread::Arithmetic),
    Operator::operands("Mul")
        .rows(|step| step.arithmetic(i64::checked_mul))
        .gradient(rule::mul)
        .role(Role::Scales)
        .spread(Spread::Arithmetic),
    Operator::operands("Div")
        .rows(|step| step.arithmetic(i64::checked_div))
        .gradient(rule::div)
        .role(Role::Scales)
        .spread(Spread::Arithmetic),
    Operator::operands("Pow").gradient(rule::pow).spread(Spread::Function),
    Operator::operands("Max").gradient(rule::extremum),
    Operator::operands("Min").gradient(rule::extremum),
    Operator::operands("Sum").gradient(rule::add).spread(Spread::Arithmetic),
    Operator::broadcasting("Mean").gradient(rule::mean),
    Operator::broadcasting("Mod").gradient(rule::modulo),
    Operator::broadcasting("Where").gradient(rule::choose),
    Operator::pointwise("Clip")
        .role(Role::Bounds)
        .gradient(rule::clip)
        .inputs_since(11, &["min", "max"])
        .spread(Spread::Function),
    Operator::pointwise("Abs").gradient(rule::abs).spread(Spread::Function),
    Operator::pointwise("Neg").gradient(rule::neg).spread(Spread::Function),
    Operator::pointwise("Reciprocal").gradient(rule::reciprocal).spread(Spread::Function),
    Operator::pointwise("Sqrt").gradient(rule::sqrt).spread(Spread::Function),
    Operator::pointwise("Exp").gradient(rule::exp).spread(Spread::Function),
    Operator::pointwise("Log").gradient(rule::log).spread(Spread::Function),
    Operator::pointwise("Erf").role(Role::Nonlinear).gradient(rule::erf).spread(Spread::Function),
    Operator::pointwise("Sin").gradient(trigonometry::sin),
    Operator::pointwise("Cos").gradient(trigonometry::cos),
    Operator::pointwise("Tan").gradient(trigonometry::tan),
    Operator::pointwise("Asin").gradient(trigonometry::asin),
    Operator::pointwise("Acos").gradient(trigonometry::acos),
    Operator::pointwise("Atan").gradient(trigonometry::atan),
    Operator::pointwise("Sinh").gradient(trigonometry::sinh),
    Operator::pointwise("Cosh").gradient(trigonometry::cosh),
    Operator::pointwise("Asinh").gradient(trigonometry::asinh),
    Operator::pointwise("Acosh").gradient(trigonometry::acosh),
    Operator::pointwise("Atanh").gradient(trigonometry::atanh),
    Operator::pointwise("Sign").without_gradient(),
    Operator::pointwise("Floor").without_gradient(),
    Operator::pointwise("Ceil").without_gradient(),
    Operator::elementwise("Round").without_gradient(),
];
