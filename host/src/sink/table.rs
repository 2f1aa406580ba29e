//! What all tables of scores have in common: what they hold, the names of their columns, and their rows.

use super::{RowKind, SinkError, VcfOptions, VcfStyle, info_key::one_line};
use crate::{
    description::make_distinct,
    genome::{Interval, Outcome, SkipReason, VcfRecord},
    provenance::Provenance,
    region::RegionId,
    scored::{AlleleInWindow, ScoreLabel, ScoredChunk},
};
use std::path::Path;
#[cfg(any(feature = "parquet", feature = "hdf5"))]
use std::path::PathBuf;

/// Where files say which model's run wrote them.
#[cfg(any(feature = "parquet", feature = "hdf5"))]
pub(super) const MODEL_ATTRIBUTE: &str = "kipos_model";

/// Where files say which plugin gave each score: see [`ScoreLabel::origins_json`].
#[cfg(any(feature = "parquet", feature = "hdf5"))]
pub(super) const SCORES_ATTRIBUTE: &str = "kipos_scores";

/// How a table is written, and what it holds.
#[derive(Debug, Clone)]
pub struct TableOptions {
    /// What the rows are about.
    pub rows: RowKind,
    /// The model's name, for files that say where they come from: HDF5 and Parquet.
    #[cfg_attr(not(any(feature = "hdf5", feature = "parquet")), allow(dead_code))]
    pub model_name: String,
    /// What the matrices of each chunk hold, in their order.
    pub labels: Vec<ScoreLabel>,
    /// Significant digits of scores in text, 1 to 9; without them, eight decimals.
    pub digits: Option<u8>,
    /// Leave out alleles without scores.
    pub only_scored: bool,
    /// Write `CHROM:POS:REF:['ALT', 'ALT2']` into the column `id`.
    pub std_var_id: bool,
    /// What the scores follow from.
    #[cfg_attr(not(any(feature = "hdf5", feature = "parquet")), allow(dead_code))]
    pub provenance: Provenance,
}

impl TableOptions {
    /// The options of a table that stands beside a VCF: numbers and names are spelled alike.
    pub fn of(options: &VcfOptions) -> Self {
        Self {
            rows: options.rows,
            model_name: options.model_name.clone(),
            labels: options.labels.clone(),
            digits: match options.style {
                VcfStyle::Native { digits, .. } => Some(digits),
                VcfStyle::Kipoi { .. } => None,
            },
            only_scored: options.only_scored,
            std_var_id: options.std_var_id,
            provenance: options.provenance.clone(),
        }
    }
}

/// The columns of scores: `<label>/<task>`, on one line. Tasks have names of their own, but two of them may differ in
/// control characters alone: no two columns share a name either way.
pub(super) fn score_columns(labels: &[ScoreLabel]) -> Vec<String> {
    let name = |label: &str, column: &str| one_line(&format!("{label}/{column}"));
    let of_label = |ScoreLabel { label, columns, .. }: &ScoreLabel| {
        columns.iter().map(|column| name(label, column)).collect::<Vec<_>>()
    };
    let mut names: Vec<String> = labels.iter().flat_map(of_label).collect();
    make_distinct(names.iter_mut());
    names
}

/// One row of a table: a record, one of its ALT alleles, and a window in which that was or was not scored.
#[derive(Debug, Clone, Copy)]
pub struct TableRow<'c> {
    /// The record.
    pub record: &'c VcfRecord,
    /// The ALT allele; `.` if the record has none.
    pub alternate: &'c [u8],
    /// The region that the window comes from, if it comes from one.
    pub region: Option<&'c RegionId>,
    /// The window; only scored rows have one.
    pub window: Option<Interval>,
    /// Why there are no scores, if there are none.
    pub skip: Option<SkipReason>,
    /// The row of the chunk's matrices that holds the scores.
    pub scores: Option<usize>,
}

impl<'c> TableRow<'c> {
    fn new(record: &'c VcfRecord, alternate: &'c [u8], pair: &'c AlleleInWindow) -> Self {
        let (scores, skip) = match pair.outcome {
            Outcome::Done(row) => (Some(row), None),
            Outcome::Skipped(reason) => (None, Some(reason)),
        };
        let window = pair.window.filter(|_| scores.is_some());
        Self { record, alternate, region: pair.region.as_ref(), window, skip, scores }
    }
}

/// One row per record, ALT allele and pair, in input order; with `only_scored`, none without scores. A record without ALT
/// makes one row too, as it counts as one that is skipped: for the reason of the allele that it has all the same, or else
/// because it has none.
pub fn table_rows(chunk: &ScoredChunk, only_scored: bool) -> impl Iterator<Item = TableRow<'_>> {
    let rows = chunk.records.iter().flat_map(move |scored| {
        let record = &scored.record;
        let skip = Some(SkipReason::NoAlt);
        let bare = TableRow { record, alternate: b".", region: None, window: None, skip, scores: None };
        // Where nothing can stand for REF, an allele that is skipped says why.
        let none = (record.alternate_text() == b".").then_some(&b"."[..]);
        let alleles = record.alternates().chain(none).zip(chunk.alleles(scored));
        let pairs = alleles
            .flat_map(move |(alternate, pairs)| pairs.iter().map(move |pair| TableRow::new(record, alternate, pair)));
        scored.alleles.is_empty().then_some(bare).into_iter().chain(pairs)
    });
    rows.filter(move |row| !only_scored || row.scores.is_some())
}

/// Refuses a chunk whose matrices are not those of `labels`, or that lacks rows of scored pairs.
pub(super) fn check_shape(path: &Path, labels: &[ScoreLabel], chunk: &ScoredChunk) -> Result<(), SinkError> {
    let error = |message| Err(SinkError::Shape { path: path.to_owned(), message });
    if chunk.scores.len() != labels.len() {
        return error(format!("{} score matrices, {} labels", chunk.scores.len(), labels.len()));
    }
    let rows = chunk.pairs.iter().filter_map(AlleleInWindow::row).max().map_or(0, |last| last + 1);
    for (ScoreLabel { label, columns, .. }, matrix) in labels.iter().zip(&chunk.scores) {
        let (width, held) = (columns.len(), matrix.values.len());
        if matrix.width != width {
            return error(format!("{} columns of score `{label}`, {width} names", matrix.width));
        }
        if held < rows * width {
            return error(format!("{held} values of score `{label}`, {rows} rows of {width}"));
        }
    }
    Ok(())
}

/// Refuses a row whose POS is beyond the 64-bit integers of typed columns. `path` is the file.
#[cfg(any(feature = "parquet", feature = "hdf5"))]
pub(super) fn check_position(path: impl FnOnce() -> PathBuf, row: &TableRow<'_>) -> Result<(), SinkError> {
    let pos = row.record.pos();
    match i64::try_from(pos) {
        Ok(_) => Ok(()),
        Err(_) => Err(SinkError::Position { path: path(), line: row.record.line_number(), pos }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::test_input::label;

    #[test]
    fn names_are_unique() {
        let names = score_columns(&[label("diff", &["a", "x\ty", "x y", "a"]), label("ref", &["a"])]);
        assert_eq!(names, ["diff/a", "diff/x y", "diff/x y_2", "diff/a_2", "ref/a"]);
    }
}
