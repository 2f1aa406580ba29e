//! Activation functions.

use super::operator::{Operator, Role, Spread};
use crate::gradient::activation as rule;
use crate::raise::forms;

pub const OPERATORS: &[Operator] = &[
    activation("Celu").gradient(rule::celu),
    activation("Elu").gradient(rule::elu),
    activation("Gelu").gradient(rule::gelu),
    activation("HardSigmoid").gradient(rule::hard_sigmoid),
    activation("HardSwish").gradient(rule::hard_swish),
    activation("LeakyRelu").gradient(rule::leaky_relu),
    activation("Mish").gradient(rule::mish),
    activation("Relu").gradient(rule::relu),
    activation("Selu").gradient(rule::selu),
    activation("Sigmoid").gradient(rule::sigmoid),
    activation("Softplus").gradient(rule::softplus),
    activation("Softsign").gradient(rule::softsign),
    activation("Swish").gradient(rule::swish),
    activation("Tanh").gradient(rule::tanh),
    activation("ThresholdedRelu").gradient(rule::thresholded_relu),
    Operator::operands("PRelu").role(Role::Nonlinear).gradient(rule::prelu).spread(Spread::Function),
    Operator::pointwise("Shrink").gradient(rule::shrink),
    softmax("Softmax").role(Role::Nonlinear).gradient(rule::softmax).spread(Spread::AlongAxes),
    softmax("LogSoftmax").role(Role::Nonlinear).gradient(rule::log_softmax).spread(Spread::AlongAxes),
    softmax("Hardmax").without_gradient(),
];

/// A function of single elements.
const fn activation(name: &'static str) -> Operator {
    Operator::pointwise(name).role(Role::Nonlinear).spread(Spread::Function)
}

/// A function of all elements along an axis; until version 12, of all axes from that one on.
const fn softmax(name: &'static str) -> Operator {
    Operator::named(name).rows(|step| step.softmax()).rewritten_since(13, forms::over_all_later_axes)
}
