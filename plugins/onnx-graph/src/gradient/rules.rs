//! Which rule belongs to which operator.

use super::expr::Expr;
use super::site::{Cotangents, Site};
use super::{
    activation, convolution, elementwise, indexing, linear, normalization, pooling, recurrent, reduction, shape,
};
use crate::graph::is_standard;
use crate::proto::NodeProto;

/// A rule: from the cotangents of the results, at least one of which is there, to those of the inputs.
type Rule = fn(&Site<'_>, &[Option<Expr>]) -> Cotangents;

/// The rule of an operator whose only differentiable result is the first.
macro_rules! first {
    ($rule:path) => {
        |site, results| match results {
            [Some(g), others @ ..] if others.iter().all(Option::is_none) => $rule(site, g),
            _ => Err(site.refuse("only its first result has a gradient")),
        }
    };
}

/// Whether the operator has a rule; the rule may still refuse some of its forms.
pub fn is_supported(node: &NodeProto) -> bool {
    is_standard(&node.domain) && rule_of(&node.op_type).is_some()
}

/// The cotangents of a node's inputs.
///
/// # Errors
/// An operator without a rule, or one whose rule does not cover its form.
pub fn rule(site: &Site<'_>, results: &[Option<Expr>]) -> Cotangents {
    if !is_standard(&site.node.domain) {
        return Err(site.refuse(format!("operators of `{}` are not standard", site.node.domain)));
    }
    let Some(rule) = rule_of(&site.node.op_type) else { return Err(site.refuse("the operator has no rule")) };
    let cotangents = rule(site, results)?;
    // A rule that takes an input for a constant must not pass over one that is none.
    let passed_over = (0..site.node.input.len()).find(|&index| {
        !cotangents.is_empty() && site.wants(index) && cotangents.get(index).is_none_or(Option::is_none)
    });
    match passed_over.filter(|_| site.node.op_type != "CastLike") {
        Some(index) => Err(site.refuse(format!("its input `{}` depends on the inputs", site.node.input[index]))),
        None => Ok(cotangents),
    }
}

fn rule_of(op: &str) -> Option<Rule> {
    Some(match op {
        "Identity" | "Dropout" | "Cast" | "CastLike" => first!(elementwise::pass),
        "Add" | "Sum" => first!(elementwise::add),
        "Sub" => first!(elementwise::sub),
        "Mean" => first!(elementwise::mean),
        "Mul" => first!(elementwise::mul),
        "Div" => first!(elementwise::div),
        "Pow" => first!(elementwise::pow),
        "Max" | "Min" => first!(elementwise::extremum),
        "Where" => first!(elementwise::choose),
        "Clip" => first!(elementwise::clip),
        "Neg" | "Abs" | "Sqrt" | "Reciprocal" | "Exp" | "Log" | "Sin" | "Cos" | "Erf" => first!(elementwise::unary),
        "Relu" | "LeakyRelu" | "PRelu" | "Elu" | "Selu" | "Celu" | "ThresholdedRelu" | "Sigmoid" | "HardSigmoid"
        | "HardSwish" | "Tanh" | "Softplus" | "Softsign" | "Mish" => first!(activation::pointwise),
        "Gelu" => first!(activation::gelu),
        "Softmax" | "LogSoftmax" => first!(activation::softmax),
        "MatMul" => first!(linear::matmul),
        "Gemm" => first!(linear::gemm),
        "Einsum" => first!(linear::einsum),
        "Conv" => first!(convolution::conv),
        "ConvTranspose" => first!(convolution::conv_transpose),
        "MaxPool" => first!(pooling::max),
        "AveragePool" => first!(pooling::average),
        "GlobalAveragePool" => first!(pooling::global_average),
        "GlobalMaxPool" => first!(pooling::global_max),
        "ReduceSum" | "ReduceMean" | "ReduceMax" | "ReduceMin" | "ReduceProd" | "ReduceL1" | "ReduceL2"
        | "ReduceSumSquare" | "ReduceLogSum" | "ReduceLogSumExp" => first!(reduction::reduce),
        "CumSum" => first!(reduction::cumulative),
        "BatchNormalization" => first!(normalization::batch),
        "LayerNormalization" => first!(normalization::layer),
        "InstanceNormalization" => first!(normalization::instance),
        "Reshape" | "Flatten" | "Squeeze" | "Unsqueeze" => first!(shape::reshape),
        "Transpose" => first!(shape::transpose),
        "Expand" => first!(shape::expand),
        "Tile" => first!(shape::tile),
        "Resize" => first!(shape::resize),
        "Concat" => first!(shape::concat),
        "Split" => shape::split,
        "Slice" => first!(indexing::slice),
        "Pad" => first!(indexing::pad),
        "Gather" => first!(indexing::gather),
        "LSTM" => recurrent::lstm,
        "GRU" => recurrent::gru,
        // Piecewise constant, or not of floating-point values at all.
        "Shape" | "Size" | "Sign" | "Floor" | "Ceil" | "Round" | "ConstantOfShape" | "Range" | "Greater" | "Less"
        | "GreaterOrEqual" | "LessOrEqual" | "Equal" | "Not" | "And" | "Or" | "ArgMax" | "ArgMin" | "IsNaN" => {
            |_, _| Ok(vec![])
        }
        _ => return None,
    })
}
