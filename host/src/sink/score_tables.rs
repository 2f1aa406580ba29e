//! Scores as tables in memory.

use super::{table_options::TableOptions, table_row::TableRow, text_column::TextColumn, variant_id::append_variant_id};
use crate::genome::{Interval, SkipReason};
use crate::scored::{ScoreLabel, ScoreMatrix, ScoreOrigin};
use std::collections::BTreeSet;

/// Tables of scores, one per label, which share their rows.
///
/// There is one row per ALT allele and window, in input order; a record without ALT makes one row too. These are the
/// rows of the tables that kipos writes. Memory grows with their number: a row takes about 120 bytes, its texts, and four
/// bytes per score.
#[derive(Debug, Clone, Default)]
pub struct ScoreTables {
    contigs: TextColumn,
    positions: Vec<u64>,
    ids: TextColumn,
    references: TextColumn,
    alternates: TextColumn,
    regions: TextColumn,
    windows: Vec<Option<Interval>>,
    skips: Vec<Option<SkipReason>>,
    tables: Vec<ScoreTable>,
}

/// What the rows of all tables of a [`ScoreTables`] are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableRowId<'t> {
    /// The contig, as the input names it.
    pub chrom: &'t str,
    /// POS as in the VCF: **1-based**.
    pub pos: u64,
    /// The record's ID, or `CHROM:POS:REF:['ALT', 'ALT2']` if that was asked for; `None` for `.`.
    pub id: Option<&'t str>,
    /// REF, as in the VCF.
    pub reference: &'t str,
    /// The ALT allele, as in the VCF; `None` if the record has none.
    pub alternate: Option<&'t str>,
    /// The name of the region that the window comes from; `None` for windows around variants.
    pub region: Option<&'t str>,
    /// What the model saw, which may leave the contig; `None` for rows without scores.
    pub window: Option<Interval>,
    /// Why the row has no scores; `None` if it has.
    pub skip: Option<SkipReason>,
}

/// The scores of one label: rows x columns.
#[derive(Debug, Clone)]
pub struct ScoreTable {
    label: ScoreLabel,
    values: Vec<f32>,
    /// Rows for which the scorer failed.
    failed: BTreeSet<usize>,
}

impl ScoreTable {
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

    /// Whether the scorer failed for a row, whose allele was not skipped.
    pub fn has_failed(&self, row: usize) -> bool {
        self.failed.contains(&row)
    }

    /// All scores, row-major: rows x [`columns`](Self::columns). Rows without scores hold NaN; so may scored ones.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The scores of one row, or `None` beyond the last.
    pub fn row(&self, row: usize) -> Option<&[f32]> {
        let width = self.columns().len();
        self.values.get(row.checked_mul(width)?..)?.get(..width)
    }
}

impl ScoreTables {
    /// Tables without rows.
    pub(super) fn new(labels: &[ScoreLabel]) -> Self {
        let table =
            |label: &ScoreLabel| ScoreTable { label: label.clone(), values: Vec::new(), failed: BTreeSet::new() };
        Self { tables: labels.iter().map(table).collect(), ..Self::default() }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.positions.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.positions.is_empty()
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
        Some(TableRowId {
            chrom: self.contigs.get(row)?,
            pos: *self.positions.get(row)?,
            id: self.ids.get(row),
            reference: self.references.get(row)?,
            alternate: self.alternates.get(row),
            region: self.regions.get(row),
            window: *self.windows.get(row)?,
            skip: *self.skips.get(row)?,
        })
    }

    /// What each row is about, in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = TableRowId<'_>> {
        RowIds { tables: self, next: 0 }
    }

    /// Bytes that the rows take in memory.
    pub fn bytes(&self) -> usize {
        let texts = [&self.contigs, &self.ids, &self.references, &self.alternates, &self.regions];
        let texts: usize = texts.map(TextColumn::bytes).iter().sum();
        let fixed = size_of::<u64>() + size_of::<Option<Interval>>() + size_of::<Option<SkipReason>>();
        let scores: usize = self.tables.iter().map(|table| size_of_val(table.values())).sum();
        texts + self.len() * fixed + scores
    }

    /// Appends a row of a chunk, whose shape has been checked, with its scores.
    pub(super) fn push(&mut self, row: &TableRow<'_>, scores: &[ScoreMatrix], options: &TableOptions) {
        let TableRow { record, alternate, region, window, skip, scores: scored } = *row;
        let given = |text| (text != b".").then_some(text);
        let index = self.len();
        self.contigs.push(Some(record.chrom().as_bytes()));
        self.positions.push(record.pos());
        if options.std_var_id {
            let mut id = Vec::new();
            append_variant_id(&mut id, record);
            self.ids.push(Some(&id));
        } else {
            self.ids.push(given(record.id()));
        }
        self.references.push(Some(record.reference()));
        self.alternates.push(given(alternate));
        self.regions.push(region.map(|region| region.name.as_bytes()));
        self.windows.push(window);
        self.skips.push(skip);
        for (table, matrix) in self.tables.iter_mut().zip(scores) {
            match scored.and_then(|row| matrix.row(row)) {
                Some(scores) => table.values.extend_from_slice(scores),
                None => table.values.resize(table.values.len() + matrix.width, f32::NAN),
            }
            if scored.is_some_and(|row| matrix.failures.contains_key(&row)) {
                table.failed.insert(index);
            }
        }
    }

    /// Removes all rows, but keeps their memory for more.
    #[cfg(any(feature = "parquet", feature = "hdf5"))]
    pub(super) fn clear(&mut self) {
        let texts = [&mut self.contigs, &mut self.ids, &mut self.references, &mut self.alternates, &mut self.regions];
        texts.into_iter().for_each(TextColumn::clear);
        self.positions.clear();
        self.windows.clear();
        self.skips.clear();
        for table in &mut self.tables {
            table.values.clear();
            table.failed.clear();
        }
    }
}

/// Walks along the rows.
struct RowIds<'t> {
    tables: &'t ScoreTables,
    next: usize,
}

impl<'t> Iterator for RowIds<'t> {
    type Item = TableRowId<'t>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.tables.row(self.next)?;
        self.next += 1;
        Some(row)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.tables.len() - self.next;
        (left, Some(left))
    }
}

impl ExactSizeIterator for RowIds<'_> {}
