//! Scored records: what travels from the scorers to the sinks.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use crate::genome::{Interval, Outcome, SkipReason, VcfRecord};
use crate::internal::OrInternal;
use crate::region::RegionId;

/// One ALT allele in one window of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlleleInWindow {
    /// The region that the window comes from; `None` for windows around variants.
    pub region: Option<RegionId>,
    /// The window, which may leave its contig; `None` if the allele was skipped before one was chosen.
    pub window: Option<Interval>,
    /// The bases that the allele changes, counted from the window's first in forward orientation; they may leave the
    /// window. Empty at the gap of an insertion, `0..0` without window.
    pub changed: Range<i64>,
    /// What became of it: its row in every [`ScoreMatrix`], or why it is not scored.
    pub outcome: Outcome<usize>,
}

impl AlleleInWindow {
    /// An allele that was skipped before a window was chosen.
    pub const fn skipped(reason: SkipReason) -> Self {
        Self { region: None, window: None, changed: 0..0, outcome: Outcome::Skipped(reason) }
    }

    /// Its row in every [`ScoreMatrix`], if it is scored.
    pub fn row(&self) -> Option<usize> {
        match self.outcome {
            Outcome::Done(row) => Some(row),
            Outcome::Skipped(_) => None,
        }
    }
}

/// The outcome of an allele that is shown in these windows: scored if one of them is.
pub fn outcome_of(pairs: &[AlleleInWindow]) -> Outcome<usize> {
    let scored = pairs.iter().find(|pair| pair.row().is_some());
    // An allele without any pair cannot be made by the planner; it would lie in no range.
    scored.or(pairs.first()).map_or(Outcome::Skipped(SkipReason::NoRange), |pair| pair.outcome)
}

/// A record and its ALT alleles, in their order (none if it has none).
#[derive(Debug)]
pub struct ScoredRecord {
    /// The record as it was read.
    pub record: VcfRecord,
    /// The range of each ALT allele among the [`pairs`](ScoredChunk::pairs) of the chunk: one or several windows.
    pub alleles: Vec<Range<usize>>,
    /// Whether the genome has other bases than REF and REF was written over them.
    pub reference_overwritten: bool,
    /// Whether REF was written over ambiguous bases of the genome.
    pub reference_over_ambiguous: bool,
    /// Its alleles that were scored at another place.
    pub left_aligned: LeftAligned,
}

/// Insertions and deletions that were moved towards the start of their contig, to the first place where they make the
/// same sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeftAligned {
    /// Those that were moved.
    pub moved: u64,
    /// Those of them that could be moved further, but for the limit.
    pub limited: u64,
}

/// The scores of one label: rows x columns, row-major.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreMatrix {
    /// Columns of one row.
    pub width: usize,
    /// All rows.
    pub values: Vec<f32>,
    /// The rows for which the scorer failed, with what it said. Their values are NaN.
    pub failures: BTreeMap<usize, String>,
}

impl ScoreMatrix {
    /// The scores of a row; `None` if the scorer failed for it.
    pub fn row(&self, row: usize) -> Option<&[f32]> {
        let values = self.values.get(row.checked_mul(self.width)?..)?.get(..self.width);
        values.filter(|_| !self.failures.contains_key(&row))
    }
}

/// A stretch of records in input order with their scores, one matrix per label.
#[derive(Debug)]
pub struct ScoredChunk {
    /// The records.
    pub records: Vec<ScoredRecord>,
    /// Their alleles, each in all its windows.
    pub pairs: Vec<AlleleInWindow>,
    /// One matrix per label, in the order of the labels.
    pub scores: Vec<ScoreMatrix>,
}

impl ScoredChunk {
    /// Each ALT allele of a record of the chunk, in all its windows.
    pub fn alleles<'c>(&'c self, record: &'c ScoredRecord) -> impl Iterator<Item = &'c [AlleleInWindow]> {
        record.alleles.iter().map(|range| self.pairs.get(range.clone()).or_internal("a record of the chunk"))
    }
}

/// One label and the names of its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreLabel {
    /// The name under which the score was asked for and is reported.
    pub label: String,
    /// The names of its columns: usually the model's tasks.
    pub columns: Vec<String>,
    /// The columns of tasks that are no signal, in ascending order: they have numbers, but are never the largest.
    pub background: Vec<usize>,
    /// Where its numbers come from.
    pub origin: ScoreOrigin,
}

/// The scorer behind a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreOrigin {
    /// The plugin that it is from.
    pub plugin: String,
    /// The plugin's version.
    pub version: String,
    /// Its name there.
    pub scorer: String,
}

impl fmt::Display for ScoreOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of plugin {} {}", self.scorer, self.plugin, self.version)
    }
}

impl ScoreLabel {
    /// All labels and their origins as JSON, `{"diff": {"plugin": ..., "version": ..., "scorer": ...}}`: what files hold
    /// that have a place for it.
    #[cfg(any(feature = "parquet", feature = "hdf5"))]
    pub(crate) fn origins_json(labels: &[Self]) -> String {
        let origin = |label: &Self| {
            let ScoreOrigin { plugin, version, scorer } = &label.origin;
            let about = serde_json::json!({ "plugin": plugin, "version": version, "scorer": scorer });
            (label.label.clone(), about)
        };
        serde_json::Value::Object(labels.iter().map(origin).collect()).to_string()
    }
}
