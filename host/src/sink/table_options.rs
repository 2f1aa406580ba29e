//! What tables of scores hold.

use super::{VcfOptions, VcfStyle};
use crate::scored::ScoreLabel;

/// Where files say which model's run wrote them.
#[cfg(any(feature = "parquet", feature = "hdf5"))]
pub(super) const MODEL_ATTRIBUTE: &str = "kipos_model";

/// Where files say which plugin gave each score: see [`ScoreLabel::origins_json`].
#[cfg(any(feature = "parquet", feature = "hdf5"))]
pub(super) const SCORES_ATTRIBUTE: &str = "kipos_scores";

/// How a table is written, and what it holds.
#[derive(Debug, Clone)]
pub struct TableOptions {
    /// The model's name, for files that say where they come from.
    pub model_name: String,
    /// What the matrices of each chunk hold, in their order.
    pub labels: Vec<ScoreLabel>,
    /// Significant digits of scores in text, 1 to 9; without them, eight decimals.
    pub digits: Option<u8>,
    /// Leave out alleles without scores.
    pub only_scored: bool,
    /// Write `CHROM:POS:REF:['ALT', 'ALT2']` into the column `id`.
    pub std_var_id: bool,
}

impl TableOptions {
    /// The options of a table that stands beside a VCF: numbers and names are spelled alike.
    pub fn of(options: &VcfOptions) -> Self {
        Self {
            model_name: options.model_name.clone(),
            labels: options.labels.clone(),
            digits: match options.style {
                VcfStyle::Native { digits, .. } => Some(digits),
                VcfStyle::Kipoi { .. } => None,
            },
            only_scored: options.only_scored,
            std_var_id: options.std_var_id,
        }
    }
}
