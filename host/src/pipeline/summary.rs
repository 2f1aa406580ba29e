//! What a run did, in numbers.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::{RefDisagreement, ScoreCounts};
use crate::counted::Counted;
use crate::genome::{Outcome, SkipReason};
use crate::provenance::Provenance;
use crate::run::StageTimes;
use crate::scored::{AlleleInWindow, LeftAligned, ScoredChunk, outcome_of};

/// How it is told that no edited row was run as a whole.
pub(crate) const EVALUATED_EDITS: &str = "\n  edits evaluated by the backend, without whole rows";

/// The outcomes of all alleles of a run. Every allele is either scored or skipped; a record without ALT counts as one
/// that is skipped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScoreSummary {
    /// Records read.
    pub records: u64,
    /// Alleles scored.
    pub scored: u64,
    /// Alleles skipped, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// Records whose REF was written over other bases of the genome.
    pub overwritten: u64,
    /// Records whose REF was written where the genome has an ambiguous letter.
    pub over_ambiguous: u64,
    /// Alleles that were scored at another place that makes the same sequence.
    pub left_aligned: LeftAligned,
    /// Whether the backend computed what edits change instead of whole rows.
    pub evaluated_edits: bool,
    /// Values of earlier runs that were replaced in the output, or removed from it.
    pub replaced: u64,
    /// What became of each score, in the order of the request; none if nothing was scored.
    pub scores: Vec<ScoreCounts>,
    /// The first REF that disagrees with the genome and was not written over it.
    pub first_ref_mismatch: Option<RefDisagreement>,
    /// What the scores follow from.
    pub provenance: Provenance,
    /// Wall time.
    pub elapsed: Duration,
    /// The parts of it.
    pub stages: StageTimes,
}

impl ScoreSummary {
    /// All alleles: scored and skipped.
    pub fn alleles(&self) -> u64 {
        self.scored + self.skipped.values().sum::<u64>()
    }

    /// Counts the records of a chunk.
    pub(super) fn add(&mut self, chunk: &ScoredChunk) {
        self.records += chunk.records.len() as u64;
        for (counts, matrix) in self.scores.iter_mut().zip(&chunk.scores) {
            counts.add(matrix, chunk.pairs.iter().filter_map(AlleleInWindow::row));
        }
        for record in &chunk.records {
            self.overwritten += u64::from(record.reference_overwritten);
            self.over_ambiguous += u64::from(record.reference_over_ambiguous);
            self.left_aligned.moved += record.left_aligned.moved;
            self.left_aligned.limited += record.left_aligned.limited;
            if record.alleles.is_empty() {
                *self.skipped.entry(SkipReason::NoAlt).or_default() += 1;
            }
            for pairs in chunk.alleles(record) {
                match outcome_of(pairs) {
                    Outcome::Done(_) => self.scored += 1,
                    Outcome::Skipped(reason) => *self.skipped.entry(reason).or_default() += 1,
                }
            }
        }
    }
}

impl fmt::Display for ScoreSummary {
    /// A few lines: scored, skipped by reason, speed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe("scored", f)
    }
}

/// The summary of a run that scored all SNVs of stretches of the genome. A base that has none is a skipped allele.
#[derive(Debug)]
pub struct SnvsScored<'a>(pub &'a ScoreSummary);

impl SnvsScored<'_> {
    /// Bases of the genome that are not A, C, G or T, and so have no SNVs.
    pub fn unknown_bases(&self) -> u64 {
        self.0.skipped.get(&SkipReason::NonAcgt).copied().unwrap_or(0)
    }

    /// All SNVs: scored, or skipped as their window cannot be shown or all their scores failed.
    pub fn snvs(&self) -> u64 {
        self.0.alleles() - self.unknown_bases()
    }
}

impl fmt::Display for SnvsScored<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bases = self.snvs() / 3 + self.unknown_bases();
        write!(f, "scored {} of {} SNVs at {bases} bases, ", self.0.scored, self.snvs())?;
        self.0.describe_rest("SNVs", f)
    }
}

/// The summary of a run that wrote sequences instead of scoring.
#[derive(Debug)]
pub struct SequencesWritten<'a>(pub &'a ScoreSummary);

impl fmt::Display for SequencesWritten<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.describe("wrote the sequences of", f)
    }
}

impl ScoreSummary {
    fn describe(&self, done: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (alleles, records) = (Counted(self.alleles(), "allele"), Counted(self.records, "record"));
        write!(f, "{done} {} of {alleles} in {records}, ", self.scored)?;
        self.describe_rest("alleles", f)
    }

    /// What follows the numbers of the `things` that were scored.
    fn describe_rest(&self, things: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.elapsed.as_secs_f64();
        let rate = if seconds > 0.0 { self.scored as f64 / seconds } else { 0.0 };
        write!(f, "{seconds:.1} s, {rate:.0} {things}/s")?;
        for (reason, count) in &self.skipped {
            write!(f, "\n  skipped {count}: {reason}")?;
        }
        if let Some(first) = &self.first_ref_mismatch {
            write!(f, "\n  the first ref_mismatch: {first}")?;
        }
        if let Some(members) = self.provenance.members_line() {
            write!(f, "\n  {members}")?;
        }
        ScoreCounts::describe(&self.scores, f)?;
        if self.evaluated_edits {
            f.write_str(EVALUATED_EDITS)?;
        }
        if self.overwritten > 0 {
            write!(f, "\n  REF written over the genome in {}", Counted(self.overwritten, "record"))?;
        }
        if self.over_ambiguous > 0 {
            let records = Counted(self.over_ambiguous, "record");
            write!(f, "\n  ref over ambiguous: REF written over N or another ambiguous base in {records}")?;
        }
        let LeftAligned { moved, limited } = self.left_aligned;
        if moved > 0 {
            write!(f, "\n  left-aligned {} before scoring", Counted(moved, "allele"))?;
        }
        if limited > 0 {
            write!(f, "; {limited} of them could be moved beyond --max-shift")?;
        }
        if self.replaced > 0 {
            write!(f, "\n  replaced or removed {} values of an earlier run", self.replaced)?;
        }
        Ok(())
    }
}
