//! The predictions themselves, and their difference.

use kipos_plugin_api::{Args, Properties, RcScorer, Result};

/// The prediction for the reference allele, in the model's unit.
///
/// ```
/// use kipos_plugin_api::RcScorer;
/// use kipos_plugin_scorers::Ref;
/// assert_eq!(Ref.terms(0.25, 0.75), [0.25]);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Ref;

impl RcScorer for Ref {
    const NAME: &'static str = "ref";
    const DOC: &'static str = "the prediction for the reference allele";
    const READS_ALTERNATE: bool = false;

    fn from_args(_: &Args) -> Result<Self> {
        Ok(Self)
    }

    fn terms(&self, reference: f32, _: f32) -> [f32; 1] {
        [reference]
    }
}

/// The prediction for the alternate allele, in the model's unit.
///
/// ```
/// use kipos_plugin_api::RcScorer;
/// use kipos_plugin_scorers::Alt;
/// assert_eq!(Alt.terms(0.25, 0.75), [0.75]);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Alt;

impl RcScorer for Alt {
    const NAME: &'static str = "alt";
    const DOC: &'static str = "the prediction for the alternate allele";
    const READS_REFERENCE: bool = false;

    fn from_args(_: &Args) -> Result<Self> {
        Ok(Self)
    }

    fn terms(&self, _: f32, alternate: f32) -> [f32; 1] {
        [alternate]
    }
}

/// `alt - ref`, in the model's unit.
///
/// ```
/// use kipos_plugin_api::RcScorer;
/// use kipos_plugin_scorers::Diff;
/// assert_eq!(Diff.terms(0.25, 0.75), [0.5]);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Diff;

impl RcScorer for Diff {
    const NAME: &'static str = "diff";
    const DOC: &'static str = "alt - ref";
    const PROPERTIES: Properties = Properties::SIGNED;

    fn from_args(_: &Args) -> Result<Self> {
        Ok(Self)
    }

    fn terms(&self, reference: f32, alternate: f32) -> [f32; 1] {
        [alternate - reference]
    }
}
