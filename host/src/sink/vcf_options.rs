//! How an annotated VCF is written.

use super::{MultiRegion, RowKind};
use crate::provenance::Provenance;
use crate::region::RegionMode;
use crate::scored::ScoreLabel;

/// How a VCF is annotated, and with what.
#[derive(Debug, Clone)]
pub struct VcfOptions {
    /// What the records are about.
    pub rows: RowKind,
    /// How keys and values are spelled.
    pub style: VcfStyle,
    /// The model's name as it shall stand in the keys; characters that keys cannot hold are replaced.
    pub model_name: String,
    /// The licence of the model and its weights, if it is known.
    pub license: Option<String>,
    /// What the matrices of each chunk hold, in their order.
    pub labels: Vec<ScoreLabel>,
    /// Leave out records without a scored allele.
    pub only_scored: bool,
    /// Write `CHROM:POS:REF:['ALT', 'ALT2']` into the ID column.
    pub std_var_id: bool,
    /// Where the model's windows come from.
    pub regions: RegionMode,
    /// Which of several windows speaks for an allele.
    pub multi_region: MultiRegion,
    /// What happens to values of an earlier run.
    pub on_existing: OnExisting,
    /// What the scores follow from.
    pub provenance: Provenance,
}

/// How INFO keys and values are spelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VcfStyle {
    /// `KV_<model>_<SCORE>`, one value per ALT, with the reasons why alleles were skipped.
    Native {
        /// Where the values of several tasks go.
        layout: InfoLayout,
        /// Significant digits, 1 to 9.
        digits: u8,
    },
    /// `KV:<source>:<model>:<SCORE>` with eight decimals, and `rID`: what programs that read Kipoi's VCFs expect.
    Kipoi {
        /// Where the model comes from: `dir`, `kipoi`, ….
        source: String,
    },
}

impl Default for VcfStyle {
    fn default() -> Self {
        Self::Native { layout: InfoLayout::default(), digits: 6 }
    }
}

/// Where the values of several tasks go, in native style.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum InfoLayout {
    /// Into one key, divided by bars; two more keys hold the task of the largest effect.
    #[default]
    Packed,
    /// Into one key per task.
    PerTask,
}

/// What happens when the input holds keys that are about to be written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnExisting {
    /// They are removed from header and records, then written anew.
    #[default]
    Replace,
    /// The run stops.
    Error,
}
