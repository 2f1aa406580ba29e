//! Samples as rows, one by one.

use std::collections::BTreeMap;

use super::SampleError;
use super::interval_rows::IntervalRows;
use super::prepared_rows::PreparedRows;
use crate::genome::SkipReason;
use crate::model::{Loader, ModelInputs};
use crate::sequence::SampleRows;
use crate::sink::{ColumnValues, OutputArray};

/// What is reported of every sample, besides the model's inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SampleMetadata {
    /// Its range in the genome.
    pub(crate) ranges: bool,
    /// All other metadata.
    pub(crate) metadata: bool,
    /// Its targets: the labels that the loader knows.
    pub(crate) targets: bool,
}

/// Some samples: one engine call's worth.
pub(crate) struct Block {
    /// The model's inputs.
    pub(crate) rows: SampleRows,
    /// What is reported of them, in the order of the arrays of [`Rows::leaves`].
    pub(crate) about: Vec<ColumnValues>,
    /// Samples that were skipped, by reason.
    pub(crate) skipped: BTreeMap<SkipReason, u64>,
}

/// Samples that are read one by one, as rows.
pub(crate) enum Rows {
    /// Intervals of a BED file, on a genome.
    Intervals(Box<IntervalRows>),
    /// Samples of a batch file.
    Prepared(PreparedRows),
}

impl Rows {
    /// What gives the model its inputs.
    pub(crate) fn loader(&self) -> Loader<'_> {
        match self {
            Self::Intervals(rows) => Loader::Native(rows.loader()),
            Self::Prepared(rows) => Loader::Plain(rows.file()),
        }
    }

    /// Gets ready for a model that reads `inputs`.
    ///
    /// # Errors
    /// Targets or metadata that cannot be read.
    pub(crate) fn fit(&mut self, inputs: &ModelInputs) -> Result<(), SampleError> {
        match self {
            Self::Intervals(rows) => {
                rows.expect_length(inputs.window_length);
                Ok(())
            }
            Self::Prepared(rows) => Ok(rows.fit(&inputs.prepared)?),
        }
    }

    /// Checks, after the last sample, that the genome is still the one that was opened.
    ///
    /// # Errors
    /// [`FastaError::Changed`](crate::genome::FastaError::Changed).
    pub(crate) fn check_unchanged(&self) -> Result<(), SampleError> {
        match self {
            Self::Intervals(rows) => Ok(rows.check_unchanged()?),
            Self::Prepared(_) => Ok(()),
        }
    }

    /// The names of the model's inputs in files.
    pub(crate) fn input_names(&self) -> Vec<String> {
        match self {
            Self::Intervals(_) => vec![String::new()],
            Self::Prepared(rows) => rows.input_names(),
        }
    }

    /// The arrays reported for every sample.
    pub(crate) fn leaves(&self) -> Vec<OutputArray> {
        match self {
            Self::Intervals(rows) => rows.leaves(),
            Self::Prepared(rows) => rows.leaves(),
        }
    }

    /// Appends the next sample to `block`, or counts there why it is skipped; `false` at the end.
    ///
    /// # Errors
    /// Whatever stops the run.
    pub(crate) fn next_sample(&mut self, block: &mut Block) -> Result<bool, SampleError> {
        match self {
            Self::Intervals(rows) => rows.next_sample(block),
            Self::Prepared(rows) => Ok(rows.next_sample(block)?),
        }
    }
}
