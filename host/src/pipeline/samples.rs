//! What a model is shown: windows of a genome, or samples that another program has prepared.

use std::ops::Range;

use thiserror::Error;

use super::file_samples::FileSamples;
use super::genome_samples::GenomeSamples;
use crate::dataloader::{BatchError, WindowError};
use crate::edits::EditBatch;
use crate::genome::{Allele, Contig, SkipReason};
use crate::region::Placement;

/// Where rows come from.
pub enum Samples {
    /// From a genome.
    Genome(GenomeSamples),
    /// From a file.
    File(FileSamples),
}

/// Why a row cannot be made.
#[derive(Debug, Error)]
pub enum SampleError {
    /// The genome.
    #[error(transparent)]
    Window(#[from] WindowError),
    /// The prepared samples.
    #[error(transparent)]
    Batch(#[from] BatchError),
}

impl Samples {
    /// The contigs that placements lie on.
    pub fn contigs(&self) -> &[Contig] {
        match self {
            Self::Genome(samples) => samples.contigs(),
            Self::File(samples) => samples.contigs(),
        }
    }

    /// The part of REF that can be compared where an allele is placed, and the letters that are there.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn reference(&mut self, allele: &Allele, placement: &Placement) -> Result<(Range<usize>, &[u8]), SampleError> {
        match self {
            Self::Genome(samples) => {
                let letters = samples.reference(placement.window.contig(), allele)?;
                Ok((0..letters.len(), letters))
            }
            Self::File(samples) => Ok(samples.reference(allele, placement)?),
        }
    }

    /// Puts an allele into the batch where it is placed, with `overwritten` letters (offset in REF, letter) written over
    /// what is there: its index in the batch.
    ///
    /// # Errors
    /// The outer error stops the run. The inner one is why the allele is not scored there.
    pub fn add(
        &mut self,
        allele: &Allele,
        placement: &Placement,
        overwritten: &[(usize, u8)],
        batch: &mut EditBatch,
    ) -> Result<Result<usize, SkipReason>, SampleError> {
        match self {
            Self::Genome(samples) => Ok(samples.add(allele, &placement.window, overwritten, batch)?),
            Self::File(samples) => Ok(samples.add(allele, placement, overwritten, batch)?),
        }
    }
}
