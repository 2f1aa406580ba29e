//! Predictions behind their intervals.

use std::path::{Path, PathBuf};

use kipos_plugin_api::DType;

use super::columns::{Column, columns};
use super::text::{append_cell, append_cells};
use super::{LeafKind, OutputArray, PredictionOptions, PredictionRows};
use crate::columns::ColumnValues;
use crate::internal::impossible;
use crate::number::append_integer;
use crate::sink::{PendingFiles, Sink, SinkError, TextLines};
use crate::warning::{Warning, WarningCode};

/// The places of start, end and strand among the fields of a range.
const START: usize = 1;
const END: usize = 2;
const STRAND: usize = 4;

/// A BED file: the sample's range, its id as the name, no score, its strand, then all predictions. The line above names
/// the columns, as a comment. What a range has beyond its contig is cut off; samples that have nothing else are left out.
pub(super) struct PredictionBed {
    lines: TextLines,
    path: PathBuf,
    /// The leaves of chr, start, end, id and strand.
    range: [usize; 5],
    /// The leaf of the lengths of contigs, if ranges may lie beyond them.
    contig_length: Option<usize>,
    clipped: u64,
    left_out: u64,
    columns: Vec<Column>,
}

impl PredictionBed {
    /// Starts the file, bgzipped if its name says so.
    pub(super) fn create(path: &Path, leaves: &[OutputArray], options: PredictionOptions) -> Result<Self, SinkError> {
        let range = range(path, leaves)?;
        let columns = columns(leaves, |kind| kind == LeafKind::Predictions, options.column_order);
        let mut header = vec!["#chr", "start", "end", "name", "score", "strand"];
        header.extend(columns.iter().map(|column| column.name.as_str()));
        let lines = TextLines::create(path, &header.join("\t"))?;
        let contig_length = contig_length(leaves, range[0]);
        Ok(Self { lines, path: path.to_owned(), range, contig_length, clipped: 0, left_out: 0, columns })
    }

    /// Start and end of a sample's range within its contig, after counting what is cut off; `None` if nothing is left.
    fn within_contig(&mut self, rows: &PredictionRows, row: usize) -> Option<[i64; 2]> {
        // Leaves of other types were refused, or passed over, when the file was started.
        let integer = |leaf: usize| match &rows.values()[leaf] {
            ColumnValues::I64(values) => values[row],
            _ => impossible("the ends of ranges are integers"),
        };
        let (start, end) = (integer(self.range[START]), integer(self.range[END]));
        let length = self.contig_length.map_or(i64::MAX, integer);
        let clipped = [start.clamp(0, length), end.clamp(0, length)];
        if clipped == [start, end] {
            return Some(clipped);
        }
        let is_left = clipped[0] < clipped[1];
        *(if is_left { &mut self.clipped } else { &mut self.left_out }) += 1;
        is_left.then_some(clipped)
    }

    /// What to say of ranges beyond their contigs, if there were any.
    fn warning(&self) -> Option<Warning> {
        let mut said = Vec::new();
        if self.clipped > 0 {
            said.push(format!("{} ranges reach beyond their contig and were clipped to it", self.clipped));
        }
        if self.left_out > 0 {
            said.push(format!("{} ranges are wholly beyond their contig and were left out", self.left_out));
        }
        let text = || format!("{}: {}", self.path.display(), said.join("; "));
        (!said.is_empty()).then(|| Warning::new(WarningCode::BeyondContig, text()))
    }
}

/// Whether the lengths of the contigs of ranges are known.
pub(super) fn has_contig_length(leaves: &[OutputArray]) -> bool {
    (0..leaves.len()).any(|leaf| contig_length(leaves, leaf).is_some())
}

/// The leaf of the lengths of contigs beside that of their names.
fn contig_length(leaves: &[OutputArray], chr: usize) -> Option<usize> {
    let name = leaves[chr].name.strip_suffix("chr").map(|above| format!("{above}contig_length"))?;
    let is_length =
        |leaf: &OutputArray| leaf.kind == LeafKind::Metadata && leaf.name == name && leaf.dtype == DType::I64;
    leaves.iter().position(is_length)
}

/// The leaves of the only range that samples have.
fn range(path: &Path, leaves: &[OutputArray]) -> Result<[usize; 5], SinkError> {
    let object = |leaf: &OutputArray| match leaf.kind {
        LeafKind::Metadata if leaf.name == "chr" => Some(String::new()),
        LeafKind::Metadata => leaf.name.strip_suffix("/chr").map(str::to_owned),
        _ => None,
    };
    let objects: Vec<String> = leaves.iter().filter_map(object).collect();
    let error = || SinkError::NotOneRange { path: path.to_owned(), found: objects.len() };
    let [only] = objects.as_slice() else { return Err(error()) };
    let place = |field: &str| {
        let name = if only.is_empty() { field.to_owned() } else { format!("{only}/{field}") };
        let is_number = matches!(field, "start" | "end");
        let fits = |leaf: &OutputArray| leaf.kind == LeafKind::Metadata && leaf.name == name;
        let found = leaves.iter().position(|leaf| fits(leaf) && (!is_number || leaf.dtype == DType::I64));
        found.ok_or_else(error)
    };
    Ok([place("chr")?, place("start")?, place("end")?, place("id")?, place("strand")?])
}

impl Sink<PredictionRows> for PredictionBed {
    fn write(&mut self, rows: &PredictionRows) -> Result<(), SinkError> {
        for row in 0..rows.len() {
            let Some([start, end]) = self.within_contig(rows, row) else { continue };
            let text = self.lines.line();
            for (field, leaf) in self.range.iter().enumerate() {
                if field > 0 {
                    text.push(b'\t');
                }
                let values = &rows.values()[*leaf];
                match (field, values) {
                    (START, _) => append_integer(text, start),
                    (END, _) => append_integer(text, end),
                    // BED knows no `*`.
                    (STRAND, ColumnValues::Text(strings)) if strings.value(row) == "*" => {
                        text.extend_from_slice(b".\t.")
                    }
                    (STRAND, _) => {
                        text.extend_from_slice(b".\t");
                        append_cell(text, values, row);
                    }
                    _ => append_cell(text, values, row),
                }
            }
            text.push(b'\t');
            append_cells(text, &self.columns, rows, row);
            text.push(b'\n');
            self.lines.write_full()?;
        }
        Ok(())
    }

    fn complete(self: Box<Self>) -> Result<PendingFiles, SinkError> {
        let warnings = self.warning().into_iter().collect();
        Ok(PendingFiles { warnings, ..PendingFiles::file(self.lines.complete()?) })
    }
}
