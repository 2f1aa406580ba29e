//! Convolutions.

use super::operator::{Axes, In2d, Operator, Role, Spread};
use crate::gradient::convolution as rule;

pub const OPERATORS: &[Operator] = &[
    Operator::named("Conv")
        .role(Role::Linear)
        .gradient(rule::conv)
        .axes(Axes::Convolution)
        .in_2d(In2d::Convolution)
        .rows(|step| step.convolution())
        .spread(Spread::Convolution),
    Operator::named("ConvTranspose")
        .role(Role::Linear)
        .gradient(rule::conv_transpose)
        .axes(Axes::Convolution)
        .rows(|step| step.resized_row_by_row())
        .spread(Spread::TransposedConvolution),
];
