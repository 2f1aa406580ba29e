//! Which variants are scored.

use std::path::{Path, PathBuf};

use super::ChoiceError;
use super::error::check_fraction;
use crate::genome::{Region, VariantInput};
use crate::provenance::Provenance;
use crate::samples::{Unused, UnusedWithBatchFile};

/// The variants of a run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct VariantChoice {
    /// Where the variants come from.
    pub input: VariantInput,
    /// Only records with a POS in these regions are scored and written. Default: empty, all records unless there is a
    /// [`regions_file`](Self::regions_file).
    pub regions: Vec<Region>,
    /// A BED file of further such regions, plain or bgzipped. Default: none.
    pub regions_file: Option<PathBuf>,
    /// The BED file of a shard: only records that start in its stretches are scored and written. Its contigs are named as
    /// in the variants' own file, whether the genome has them or not. Default: none, all records.
    pub shard: Option<PathBuf>,
    /// What happens to an allele whose REF differs from the genome. Default: [`RefMismatch::Skip`].
    pub ref_mismatch: RefMismatch,
    /// The run stops if a larger fraction of the first 1,000 REFs differs from the genome, from 0 to 1. Default: 0.1.
    pub max_ref_mismatch: f64,
    /// Insertions and deletions are moved towards the start of their contig, to the first place where they make the same
    /// sequence, by so many bases at most; the record and its POS stay as they are. Default: none, an allele is shown where
    /// its record has it.
    pub max_shift: Option<u64>,
    /// The run fails, and writes nothing, if there were alleles and none was scored. Default: false, which is a warning.
    /// It always fails so for variants that are given by name.
    pub fail_if_empty: bool,
}

/// The rule for an allele whose REF disagrees with the genome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RefMismatch {
    /// The allele is skipped, with the reason.
    #[default]
    Skip,
    /// REF is written over the genome's bases before anything is predicted.
    Overwrite,
    /// The run stops.
    Error,
}

impl VariantChoice {
    /// All variants of `input`, with the defaults.
    pub fn new(input: impl Into<VariantInput>) -> Self {
        Self {
            input: input.into(),
            regions: Vec::new(),
            regions_file: None,
            shard: None,
            ref_mismatch: RefMismatch::Skip,
            max_ref_mismatch: 0.1,
            max_shift: None,
            fail_if_empty: false,
        }
    }

    /// Whether a run must score something if there is anything to score.
    pub(crate) fn must_score(&self) -> bool {
        self.fail_if_empty || matches!(self.input, VariantInput::Named(_))
    }

    /// What of the choice scores follow from.
    pub(crate) fn provenance(&self) -> Provenance {
        let rule = match self.ref_mismatch {
            RefMismatch::Skip => "skip",
            RefMismatch::Overwrite => "overwrite",
            RefMismatch::Error => "error",
        };
        let mut provenance = Provenance::new().with("ref_mismatch", rule);
        if let Some(bases) = self.max_shift {
            provenance = provenance.with("normalize", format!("by at most {bases} bases"));
        }
        provenance
    }

    /// Checks the choice by itself, and against the file of prepared samples if there is one.
    ///
    /// # Errors
    /// A fraction beyond 0 to 1, or alleles that are moved in samples that do not show the genome around them.
    pub(crate) fn validate(&self, batch_file: Option<&Path>) -> Result<(), ChoiceError> {
        if let (Some(path), Some(_)) = (batch_file, self.max_shift) {
            return Err(UnusedWithBatchFile::new(path, Unused::Normalization).into());
        }
        check_fraction("max_ref_mismatch", self.max_ref_mismatch)
    }
}
