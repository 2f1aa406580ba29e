//! The default scores. Formulas are per strand and task; `ref` and `alt` are a model's predictions for the two
//! alleles, arithmetic is 32-bit and logarithms are natural unless they say otherwise. Where a formula is not defined, the
//! score is NaN.

mod difference;
mod log2fc;
mod logit;

pub use difference::{Alt, Diff, Ref};
pub use log2fc::Log2Fc;
pub use logit::{DeepSeaEffect, Logit, LogitAlt, LogitRef};

use kipos_plugin_api::{RcMerged, export_plugin};

export_plugin! {
    name: "scorers",
    scorers: [
        RcMerged<Ref>,
        RcMerged<Alt>,
        RcMerged<Diff>,
        RcMerged<Logit>,
        RcMerged<LogitRef>,
        RcMerged<LogitAlt>,
        RcMerged<DeepSeaEffect, 2>,
        RcMerged<Log2Fc>,
    ],
}

#[cfg(test)]
mod tests;
