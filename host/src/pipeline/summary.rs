//! What a run did, in numbers.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::genome::SkipReason;
use crate::scored::{Fate, ScoredChunk, fate_of};

/// The fates of all alleles of a run. Every allele is either scored or skipped; a record without ALT counts as one
/// that is skipped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Records read.
    pub records: u64,
    /// Alleles scored.
    pub scored: u64,
    /// Alleles skipped, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// Records whose REF was written over the genome's bases.
    pub overwritten: u64,
    /// Values of earlier runs that were replaced in the output, or removed from it.
    pub replaced: u64,
    /// The first message of a scorer that could not score an allele.
    pub scorer_message: Option<String>,
    /// Wall time.
    pub elapsed: Duration,
}

impl Summary {
    /// All alleles: scored and skipped.
    pub fn alleles(&self) -> u64 {
        self.scored + self.skipped.values().sum::<u64>()
    }

    /// Counts the records of a chunk.
    pub(super) fn add(&mut self, chunk: &ScoredChunk) {
        self.records += chunk.records.len() as u64;
        for record in &chunk.records {
            self.overwritten += u64::from(record.reference_overwritten);
            if record.alleles.is_empty() {
                *self.skipped.entry(SkipReason::NoAlt).or_default() += 1;
            }
            for pairs in chunk.alleles(record) {
                match fate_of(pairs) {
                    Fate::Scored(_) => self.scored += 1,
                    Fate::Skipped(reason) => *self.skipped.entry(reason).or_default() += 1,
                }
            }
        }
    }
}

impl fmt::Display for Summary {
    /// A few lines: scored, skipped by reason, speed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe("scored", f)
    }
}

/// The summary of a run that wrote sequences instead of scoring.
pub(crate) struct SequencesWritten<'a>(pub(crate) &'a Summary);

impl fmt::Display for SequencesWritten<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.describe("wrote the sequences of", f)
    }
}

impl Summary {
    fn describe(&self, done: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.elapsed.as_secs_f64();
        let rate = if seconds > 0.0 { self.scored as f64 / seconds } else { 0.0 };
        write!(
            f,
            "{done} {} of {} alleles in {} records, {seconds:.1} s, {rate:.0} alleles/s",
            self.scored,
            self.alleles(),
            self.records
        )?;
        for (reason, count) in &self.skipped {
            write!(f, "\n  skipped {count}: {reason}")?;
        }
        if let Some(message) = &self.scorer_message {
            write!(f, "\n  first scorer message: {message}")?;
        }
        if self.overwritten > 0 {
            write!(f, "\n  REF written over the genome in {} records", self.overwritten)?;
        }
        if self.replaced > 0 {
            write!(f, "\n  replaced or removed {} values of an earlier run", self.replaced)?;
        }
        Ok(())
    }
}
