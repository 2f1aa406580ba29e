//! What is known of each ONNX operator: one entry per operator, in tables by family.
//!
//! The walks over a graph (gradients, raising, axes, two axes for one, rows, layers and their nonlinearities) look up the
//! entry of a node and do what its field for them says; they know no names of operators, except where a pattern of
//! several nodes or the structure of a graph (`Constant`, `If`) is meant. Rules that are functions lie beside their walk:
//! `gradient/`, `rows/`, `raise/forms.rs`.

mod activation;
mod arithmetic;
mod attention;
mod control;
mod conversion;
mod convolution;
mod creation;
mod indexing;
mod linear;
mod logic;
mod normalization;
mod operator;
mod pooling;
mod random;
mod recurrent;
mod reduction;
mod shape;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::LazyLock;

pub use operator::{Axes, Filling, Gradient, In2d, Operator, Raise, Role, RowRule, Spread, Training};

use crate::graph::is_standard;
use crate::proto::NodeProto;

/// The tables.
const FAMILIES: [&[Operator]; 16] = [
    activation::OPERATORS,
    arithmetic::OPERATORS,
    attention::OPERATORS,
    control::OPERATORS,
    convolution::OPERATORS,
    conversion::OPERATORS,
    creation::OPERATORS,
    indexing::OPERATORS,
    linear::OPERATORS,
    logic::OPERATORS,
    normalization::OPERATORS,
    pooling::OPERATORS,
    random::OPERATORS,
    recurrent::OPERATORS,
    reduction::OPERATORS,
    shape::OPERATORS,
];

/// Operators of other domains that begin with such a name do as the standard ones of that family.
const PREFIXES: [&Operator; 2] = [&random::LIKE, &reduction::LIKE];

/// The operator of which nothing is known.
static UNKNOWN: Operator = Operator::named("");

static BY_NAME: LazyLock<HashMap<&str, &Operator>> = LazyLock::new(|| {
    let all = FAMILIES.iter().copied().flatten();
    all.map(|operator| (operator.name, operator)).collect()
});

/// The standard operator that `node` is; one of another domain is not known, whatever its name.
pub fn standard(node: &NodeProto) -> &'static Operator {
    if is_standard(&node.domain) { named(node) } else { &UNKNOWN }
}

/// The operator that `node` is by its name. Those that engines add in domains of their own have the names of standard
/// ones that do the same.
pub fn named(node: &NodeProto) -> &'static Operator {
    let name = node.op_type.as_str();
    let alike = || PREFIXES.into_iter().find(|family| name.starts_with(family.name));
    BY_NAME.get(name).copied().or_else(alike).unwrap_or(&UNKNOWN)
}

/// How a change of a few positions passes through a node.
pub fn spread(node: &NodeProto) -> Spread {
    standard(node).spread
}

/// Whether a node only passes values on, or prepares shapes.
pub fn is_passive(node: &NodeProto) -> bool {
    matches!(named(node).role, Role::Arranges | Role::Prepares | Role::Measures)
}

/// Whether a node is a recurrent layer.
pub fn is_recurrent(node: &NodeProto) -> bool {
    named(node).role == Role::Recurrent
}

/// Whether a node reads nothing of its input but its shape.
pub fn measures(node: &NodeProto) -> bool {
    named(node).role == Role::Measures
}
