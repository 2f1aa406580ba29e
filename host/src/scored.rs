//! Scored records: what travels from the scorers to the sinks.

use crate::genome::{Interval, SkipReason, VcfRecord};

/// What became of one ALT allele.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Scored: its row in every [`ScoreMatrix`].
    Scored(usize),
    /// Not scored, and why.
    Skipped(SkipReason),
}

/// A record with the fate of each of its ALT alleles, in their order (empty if it has none).
#[derive(Debug)]
pub struct ScoredRecord {
    /// The record as it was read.
    pub record: VcfRecord,
    /// One fate per ALT allele.
    pub fates: Vec<Fate>,
    /// Whether REF differs from the genome and was written over it.
    pub reference_overwritten: bool,
}

/// The scores of one label: rows x columns, row-major.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreMatrix {
    /// Columns of one row.
    pub width: usize,
    /// All rows.
    pub values: Vec<f32>,
}

/// A stretch of records in input order with their scores, one matrix per label.
#[derive(Debug)]
pub struct ScoredChunk {
    /// The records.
    pub records: Vec<ScoredRecord>,
    /// One matrix per label, in the order of the labels.
    pub scores: Vec<ScoreMatrix>,
    /// The model's window of each row of the matrices; it may leave its contig.
    pub windows: Vec<Interval>,
}

/// One label and the names of its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreLabel {
    /// The name under which the score was asked for and is reported.
    pub label: String,
    /// The names of its columns: usually the model's tasks.
    pub columns: Vec<String>,
}
