//! From VCF records to chunks of planned records: which alleles are scored, on which windows.

use std::ops::Range;

use thiserror::Error;

use super::RefDisagreement;
use super::left_alignment::LeftAlignment;
use super::mismatch::{BuildGuard, WrongBuild};
use super::reference_comparison::{ReferenceComparison, Verdict};
use crate::edits::EditBatch;
use crate::extent::ExtentWatch;
use crate::genome::{Allele, ContigMapError, Outcome, SkipReason, VariantSource, VcfError, VcfRecord, is_base};
use crate::internal::OrInternal;
use crate::region::Placement;
use crate::request::{RefMismatch, VariantChoice};
use crate::samples::SampleError;
use crate::scored::{AlleleInWindow, LeftAligned, ScoredRecord};
use crate::setup::RunContext;
use crate::warning::Warning;

/// Why reading and planning stopped.
#[derive(Debug, Error)]
pub enum PlanError {
    /// The VCF.
    #[error(transparent)]
    Vcf(#[from] VcfError),
    /// The genome, or the prepared samples.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// Contig names.
    #[error(transparent)]
    Contigs(#[from] ContigMapError),
    /// Too many REFs disagree with the genome.
    #[error(transparent)]
    WrongBuild(#[from] WrongBuild),
    /// One REF disagrees with the genome and [`RefMismatch::Error`] holds.
    #[error(
        "{}: REF {} disagrees with the genome's {} at {}:{}; choose --ref-mismatch skip or --ref-mismatch overwrite",
        place(file, *line), at.reference, at.found, at.contig, at.position
    )]
    RefMismatch {
        /// The VCF.
        file: String,
        /// Its line; 0 where its index led there.
        line: u64,
        /// REF and what the genome has.
        at: Box<RefDisagreement>,
    },
}

/// File and line, or the file alone.
fn place(file: &str, line: u64) -> String {
    if line == VcfRecord::UNKNOWN_LINE { file.to_owned() } else { format!("{file}:{line}") }
}

/// Records in input order, and the edit batch of their alleles that are to be scored.
#[derive(Debug)]
pub struct Chunk {
    /// The records.
    pub records: Vec<ScoredRecord>,
    /// Their alleles in all windows; one that is scored holds its index in the batch.
    pub pairs: Vec<AlleleInWindow>,
    /// The alleles to score.
    pub batch: EditBatch,
    /// The first REF of the run that disagrees with the genome, if it is here.
    pub disagreement: Option<RefDisagreement>,
}

impl Chunk {
    /// Nothing yet, but for an empty batch.
    pub(crate) fn empty(batch: EditBatch) -> Self {
        Self { records: Vec::new(), pairs: Vec::new(), batch, disagreement: None }
    }
}

/// What is written over the genome before an allele: bases of the record's REF, also those beside the allele.
#[derive(Debug, Default)]
struct Overwritten {
    /// 0-based position, and the base.
    bases: Vec<(i64, u8)>,
    /// Some replace an ambiguous base of the genome.
    over_ambiguous: bool,
    /// Some replace another base of the genome.
    over_others: bool,
}

/// The bases of the contig that REF of a record covers, 0-based, if POS is not 0.
fn bases_of(record: &VcfRecord) -> Range<u64> {
    let start = record.pos().saturating_sub(1);
    start..start.saturating_add(record.reference().len() as u64)
}

/// Bases of a record's REF with their 0-based positions instead of their offsets in REF.
fn positions(record: &VcfRecord, bases: Vec<(usize, u8)>) -> Vec<(i64, u8)> {
    bases.into_iter().map(|(offset, base)| (record.start().saturating_add(offset as i64), base)).collect()
}

/// Alleles per chunk, as a multiple of the batch size: with fewer, the last, partly filled engine call of a chunk
/// would weigh too much.
pub(super) const BATCHES_PER_CHUNK: usize = 8;
/// Encoded reference rows of one chunk, in bytes.
const CHUNK_BYTES: usize = 64 << 20;
/// Lines of the records of one chunk, in bytes: those of large cohorts have megabytes.
const RECORD_BYTES: usize = 16 << 20;
/// Predictions and scores of one chunk, in bytes.
const TABLE_BYTES: usize = 64 << 20;
/// Records of one chunk, when few of them are scored.
pub(crate) const CHUNK_RECORDS: usize = 8_192;

/// Alleles of one chunk of some `batches` of `batch_size` rows, whose predictions and scores take `allele_bytes` each.
pub(crate) fn chunk_alleles(batches: usize, batch_size: usize, allele_bytes: usize) -> usize {
    batch_size.saturating_mul(batches).min(TABLE_BYTES / allele_bytes.max(1)).max(1)
}

/// Whether the rows of a batch are as many as a chunk may have.
pub(crate) fn is_full(batch: &EditBatch, alleles: usize) -> bool {
    batch.len() >= alleles || batch.row_bytes() >= CHUNK_BYTES
}

/// Reads a VCF and plans its chunks.
pub(super) struct Planner {
    reader: VariantSource,
    /// The name of the VCF, for messages.
    file: String,
    context: RunContext,
    ref_mismatch: RefMismatch,
    left_alignment: Option<LeftAlignment>,
    guard: BuildGuard,
    /// A chunk with so many alleles is full.
    alleles: usize,
    /// Read already, but belongs to the next chunk.
    pending: Option<VcfRecord>,
    /// The windows of the current allele.
    placements: Vec<Placement>,
    /// The bases found where the current record has REF, each with its offset in REF.
    found: Vec<(usize, u8)>,
    /// The alleles of the current record that were moved.
    left_aligned: LeftAligned,
    /// Records planned so far.
    read: u64,
    /// Whether the genome has the contig of any of them.
    found_contig: bool,
    disagreement: Option<FirstDisagreement>,
}

/// The first REF of a run that disagrees with the genome.
struct FirstDisagreement {
    at: RefDisagreement,
    told: bool,
}

impl FirstDisagreement {
    /// The disagreement, when it is asked for the first time.
    fn untold(&mut self) -> Option<RefDisagreement> {
        (!std::mem::replace(&mut self.told, true)).then(|| self.at.clone())
    }
}

impl Planner {
    /// Plans the records of `reader`, some `alleles` per chunk. `file` is the name of the VCF.
    pub(super) fn new(
        mut context: RunContext,
        reader: VariantSource,
        file: String,
        variants: &VariantChoice,
        alleles: usize,
    ) -> Self {
        context.warnings.extend_from_slice(reader.warnings());
        let guard = BuildGuard::new(variants.max_ref_mismatch, context.reference.display().to_string());
        Self {
            reader,
            file,
            context,
            ref_mismatch: variants.ref_mismatch,
            left_alignment: variants.max_shift.map(|limit| LeftAlignment { limit }),
            guard,
            alleles,
            pending: None,
            placements: Vec::new(),
            found: Vec::new(),
            left_aligned: LeftAligned::default(),
            read: 0,
            found_contig: false,
            disagreement: None,
        }
    }

