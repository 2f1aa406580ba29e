//! Recurrent layers.

use super::operator::{Axes, Operator, Role, Spread};
use crate::gradient::recurrent as rule;

pub const OPERATORS: &[Operator] = &[
    recurrent("GRU").gradient_of_all(rule::gru),
    recurrent("LSTM").gradient_of_all(rule::lstm),
    recurrent("RNN").gradient_of_all(rule::rnn),
];

const fn recurrent(name: &'static str) -> Operator {
    Operator::named(name)
        .role(Role::Recurrent)
        .axes(Axes::Recurrent)
        .rows_of_all(|step| step.recurrent())
        .spread(Spread::Stops("a recurrent layer carries a change on to all positions"))
}
