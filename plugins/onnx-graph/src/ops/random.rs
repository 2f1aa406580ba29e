//! Operators that draw random numbers.

use super::operator::Operator;

pub const OPERATORS: &[Operator] = &[Operator::named("Bernoulli").random(), Operator::named("Multinomial").random()];

/// `RandomNormal`, `RandomUniform`, the same of the shape of another tensor, and whatever engines add to them.
pub const LIKE: Operator = Operator::named("Random").random();
