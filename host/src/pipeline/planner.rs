//! From VCF records to chunks of planned records: which alleles are scored, on which windows.

use kipos_plugin_api::Site;
use thiserror::Error;

use super::mismatch::{BuildGuard, RefMismatch, WrongBuild};
use crate::dataloader::{WindowError, Windows};
use crate::edits::EditBatch;
use crate::genome::{
    Allele, ContigMap, ContigMapError, Interval, SkipReason, VariantSource, VcfError, VcfRecord, reference_agrees,
};
use crate::region::RegionPlan;
use crate::scored::{Fate, Pair, ScoredRecord};
use crate::sequence::DnaRows;

/// Why reading and planning stopped.
#[derive(Debug, Error)]
pub enum PlanError {
    /// The VCF.
    #[error(transparent)]
    Vcf(#[from] VcfError),
    /// The genome.
    #[error(transparent)]
    Window(#[from] WindowError),
    /// Contig names.
    #[error(transparent)]
    Contigs(#[from] ContigMapError),
    /// Too many REFs disagree with the genome.
    #[error(transparent)]
    WrongBuild(#[from] WrongBuild),
    /// One REF disagrees with the genome and [`RefMismatch::Error`] holds.
    #[error(
        "{}: REF {reference} disagrees with the genome's {found} at {contig}:{position}; \
         choose --ref-mismatch skip or --ref-mismatch overwrite",
        place(file, *line)
    )]
    RefMismatch {
        /// The VCF.
        file: String,
        /// Its line; [`VcfRecord::UNKNOWN_LINE`] where its index led there.
        line: u64,
        /// REF, trimmed.
        reference: String,
        /// What the genome holds.
        found: String,
        /// The contig's name.
        contig: String,
        /// 1-based position.
        position: u64,
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
    /// The pairs of their alleles; a scored one holds its index in the batch.
    pub pairs: Vec<Pair>,
    /// The alleles to score.
    pub batch: EditBatch,
}

/// How large a chunk may grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkLimits {
    /// Alleles.
    pub alleles: usize,
    /// Memory of the encoded reference rows, in bytes.
    pub row_bytes: usize,
    /// Records, scored or not.
    pub records: usize,
}

/// Reads a VCF and plans its chunks.
pub struct Planner {
    pub(super) reader: VariantSource,
    pub(super) file: String,
    pub(super) contigs: ContigMap,
    pub(super) windows: Windows,
    pub(super) plan: RegionPlan,
    /// The length of the window, in bases.
    pub(super) length: usize,
    pub(super) ref_mismatch: RefMismatch,
    pub(super) guard: BuildGuard,
    pub(super) prototype: DnaRows,
    pub(super) limits: ChunkLimits,
    /// Read already, but belongs to the next chunk.
    pub(super) pending: Option<VcfRecord>,
    /// The letters of the window at hand.
    pub(super) letters: Vec<u8>,
    /// The same with an insertion or deletion in it.
    pub(super) replaced: Vec<u8>,
    /// Records planned so far.
    pub(super) read: u64,
    /// Whether the genome has the contig of any of them.
    pub(super) found_contig: bool,
}

impl Planner {
    /// An empty batch of the model's rows, with room for a chunk.
    pub fn new_batch(&self) -> EditBatch {
        /// For records that share the last window.
        const SPARE: usize = 16;
        let mut batch = EditBatch::new(&self.prototype);
        let fit = self.limits.row_bytes.div_ceil(self.prototype.row_bytes().max(1));
        batch.reserve(self.limits.alleles.min(fit) + SPARE);
        batch
    }

    /// The next chunk, built on an empty `batch`; `None` at the end of the VCF.
    ///
    /// # Errors
    /// Whatever stops the run.
    pub fn next_chunk(&mut self, batch: EditBatch) -> Result<Option<Chunk>, PlanError> {
        let mut chunk = Chunk { records: Vec::new(), pairs: Vec::new(), batch };
        let mut full = false;
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
            let planned = self.plan_record(record, &mut chunk.pairs, &mut chunk.batch)?;
            chunk.records.push(planned);
            full = chunk.batch.len() >= self.limits.alleles
                || chunk.batch.row_bytes() >= self.limits.row_bytes
                || chunk.records.len() >= self.limits.records;
        }
        Ok((!chunk.records.is_empty()).then_some(chunk))
    }

    /// The last word, after the last chunk.
    ///
    /// # Errors
    /// If there were records, and the genome has the contig of none.
    pub fn finish(&self) -> Result<(), PlanError> {
        self.reader.finish()?;
        if self.read > 0 && !self.found_contig {
            return Err(self.contigs.none_matches().into());
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
        pairs: &mut Vec<Pair>,
        batch: &mut EditBatch,
    ) -> Result<ScoredRecord, PlanError> {
        let contig = self.contigs.resolve(record.chrom());
        self.read += 1;
        self.found_contig |= contig.is_some();
        let mut alleles = Vec::new();
        let mut reference_overwritten = false;
        for alternate in record.alternates() {
            let allele = Allele::parse(record.pos(), record.reference(), alternate);
            let planned = match (allele, contig) {
                (Err(reason), _) => Err(reason),
                (Ok(_), None) => Err(SkipReason::UnknownContig),
                (Ok(allele), Some(contig)) => self.plan_allele(&record, contig, &allele, batch)?,
            };
            alleles.push(pairs.len()..pairs.len() + 1);
            pairs.push(match planned {
                Ok((pair, overwritten)) => {
                    reference_overwritten |= overwritten;
                    pair
                }
                Err(reason) => Pair::skipped(reason),
            });
        }
        Ok(ScoredRecord { record, alleles, reference_overwritten })
    }

    /// Puts an allele into the batch: its pair there, and whether REF was written over the genome.
    fn plan_allele(
        &mut self,
        record: &VcfRecord,
        contig: usize,
        allele: &Allele,
        batch: &mut EditBatch,
    ) -> Result<Result<(Pair, bool), SkipReason>, PlanError> {
        let contig_length = self.windows.contigs()[contig].length;
        let reference = allele.reference();
        if allele.start().saturating_add(reference.len() as u64) > contig_length {
            return Ok(Err(SkipReason::OutsideContig));
        }
        // A single base fits any window; a longer allele must leave as much context as it takes.
        if reference.len().max(allele.alternate().len()) > (self.length / 2).max(1) {
            return Ok(Err(SkipReason::AlleleTooLong));
        }
        let (Some(window), Some(position)) = (self.plan.window(contig, allele.start()), self.plan.variant_index())
        else {
            return Ok(Err(SkipReason::AlleleTooLong));
        };
        self.letters.clear();
        if let Err(reason) = self.windows.append(&window, &mut self.letters)? {
            return Ok(Err(reason));
        }
        if self.windows.too_many_n(&self.letters) {
            return Ok(Err(SkipReason::TooManyN));
        }
        let genome = &self.letters[position..position + reference.len()];
        let agrees = reference_agrees(reference, genome);
        let mut overwritten = Vec::new();
        // Writing REF over the genome would leave an insertion or deletion with flanks of another sequence.
        let rule = match self.ref_mismatch {
            RefMismatch::Overwrite if allele.kind().is_indel() => RefMismatch::Skip,
            rule => rule,
        };
        match rule {
            RefMismatch::Overwrite => {
                // What the VCF calls the reference counts, even where the genome's letter allows for it.
                let letters = reference.iter().zip(genome).enumerate();
                let differ = letters.filter(|(_, (own, genome))| {
                    !own.eq_ignore_ascii_case(genome) || !matches!(own, b'A' | b'C' | b'G' | b'T')
                });
                overwritten.extend(differ.map(|(offset, (&own, _))| (position + offset, own)));
            }
            RefMismatch::Skip if self.ref_mismatch == RefMismatch::Overwrite => {}
            RefMismatch::Skip | RefMismatch::Error => self.guard.observe(agrees)?,
        }
        if !agrees && rule == RefMismatch::Skip {
            return Ok(Err(SkipReason::RefMismatch));
        }
        if !agrees && rule == RefMismatch::Error {
            return Err(PlanError::RefMismatch {
                file: self.file.clone(),
                line: record.line_number(),
                reference: String::from_utf8_lossy(reference).into_owned(),
                found: String::from_utf8_lossy(genome).into_owned(),
                contig: record.chrom().to_owned(),
                position: allele.start() + 1,
            });
        }
        if allele.kind().is_indel()
            && let Err(reason) = self.replace(&window, position, allele)?
        {
            return Ok(Err(reason));
        }
        let source = batch.reference_row(&window, &self.letters, overwritten);
        let site = Site {
            position: Some(position),
            reference_len: reference.len(),
            alternate_len: allele.alternate().len(),
            reverse_strand: false,
        };
        let index = if allele.kind().is_indel() {
            batch.push_replacement(source, &self.replaced, site)
        } else {
            batch.push_write(source, position, allele.alternate(), site)
        };
        let pair = Pair { region: None, window: Some(window), position, fate: Fate::Scored(index) };
        Ok(Ok((pair, !agrees)))
    }

    /// Writes the window with an insertion or deletion into `replaced`: the bases before the allele stay where they
    /// are, and the genome behind it moves in or out, so that the length stays the model's.
    fn replace(
        &mut self,
        window: &Interval,
        position: usize,
        allele: &Allele,
    ) -> Result<Result<(), SkipReason>, PlanError> {
        self.replaced.clear();
        self.replaced.extend_from_slice(&self.letters[..position]);
        self.replaced.extend_from_slice(allele.alternate());
        let behind = window.start() + (position + allele.reference().len()) as i64;
        let missing = self.length.saturating_sub(self.replaced.len()) as i64;
        let flank =
            Interval::new(window.contig(), behind, behind + missing, window.strand()).map_err(WindowError::from)?;
        Ok(self.windows.append(&flank, &mut self.replaced)?)
    }
}
