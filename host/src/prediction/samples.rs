//! Where samples come from.

use std::collections::BTreeMap;

use super::PredictionError;
use crate::genome::SkipReason;
use crate::sequence::SampleRows;
use crate::sink::{Leaf, Values};

/// What is told of every sample, besides the model's inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct About {
    /// The stretch of the genome that it comes from.
    pub(super) ranges: bool,
    /// What else is known of where it comes from.
    pub(super) metadata: bool,
    /// What the loader knows of the answer.
    pub(super) targets: bool,
}

/// Some samples: one engine call's worth.
pub(super) struct Block {
    /// The model's inputs.
    pub(super) rows: SampleRows,
    /// The values of what is told of them, in the order of the source's leaves.
    pub(super) about: Vec<Values>,
    /// Samples that were left out on the way here, by reason.
    pub(super) skipped: BTreeMap<SkipReason, u64>,
}

/// Gives samples one by one.
pub(super) trait SampleSource: Send {
    /// What is told of every sample.
    fn leaves(&self) -> Vec<Leaf>;

    /// Appends the next sample to `block`, or counts there why it is left out; `false` at the end.
    ///
    /// # Errors
    /// Whatever stops the run.
    fn next_sample(&mut self, block: &mut Block) -> Result<bool, PredictionError>;
}
