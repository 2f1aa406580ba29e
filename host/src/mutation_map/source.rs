//! From windows to edit batches: every base of a window, replaced by every other.

use std::sync::Arc;

use super::MutationMapError;
use super::stretch::MutatedStretch;
use super::windows::{QueryWindow, QueryWindows};
use crate::edits::EditBatch;
use crate::genome::{Contig, ContigMap, Interval, Outcome, SkipReason};
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
    /// The part of the window whose bases are substituted.
    pub(super) mutated: Interval,
    /// The bases of that part on the forward strand, in upper case.
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
    /// The only bases that are substituted; all without.
    pub(super) stretch: Option<MutatedStretch>,
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
    type Error = MutationMapError;

    fn buffer(&self) -> EditBatch {
        EditBatch::new(&self.prototype)
    }

    fn next(&mut self, batch: EditBatch) -> Result<Option<MapChunk>, MutationMapError> {
        let mut chunk = MapChunk { windows: Vec::new(), skipped: std::mem::take(&mut self.skipped), batch };
        while !is_full(&chunk.batch, self.alleles) {
            let Some(query) = self.windows.next(&mut chunk.skipped)? else {
                self.stretch.as_ref().map_or(Ok(()), MutatedStretch::check_shown)?;
                break;
            };
            let mutated = match &mut self.stretch {
                None => Some(query.window),
                Some(stretch) => stretch.part_of(&query.window),
            };
            let Some(mutated) = mutated else { continue };
            let shown = self.samples.add_window(&query.window, query.sample, &mut chunk.batch);
            match shown.map_err(PlanError::from)? {
                Outcome::Done(ShownWindow { row, mut letters, inputs }) => {
                    self.check_references(&query, &letters)?;
                    let contig = self.samples.contigs()[query.window.contig()].clone();
                    let first = chunk.batch.len();
                    letters.truncate(index_in(&query.window, mutated.end()));
                    let letters = letters.split_off(index_in(&query.window, mutated.start()));
                    self.add_alleles(&query, row, (&mutated, &letters), &mut chunk.batch);
                    let inputs = inputs
                        .into_iter()
                        .map(|input| self.inputs.get(input).or_internal("the input has a name").clone())
                        .collect();
                    chunk.windows.push(PlannedWindow { query, contig, mutated, letters, inputs, first });
                }
                Outcome::Skipped(reason) => chunk.skipped.push(reason),
            }
        }
        let is_empty = chunk.windows.is_empty() && chunk.skipped.is_empty();
        if is_empty {
            self.samples.check_unchanged().map_err(PlanError::from)?;
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

    /// Adds every other base instead of each of these `letters`, those of the part `mutated` of a window.
    fn add_alleles(
        &self,
        query: &QueryWindow,
        row: usize,
        (mutated, letters): (&Interval, &[u8]),
        batch: &mut EditBatch,
    ) {
        let first = index_in(&query.window, mutated.start());
        let mut add = |index, letter| {
            self.samples.add_base(&query.window, query.sample, row, (first + index, letter), batch);
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

/// How many bases of a window are before a position, which is in it or behind its last base.
fn index_in(window: &Interval, position: i64) -> usize {
    usize::try_from(position - window.start()).or_internal("the window holds what is substituted in it")
}
