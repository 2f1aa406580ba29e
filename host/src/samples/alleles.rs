//! What a model is shown: windows of a genome, or samples that another program has prepared.

use std::ops::Range;

use super::SampleError;
use super::genome_alleles::GenomeAlleles;
use super::prepared_alleles::PreparedAlleles;
use super::shown_window::ShownWindow;
use crate::edits::EditBatch;
use crate::genome::{Allele, Contig, Interval, Outcome};
use crate::region::Placement;

/// Where rows come from.
pub enum Samples {
    /// From a genome.
    Genome(GenomeAlleles),
    /// From a file.
    Prepared(PreparedAlleles),
}

impl Samples {
    /// The contigs that placements lie on.
    pub fn contigs(&self) -> &[Contig] {
        match self {
            Self::Genome(samples) => samples.contigs(),
            Self::Prepared(samples) => samples.contigs(),
        }
    }

    /// Puts what can be compared with REF where an allele is placed into `found`: letters of the forward strand, each
    /// with its offset in REF. REF lies on the `bases` (0-based) of a contig, within it. What was in `found` goes.
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

    /// Puts an allele into the batch where it is placed, with `overwritten` letters (0-based position, letter of the
    /// forward strand) written over what is there: its index in the batch. Those may lie beside the allele.
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

    /// Puts a window, which is that of the sample with this number, into the batch as it is.
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

    /// Puts `letter` of the forward strand in the place of the base at `index` (0-based, forward) of a window that is
    /// `row` of the batch: the index of this allele there.
    pub fn add_base(
        &self,
        window: &Interval,
        sample: usize,
        row: usize,
        (index, letter): (usize, u8),
        batch: &mut EditBatch,
    ) -> usize {
        match self {
            Self::Genome(_) => GenomeAlleles::add_base(window, row, index, letter, batch),
            Self::Prepared(samples) => samples.add_base(window, sample, row, (index, letter), batch),
        }
    }
}
