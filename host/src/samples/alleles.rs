//! Alleles in the sequences that a model reads: windows of a genome, or samples that another program prepared.

use std::ops::Range;

use super::SampleError;
use super::genome_alleles::GenomeAlleles;
use super::prepared_alleles::PreparedAlleles;
use crate::edits::EditBatch;
use crate::genome::{Allele, Contig, Interval, Outcome};
use crate::region::Placement;

/// The sequences that alleles are written into.
pub enum Samples {
    /// Windows of a genome.
    Genome(GenomeAlleles),
    /// Samples of a batch file.
    Prepared(PreparedAlleles),
}

/// A window that a batch shows as it is.
#[derive(Debug)]
pub struct ShownWindow {
    /// Its row in the batch.
    pub row: usize,
    /// Its bases on the forward strand, in upper case.
    pub letters: Vec<u8>,
    /// The inputs that show it, by their positions among the model's.
    pub inputs: Vec<usize>,
}

impl Samples {
    /// The contigs of the placements.
    pub fn contigs(&self) -> &[Contig] {
        match self {
            Self::Genome(samples) => samples.contigs(),
            Self::Prepared(samples) => samples.contigs(),
        }
    }

    /// Checks that the genome is still the one that was opened.
    ///
    /// # Errors
    /// [`FastaError::Changed`](crate::genome::FastaError::Changed).
    pub fn check_unchanged(&self) -> Result<(), SampleError> {
        match self {
            Self::Genome(samples) => Ok(samples.check_unchanged()?),
            Self::Prepared(_) => Ok(()),
        }
    }

    /// Clears `found`, then fills it with the bases that REF is compared with: (offset in REF, base) pairs on the forward
    /// strand. REF covers the `bases` (0-based) of a contig, all inside it.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn reference(
        &mut self,
        contig: usize,
        bases: &Range<u64>,
        placements: &[Placement],
        found: &mut Vec<(usize, u8)>,
    ) -> Result<(), SampleError> {
        match self {
            // Every window shows the same genome.
            Self::Genome(samples) => Ok(samples.reference(contig, bases, found)?),
            Self::Prepared(samples) => Ok(samples.reference(bases, placements, found)?),
        }
    }

    /// Adds an allele to the batch, in one placement, and returns its index. `overwritten` bases (0-based position, base
    /// on the forward strand) replace those of the sequence first; they may be outside the allele.
    ///
    /// # Errors
    /// What stops the run.
    pub fn add(
        &mut self,
        allele: &Allele,
        placement: &Placement,
        overwritten: &[(i64, u8)],
        batch: &mut EditBatch,
    ) -> Result<Outcome<usize>, SampleError> {
        match self {
            Self::Genome(samples) => Ok(samples.add(allele, &placement.window, overwritten, batch)?),
            Self::Prepared(samples) => Ok(samples.add(allele, placement, overwritten, batch)?),
        }
    }

    /// Adds a window to the batch without any allele. It is the window of the sample with this number.
    ///
    /// # Errors
    /// What stops the run.
    pub fn add_window(
        &mut self,
        window: &Interval,
        sample: usize,
        batch: &mut EditBatch,
    ) -> Result<Outcome<ShownWindow>, SampleError> {
        match self {
            Self::Genome(samples) => Ok(samples.add_window(window, batch)?),
            Self::Prepared(samples) => Ok(samples.add_window(window, sample, batch)?),
        }
    }

    /// Adds an allele to the batch that replaces the base at `index` (0-based, forward) of a window by `base` (forward
    /// strand), and returns its index. The window is `row` of the batch.
    pub fn add_base(
        &self,
        window: &Interval,
        sample: usize,
        row: usize,
        (index, base): (usize, u8),
        batch: &mut EditBatch,
    ) -> usize {
        match self {
            Self::Genome(_) => GenomeAlleles::add_base(window, row, index, base, batch),
            Self::Prepared(samples) => samples.add_base(window, sample, row, (index, base), batch),
        }
    }
}
