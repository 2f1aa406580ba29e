//! Products.

use super::operator::{Axes, Operator, Role, Spread};
use crate::gradient::linear as rule;

pub const OPERATORS: &[Operator] = &[
    Operator::named("Einsum").gradient(rule::einsum).axes(Axes::Lost).rows(|step| step.einsum()),
    Operator::named("Gemm")
        .role(Role::Linear)
        .gradient(rule::gemm)
        .axes(Axes::Matrix)
        .rows(|step| step.gemm())
        .spread(Spread::Product),
    Operator::named("MatMul")
        .role(Role::Linear)
        .gradient(rule::matmul)
        .axes(Axes::Product)
        .rows(|step| step.matmul())
        .spread(Spread::Product),
];