    /// What the user should know before the run.
    pub(super) fn warnings(&self) -> &[Warning] {
        &self.context.warnings
    }

    /// How much there is to read, for who watches from another thread.
    pub(super) fn extent(&self) -> ExtentWatch {
        self.reader.extent()
    }

    /// An empty batch of the model's rows, with room for a chunk.
    pub fn new_batch(&self) -> EditBatch {
        /// For records that share the last window.
        const SPARE: usize = 16;
        let mut batch = EditBatch::new(&self.context.prototype);
        let fit = CHUNK_BYTES.div_ceil(self.context.prototype.row_bytes().max(1));
        batch.reserve(self.alleles.min(fit) + SPARE.min(fit));
        batch
    }

    /// The next chunk, built on an empty `batch`; `None` at the end of the VCF.
    ///
    /// # Errors
    /// Whatever stops the run.
    pub fn next_chunk(&mut self, batch: EditBatch) -> Result<Option<Chunk>, PlanError> {
        let mut chunk = Chunk::empty(batch);
        let (mut full, mut record_bytes) = (false, 0);
        while let Some(record) = self.next_record()? {
            // Records at one position share their window: kept together, the reference is predicted once for all.
            let same_window = chunk
                .records
                .last()
                .is_some_and(|last| last.record.pos() == record.pos() && last.record.chrom() == record.chrom());
            if full && !same_window {
                self.pending = Some(record);
                break;
            }
            record_bytes += record.bytes().len();
            let planned = self.plan_record(record, &mut chunk.pairs, &mut chunk.batch)?;
            chunk.records.push(planned);
            full = is_full(&chunk.batch, self.alleles)
                || record_bytes >= RECORD_BYTES
                || chunk.records.len() >= CHUNK_RECORDS;
        }
        chunk.disagreement = self.disagreement.as_mut().and_then(FirstDisagreement::untold);
        Ok((!chunk.records.is_empty()).then_some(chunk))
    }

