//! Where samples come from.

use std::collections::BTreeMap;

use super::SampleError;
use crate::genome::SkipReason;
use crate::sequence::SampleRows;
use crate::sink::{Leaf, Values};

/// What is told of every sample, besides the model's inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct About {
    /// The stretch of the genome that it comes from.
    pub(crate) ranges: bool,
    /// What else is known of where it comes from.
    pub(crate) metadata: bool,
    /// What the loader knows of the answer.
    pub(crate) targets: bool,
}

/// Some samples: one engine call's worth.
pub(crate) struct Block {
    /// The model's inputs.
    pub(crate) rows: SampleRows,
    /// The values of what is told of them, in the order of the source's leaves.
    pub(crate) about: Vec<Values>,
    /// Samples that were left out on the way here, by reason.
    pub(crate) skipped: BTreeMap<SkipReason, u64>,
}

/// Gives samples one by one.
pub(crate) trait SampleSource: Send {
    /// What is told of every sample.
    fn leaves(&self) -> Vec<Leaf>;

    /// Appends the next sample to `block`, or counts there why it is left out; `false` at the end.
    ///
    /// # Errors
    /// Whatever stops the run.
    fn next_sample(&mut self, block: &mut Block) -> Result<bool, SampleError>;
}
