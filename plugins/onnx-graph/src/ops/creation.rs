//! Constants, and what is made from shapes and sizes.

use super::operator::{Axes, Filling, Operator, Role};

pub const OPERATORS: &[Operator] = &[
    Operator::named("Constant").role(Role::Prepares),
    Operator::named("ConstantOfShape")
        .role(Role::Prepares)
        .without_gradient()
        .axes(Axes::Lost)
        .rows(|step| step.constant_of_shape())
        .shape_inputs(&[0])
        .filling(Filling::Same),
    Operator::named("Range").role(Role::Prepares).without_gradient().axes(Axes::Lost),
    Operator::named("Shape").role(Role::Measures).without_gradient().axes(Axes::Lost),
    Operator::named("Size").role(Role::Measures).without_gradient().axes(Axes::Lost),
];
