//! Choices that contradict each other.

use std::path::PathBuf;

use thiserror::Error;

use crate::predict::MOST_ROWS;
use crate::samples::UnusedWithBatchFile;
use crate::score::LabelError;

/// Choices that contradict each other.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChoiceError {
    /// A batch file, and what it leaves no room for.
    #[error(transparent)]
    UnusedWithBatchFile(#[from] UnusedWithBatchFile),
    /// An engine call needs a sample.
    #[error("a batch needs at least one sample; choose a batch size from 1")]
    EmptyBatch,
    /// More samples per engine call than any engine gains by.
    #[error("a batch has at most {MOST_ROWS} samples, found {found}; choose a smaller batch size")]
    LargeBatch {
        /// The batch size.
        found: usize,
    },
    /// Several models that are not to be combined.
    #[error(
        "{models} models are given: --combine mean or --combine median makes one of them; to score them side by side, give the \
         VCF that one run writes to the next as --vcf"
    )]
    NotCombined {
        /// How many.
        models: usize,
    },
    /// A fraction beyond its range.
    #[error("{name} is a fraction from 0 to 1, found {found}")]
    Fraction {
        /// The field.
        name: &'static str,
        /// Its value.
        found: String,
    },
    /// Restricted windows without regions.
    #[error("--windows restricted needs --restriction-bed FILE")]
    NoRestriction,
    /// Regions that would not be used.
    #[error("--restriction-bed {} cannot be combined with --windows {mode}; leave out one of them", path.display())]
    UnusedRestriction {
        /// The BED file.
        path: PathBuf,
        /// The mode that was asked for.
        mode: &'static str,
    },
    /// A window that is moved too far.
    #[error(
        "--window-offset {offset} moves windows of {length} bases off the variant, which has index {index} in them; give N from \
         {} to {index}", *index as i64 - *length as i64 + 1
    )]
    Offset {
        /// The bases that windows are moved by.
        offset: i64,
        /// The index of the variant without that.
        index: usize,
        /// The length of the windows in bases.
        length: usize,
    },
    /// An offset of windows that are not placed around variants.
    #[error(
        "--window-offset moves windows around variants, but they are the dataloader's own intervals here; leave it out, or \
             give --windows centered"
    )]
    UnusedOffset,
    /// Arguments of a score that are not a map.
    #[error(transparent)]
    Score(#[from] LabelError),
}

/// Checks that a field lies in 0..=1.
pub(super) fn check_fraction(name: &'static str, value: f64) -> Result<(), ChoiceError> {
    if (0.0..=1.0).contains(&value) {
        return Ok(());
    }
    Err(ChoiceError::Fraction { name, found: value.to_string() })
}
