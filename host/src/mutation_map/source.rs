//! From windows to edit batches: every base of a window, replaced by every other.

use std::sync::Arc;

use super::windows::{QueryWindow, QueryWindows};
use crate::edits::EditBatch;
use crate::genome::{Contig, ContigMap, Outcome, SkipReason};
use crate::internal::OrInternal;
use crate::pipeline::{PlanError, ReferenceComparison, Verdict, is_full};
use crate::run::WorkSource;
use crate::samples::{Samples, ShownWindow};
use crate::sequence::SampleRows;

/// The rows of a map, from the top.
pub(super) const BASES: [u8; 4] = *b"ACGT";

/// A window whose bases are in a batch.
#[derive(Debug)]
pub(super) struct PlannedWindow {
    pub(super) query: QueryWindow,
    /// Its contig.
    pub(super) contig: Contig,
    /// On the forward strand, in upper case.
    pub(super) letters: Vec<u8>,
    /// The model's inputs that show it.
    pub(super) inputs: Vec<Arc<str>>,
    /// The index of its first allele in the batch. The alleles are, if asked for and any base is known, the sequence
    /// itself, then for each known base the others in the order of [`BASES`].
    pub(super) first: usize,
}

/// Whole windows, and the alleles of all of them.
#[derive(Debug)]
pub(super) struct MapChunk {
    pub(super) windows: Vec<PlannedWindow>,
    pub(super) skipped: Vec<SkipReason>,
    pub(super) batch: EditBatch,
}

/// Reads windows and plans their alleles.
pub(super) struct MapSource {
    pub(super) windows: QueryWindows,
    pub(super) samples: Samples,
    /// The names of the model's inputs.
    pub(super) inputs: Vec<Arc<str>>,
    pub(super) prototype: SampleRows,
    /// Whether the sequence itself is scored, too.
    pub(super) with_itself: bool,
    /// A batch that has so many alleles is full.
    pub(super) alleles: usize,
    /// What was passed over before the first window.
    pub(super) skipped: Vec<SkipReason>,
    /// Knows the contigs whose lengths the VCF header and the genome do not agree on.
    pub(super) contigs: ContigMap,
}

impl WorkSource for MapSource {
    type Work = MapChunk;
    type Recycled = EditBatch;
    type Error = PlanError;

    fn buffer(&self) -> EditBatch {
        EditBatch::new(&self.prototype)
    }

    fn next(&mut self, batch: EditBatch) -> Result<Option<MapChunk>, PlanError> {
        let mut chunk = MapChunk { windows: Vec::new(), skipped: std::mem::take(&mut self.skipped), batch };
        while !is_full(&chunk.batch, self.alleles) {
            let Some(query) = self.windows.next(&mut chunk.skipped)? else { break };
            match self.samples.add_window(&query.window, query.sample, &mut chunk.batch)? {
                Outcome::Done(ShownWindow { row, letters, inputs }) => {
                    self.check_references(&query, &letters)?;
                    let contig = self.samples.contigs()[query.window.contig()].clone();
                    let first = chunk.batch.len();
                    self.add_alleles(&query, row, &letters, &mut chunk.batch);
                    let inputs = inputs
                        .into_iter()
                        .map(|input| self.inputs.get(input).or_internal("the input has a name").clone())
                        .collect();
                    chunk.windows.push(PlannedWindow { query, contig, letters, inputs, first });
                }
                Outcome::Skipped(reason) => chunk.skipped.push(reason),
            }
        }
        let is_empty = chunk.windows.is_empty() && chunk.skipped.is_empty();
        if is_empty {
            self.samples.check_unchanged()?;
        }
        Ok((!is_empty).then_some(chunk))
    }
}

impl MapSource {
    /// Refuses variants of another genome: see [`ContigMap::other_genome`].
    fn check_references(&self, query: &QueryWindow, letters: &[u8]) -> Result<(), PlanError> {
        for variant in &query.variants {
            let start =
                i64::try_from(variant.pos).or_internal("the window holds its variants") - 1 - query.window.start();
            let reference = variant.reference.as_bytes();
            let letter = |offset: usize| letters.get(usize::try_from(start + offset as i64).ok()?);
            let found: Vec<_> = (0..reference.len()).filter_map(|offset| Some((offset, *letter(offset)?))).collect();
            if ReferenceComparison::of(reference, &found).verdict == Verdict::Disagrees
                && let Some(error) = self.contigs.other_genome(query.window.contig(), variant.pos)
            {
                return Err(error.into());
            }
        }
        Ok(())
    }

    fn add_alleles(&self, query: &QueryWindow, row: usize, letters: &[u8], batch: &mut EditBatch) {
        let mut add = |index, letter| {
            self.samples.add_base(&query.window, query.sample, row, (index, letter), batch);
        };
        let mut itself = self.with_itself;
        for (index, letter) in letters.iter().enumerate().filter(|(_, letter)| BASES.contains(letter)) {
            if std::mem::take(&mut itself) {
                add(index, *letter);
            }
            for base in BASES.iter().filter(|base| *base != letter) {
                add(index, *base);
            }
        }
    }
}