    /// Final checks at the end of the input.
    ///
    /// # Errors
    /// If there were records, and the genome has the contig of none, or if the genome has changed meanwhile.
    pub fn finish(&self) -> Result<(), PlanError> {
        self.reader.finish()?;
        self.context.samples.check_unchanged()?;
        // Another shard may have the records on contigs of the genome.
        if self.read > 0 && !self.found_contig && !self.reader.is_shard() {
            return Err(self.context.contigs.none_matches().into());
        }
        Ok(())
    }

    fn next_record(&mut self) -> Result<Option<VcfRecord>, PlanError> {
        match self.pending.take() {
            Some(record) => Ok(Some(record)),
            None => Ok(self.reader.read_record()?),
        }
    }

    fn plan_record(
        &mut self,
        record: VcfRecord,
        pairs: &mut Vec<AlleleInWindow>,
        batch: &mut EditBatch,
    ) -> Result<ScoredRecord, PlanError> {
        let contig = self.context.contigs.resolve(record.chrom());
        self.read += 1;
        self.found_contig |= contig.is_some();
        // An allele is trimmed to what it changes, but the record says all of REF of the genome.
        let reference = record.reference().to_ascii_uppercase();
        let mut alleles = Vec::new();
        let (mut reference_overwritten, mut reference_over_ambiguous) = (false, false);
        for alternate in record.alternates() {
            let first = pairs.len();
            let allele = Allele::parse(record.pos(), record.reference(), alternate);
            let planned = match (allele, contig) {
                (Err(reason), _) => Outcome::Skipped(reason),
                (Ok(_), None) => Outcome::Skipped(SkipReason::UnknownContig),
                (Ok(allele), Some(contig)) => self.plan_allele(&record, &reference, contig, &allele, pairs, batch)?,
            };
            match planned {
                Outcome::Done(overwritten) => {
                    reference_overwritten |= overwritten.over_others;
                    reference_over_ambiguous |= overwritten.over_ambiguous;
                }
                Outcome::Skipped(reason) => pairs.push(AlleleInWindow::skipped(reason)),
            }
            alleles.push(first..pairs.len());
        }
        let left_aligned = std::mem::take(&mut self.left_aligned);
        Ok(ScoredRecord { record, alleles, reference_overwritten, reference_over_ambiguous, left_aligned })
    }

