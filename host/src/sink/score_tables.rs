//! Scores as tables in memory.

use super::{
    table::{TableOptions, TableRow},
    variant_columns::{TableRowId, VariantColumns},
};
use crate::columns::Validity;
use crate::scored::{ScoreLabel, ScoreMatrix, ScoreOrigin};
use std::collections::BTreeSet;

/// Tables of scores, one per label, which share their rows.
///
/// There is one row per ALT allele and window, in input order; a record without ALT makes one row too. These are the
/// rows of the tables that kipos writes. Memory grows with their number: a row takes about 80 bytes, its strings, and four
/// bytes per score.
#[derive(Debug, Clone, Default)]
pub struct ScoreTables {
    variants: VariantColumns,
    tables: Vec<ScoreTable>,
}

/// Rows that are brought into the columns together: one at a time, every score would be a cache miss.
const STAGED: usize = 16;

/// The scores of one label: a column per task.
#[derive(Debug, Clone)]
pub struct ScoreTable {
    label: ScoreLabel,
    scores: Vec<Vec<f32>>,
    /// The last rows, fewer than [`STAGED`], which are not yet in the columns: row by row.
    staged: Vec<f32>,
    /// Which rows have scores.
    validity: Validity,
    /// Rows for which the scorer failed.
    failed: BTreeSet<usize>,
}

impl ScoreTable {
    fn new(label: &ScoreLabel) -> Self {
        let scores = vec![Vec::new(); label.columns.len()];
        let (staged, validity, failed) = (Vec::new(), Validity::default(), BTreeSet::new());
        Self { label: label.clone(), scores, staged, validity, failed }
    }

    /// The name under which the score was asked for.
    pub fn label(&self) -> &str {
        &self.label.label
    }

    /// The names of the columns: usually the model's tasks.
    pub fn columns(&self) -> &[String] {
        &self.label.columns
    }

    /// Where its numbers come from.
    pub fn origin(&self) -> &ScoreOrigin {
        &self.label.origin
    }

    /// Which rows have scores: none that was skipped, and none for which the scorer failed.
    pub fn validity(&self) -> &Validity {
        &self.validity
    }

    /// Whether the scorer failed for a row, whose allele was not skipped.
    pub fn has_failed(&self, row: usize) -> bool {
        self.failed.contains(&row)
    }

    /// The scores of all rows in one [column](Self::columns); none beyond the last. Rows without scores hold NaN; so may
    /// scored ones.
    pub fn scores(&self, column: usize) -> &[f32] {
        // A caller may ask for any number, and a column that is not there has no scores.
        self.scores.get(column).map(Vec::as_slice).unwrap_or_default()
    }

    /// The scores of one row in all columns, or `None` beyond the last.
    pub fn row(&self, row: usize) -> Option<Vec<f32>> {
        let of_columns = || self.scores.iter().map(|scores| scores.get(row).copied()).collect();
        if row < self.validity.len() { of_columns() } else { None }
    }

    fn push(&mut self, row: Option<usize>, matrix: &ScoreMatrix) {
        match row.and_then(|row| matrix.row(row)) {
            Some(scores) => self.staged.extend_from_slice(scores),
            None => self.staged.resize(self.staged.len() + self.scores.len(), f32::NAN),
        }
        if self.staged.len() >= STAGED * self.scores.len() {
            self.settle();
        }
        let has_failed = row.is_some_and(|row| matrix.failures.contains_key(&row));
        if has_failed {
            self.failed.insert(self.validity.len());
        }
        self.validity.push(row.is_some() && !has_failed);
    }

    /// Brings the last rows into the columns.
    fn settle(&mut self) {
        let width = self.scores.len();
        if !self.staged.is_empty() {
            for (index, column) in self.scores.iter_mut().enumerate() {
                column.extend(self.staged[index..].iter().step_by(width));
            }
            self.staged.clear();
        }
    }
}

impl ScoreTables {
    /// Tables without rows.
    pub(super) fn new(labels: &[ScoreLabel]) -> Self {
        Self { variants: VariantColumns::default(), tables: labels.iter().map(ScoreTable::new).collect() }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.variants.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.variants.is_empty()
    }

    /// What the rows are about, column by column.
    pub fn variants(&self) -> &VariantColumns {
        &self.variants
    }

    /// One table per label, in the order of the labels.
    pub fn tables(&self) -> &[ScoreTable] {
        &self.tables
    }

    /// The table of a label.
    pub fn table(&self, label: &str) -> Option<&ScoreTable> {
        self.tables.iter().find(|table| table.label() == label)
    }

    /// What a row is about, or `None` beyond the last.
    pub fn row(&self, row: usize) -> Option<TableRowId<'_>> {
        self.variants.row(row)
    }

    /// What each row is about, in order.
    pub fn rows(&self) -> impl Iterator<Item = TableRowId<'_>> {
        (0..self.len()).filter_map(|row| self.row(row))
    }

    /// Bytes that the rows take in memory.
    pub fn bytes(&self) -> usize {
        let scores = self.tables.iter().map(|table| table.scores.len() * size_of::<f32>()).sum::<usize>() * self.len();
        self.variants.bytes() + scores
    }

    /// Appends a row of a chunk, whose shape has been checked, with its scores.
    pub(super) fn push(&mut self, row: &TableRow<'_>, scores: &[ScoreMatrix], options: &TableOptions) {
        self.variants.push(row, options);
        self.tables.iter_mut().zip(scores).for_each(|(table, matrix)| table.push(row.scores, matrix));
    }

    /// Brings the last rows into the columns: to be called before scores are read.
    pub(super) fn settle(&mut self) {
        self.tables.iter_mut().for_each(ScoreTable::settle);
    }

    /// Removes all rows, but keeps their memory for more.
    #[cfg(feature = "parquet")]
    pub(super) fn clear(&mut self) {
        self.variants.clear();
        for table in &mut self.tables {
            table.scores.iter_mut().for_each(Vec::clear);
            table.staged.clear();
            table.validity.clear();
            table.failed.clear();
        }
    }
}
