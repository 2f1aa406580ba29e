//! Reductions over axes, and what works along one.

use super::operator::{Axes, Operator, Spread};
use crate::gradient::{reduction as rule, scatter};

pub const OPERATORS: &[Operator] = &[
    reduction("ReduceSum").gradient(rule::sum).spread(Spread::Reduced).inputs_since(13, &["axes"]),
    reduction("ReduceMean").gradient(rule::mean).spread(Spread::Reduced),
    reduction("ReduceMax").gradient(rule::extremum).spread(Spread::Reduced),
    reduction("ReduceMin").gradient(rule::extremum),
    reduction("ReduceProd").gradient(rule::product),
    reduction("ReduceL1").gradient(rule::l1),
    reduction("ReduceL2").gradient(rule::l2),
    reduction("ReduceSumSquare").gradient(rule::sum_square),
    reduction("ReduceLogSum").gradient(rule::log_sum),
    reduction("ReduceLogSumExp").gradient(rule::log_sum_exp),
    Operator::named("ArgMax").without_gradient().axes(Axes::Lost).rows(|step| step.chosen()),
    Operator::named("ArgMin").without_gradient().axes(Axes::Lost).rows(|step| step.chosen()),
    Operator::named("CumSum").gradient(rule::cumulative).rows(|step| step.cumulative()).shape_inputs(&[1]),
    Operator::named("CumProd").rows(|step| step.cumulative()),
    Operator::named("TopK")
        .gradient(scatter::top_k)
        .rows(|step| step.top_k())
        .shape_inputs(&[1])
        .inputs_since(10, &["k"]),
];

/// What engines add to the reductions.
pub const LIKE: Operator = Operator::named("Reduce").axes(Axes::Reduced).shape_inputs(&[1]);

const fn reduction(name: &'static str) -> Operator {
    Operator { name, ..LIKE }.rows(|step| step.reduce()).inputs_since(18, &["axes"])
}