    /// Adds an allele to the batch and to `pairs`, once for each of its windows, and returns the bases that replace the
    /// genome's in any of them. An allele that is skipped in all windows alike is not in `pairs` yet. `reference` is REF
    /// of the record in upper case.
    fn plan_allele(
        &mut self,
        record: &VcfRecord,
        reference: &[u8],
        contig: usize,
        allele: &Allele,
        pairs: &mut Vec<AlleleInWindow>,
        batch: &mut EditBatch,
    ) -> Result<Outcome<Overwritten>, PlanError> {
        if bases_of(record).end > self.context.samples.contigs()[contig].length {
            return Ok(Outcome::Skipped(SkipReason::OutsideContig));
        }
        let moved = match self.left_alignment {
            Some(alignment) => {
                let place = (contig, bases_of(record));
                alignment.of(allele, reference, place, &mut self.context.samples, &mut self.left_aligned)?
            }
            None => None,
        };
        let allele = moved.as_ref().unwrap_or(allele);
        let placed = self.context.plan.place(contig, allele.start(), allele.changed(), &mut self.placements);
        if let Err(reason) = placed {
            return Ok(Outcome::Skipped(reason));
        }
        let overwritten = match self.compare_reference(record, reference, contig, allele)? {
            Outcome::Done(overwritten) => overwritten,
            Outcome::Skipped(reason) => return Ok(Outcome::Skipped(reason)),
        };
        let mut any_added = false;
        let changed = allele.changed();
        for placement in self.placements.drain(..) {
            let added = self.context.samples.add(allele, &placement, &overwritten.bases, batch)?;
            any_added |= added.done().is_some();
            let Placement { window, region } = placement;
            let coordinate =
                |position: u64| i64::try_from(position).or_internal("an allele with a placement has coordinates");
            let in_window = |position: u64| coordinate(position) - window.start();
            let changed = in_window(changed.start)..in_window(changed.end);
            pairs.push(AlleleInWindow { region, window: Some(window), changed, outcome: added });
        }
        Ok(Outcome::Done(if any_added { overwritten } else { Overwritten::default() }))
    }

    /// Compares all of REF with the bases of all windows, and returns the bases that replace them.
    fn compare_reference(
        &mut self,
        record: &VcfRecord,
        reference: &[u8],
        contig: usize,
        allele: &Allele,
    ) -> Result<Outcome<Overwritten>, PlanError> {
        self.context.samples.reference(contig, &bases_of(record), &self.placements, &mut self.found)?;
        let ReferenceComparison { verdict, over_ambiguous } = ReferenceComparison::of(reference, &self.found);
        if verdict == Verdict::Disagrees
            && let Some(error) = self.context.contigs.other_genome(contig, record.pos())
        {
            return Err(error.into());
        }
        // Writing REF over other bases would leave an insertion or deletion with flanks of another sequence.
        if self.ref_mismatch == RefMismatch::Overwrite && !allele.kind().is_indel() {
            let differing = self.differing(reference);
            return Ok(Outcome::Done(Overwritten {
                over_ambiguous: !over_ambiguous.is_empty(),
                over_others: differing != over_ambiguous,
                bases: positions(record, differing),
            }));
        }
        if verdict == Verdict::Disagrees {
            let at = || RefDisagreement::of(record, reference, &self.found);
            if self.ref_mismatch == RefMismatch::Error {
                let (file, line, at) = (self.file.clone(), record.line_number(), Box::new(at()));
                return Err(PlanError::RefMismatch { file, line, at });
            }
            self.disagreement.get_or_insert_with(|| FirstDisagreement { at: at(), told: false });
        }
        if self.ref_mismatch != RefMismatch::Overwrite {
            let first = self.disagreement.as_ref().map(|first| &first.at);
            self.guard.observe(verdict, first)?;
        }
        match verdict {
            Verdict::Disagrees => Ok(Outcome::Skipped(SkipReason::RefMismatch)),
            Verdict::Agrees | Verdict::Unknown => Ok(Outcome::Done(Overwritten {
                over_ambiguous: !over_ambiguous.is_empty(),
                over_others: false,
                bases: positions(record, over_ambiguous),
            })),
        }
    }

    /// All of REF that differs from what was found, whether that disagrees or is ambiguous: offset in REF, and base.
    fn differing(&self, reference: &[u8]) -> Vec<(usize, u8)> {
        let differs = |&(offset, found): &(usize, u8)| {
            !reference[offset].eq_ignore_ascii_case(&found) || !is_base(reference[offset])
        };
        let differing = self.found.iter().filter(|found| differs(found));
        let mut bases: Vec<(usize, u8)> = differing.map(|&(offset, _)| (offset, reference[offset])).collect();
        bases.sort_unstable();
        bases.dedup();
        bases
    }
}
