//! Comparisons, and operators on truth values and bits.

use super::operator::{Operator, Role};

pub const OPERATORS: &[Operator] = &[
    Operator::broadcasting("Equal").without_gradient().role(Role::Prepares),
    Operator::broadcasting("Greater").without_gradient(),
    Operator::broadcasting("GreaterOrEqual").without_gradient(),
    Operator::broadcasting("Less").without_gradient(),
    Operator::broadcasting("LessOrEqual").without_gradient(),
    Operator::broadcasting("And").without_gradient().role(Role::Prepares),
    Operator::broadcasting("Or").without_gradient(),
    Operator::broadcasting("Xor"),
    Operator::elementwise("Not").without_gradient().role(Role::Prepares),
    Operator::elementwise("IsNaN").without_gradient(),
    Operator::elementwise("IsInf"),
    Operator::broadcasting("BitShift"),
    Operator::broadcasting("BitwiseAnd"),
    Operator::broadcasting("BitwiseOr"),
    Operator::broadcasting("BitwiseXor"),
    Operator::elementwise("BitwiseNot"),
];
