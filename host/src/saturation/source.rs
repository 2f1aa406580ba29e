//! From bases of the genome to chunks of their SNVs.

use std::iter;

use super::bases::{StretchBase, StretchBases};
use crate::edits::EditBatch;
use crate::genome::{Allele, SkipReason, VcfRecord};
use crate::internal::OrInternal;
use crate::pipeline::{CHUNK_RECORDS, Chunk, PlanError, is_full};
use crate::region::{Placement, RegionPlan};
use crate::run::WorkSource;
use crate::samples::Samples;
use crate::scored::{AlleleInWindow, LeftAligned, ScoredRecord};
use crate::sequence::SampleRows;
use crate::setup::RunContext;

/// What stands where the genome has no A, C, G or T: a VCF knows no other letter.
const UNKNOWN: u8 = b'N';

/// Plans the SNVs of bases: one after the other, each in the window that the plan gives its base. A chunk may end within
/// a tile, so that memory does not grow with the tiles.
pub(super) struct SaturationSource {
    bases: StretchBases,
    samples: Samples,
    plan: RegionPlan,
    prototype: SampleRows,
    /// The SNVs of the next chunk, and of the largest.
    snvs: usize,
    most: usize,
    placements: Vec<Placement>,
}

impl SaturationSource {
    /// Chunks of up to `most` SNVs. The first have `first` and then twice as many each time, so that soon something is
    /// done that tells how long all will take.
    pub(super) fn new(bases: StretchBases, context: RunContext, first: usize, most: usize) -> Self {
        let RunContext { samples, plan, prototype, .. } = context;
        Self { bases, samples, plan, prototype, snvs: first.clamp(1, most), most, placements: Vec::new() }
    }

    /// Adds the SNVs of a base to a chunk, or a record that says why it has none.
    fn add(&mut self, base: StretchBase, chunk: &mut Chunk) -> Result<(), PlanError> {
        let StretchBase { contig, position, letter } = base;
        let pos = position + 1;
        let Some(reference) = letter else {
            let record = VcfRecord::of_base(&self.samples.contigs()[contig].name, pos, UNKNOWN, b'.');
            push(chunk, record, AlleleInWindow::skipped(SkipReason::NonAcgt));
            return Ok(());
        };
        let placed = self.plan.place(contig, position, position..pos, &mut self.placements);
        for alternate in b"ACGT".iter().copied().filter(|other| *other != reference) {
            let pair = match placed {
                Err(reason) => AlleleInWindow::skipped(reason),
                Ok(()) => {
                    let placement = self.placements.first().or_internal("a base that is placed has a window");
                    let allele = Allele::parse(pos, &[reference], &[alternate]);
                    let allele = allele.or_internal("two bases are an allele");
                    let outcome = self.samples.add(&allele, placement, &[], &mut chunk.batch)?;
                    let index =
                        i64::try_from(position).or_internal("a base is in its contig") - placement.window.start();
                    AlleleInWindow { region: None, window: Some(placement.window), changed: index..index + 1, outcome }
                }
            };
            let record = VcfRecord::of_base(&self.samples.contigs()[contig].name, pos, reference, alternate);
            push(chunk, record, pair);
        }
        Ok(())
    }
}

/// Adds a record with its only allele.
fn push(chunk: &mut Chunk, record: VcfRecord, pair: AlleleInWindow) {
    let first = chunk.pairs.len();
    chunk.pairs.push(pair);
    let alleles = iter::once(first..first + 1).collect();
    chunk.records.push(ScoredRecord {
        record,
        alleles,
        reference_overwritten: false,
        reference_over_ambiguous: false,
        left_aligned: LeftAligned::default(),
    });
}

impl WorkSource for SaturationSource {
    type Work = Chunk;
    type Recycled = EditBatch;
    type Error = PlanError;

    fn buffer(&self) -> EditBatch {
        EditBatch::new(&self.prototype)
    }

    fn next(&mut self, batch: EditBatch) -> Result<Option<Chunk>, PlanError> {
        let mut chunk = Chunk::empty(batch);
        while !is_full(&chunk.batch, self.snvs) && chunk.records.len() < CHUNK_RECORDS {
            let Some(base) = self.bases.next(&mut self.samples)? else { break };
            self.add(base, &mut chunk)?;
        }
        if !chunk.batch.is_empty() {
            self.snvs = self.snvs.saturating_mul(2).min(self.most);
        }
        if chunk.records.is_empty() {
            self.samples.check_unchanged()?;
            return Ok(None);
        }
        Ok(Some(chunk))
    }
}
