//! Predictions behind their intervals.

use std::path::Path;

use super::columns::{Column, columns};
use super::text::{append_cell, append_cells};
use super::{Leaf, LeafKind, PredictionOptions, PredictionRows, PredictionSink, Values};
use crate::sink::{Complete, SinkError, TextOutput};

/// Bytes of rows that are collected before they are written.
const BUFFER: usize = 1 << 16;

/// The place of the strand among the fields of a range.
const STRAND: usize = 4;

/// A BED file: the sample's range, its id as the name, no score, its strand, then all predictions. The line above names
/// the columns, as a comment.
pub(super) struct PredictionBed {
    output: TextOutput,
    /// The leaves of chr, start, end, id and strand.
    range: [usize; 5],
    columns: Vec<Column>,
    text: Vec<u8>,
}

impl PredictionBed {
    /// Starts the file, bgzipped if its name says so.
    pub(super) fn create(path: &Path, leaves: &[Leaf], options: PredictionOptions) -> Result<Self, SinkError> {
        let range = range(path, leaves)?;
        let columns = columns(leaves, |kind| kind == LeafKind::Predictions, options.column_order);
        let mut output = TextOutput::create(path)?;
        let mut text = b"#chr\tstart\tend\tname\tscore\tstrand".to_vec();
        for column in &columns {
            text.push(b'\t');
            text.extend_from_slice(column.name.as_bytes());
        }
        text.push(b'\n');
        output.write_all(&text)?;
        text.clear();
        Ok(Self { output, range, columns, text })
    }
}

/// The leaves of the only range that samples have.
fn range(path: &Path, leaves: &[Leaf]) -> Result<[usize; 5], SinkError> {
    let object = |leaf: &Leaf| match leaf.kind {
        LeafKind::Metadata if leaf.name == "chr" => Some(String::new()),
        LeafKind::Metadata => leaf.name.strip_suffix("/chr").map(str::to_owned),
        _ => None,
    };
    let objects: Vec<String> = leaves.iter().filter_map(object).collect();
    let error = || SinkError::NotOneRange { path: path.to_owned(), found: objects.len() };
    let [only] = objects.as_slice() else { return Err(error()) };
    let place = |field: &str| {
        let name = if only.is_empty() { field.to_owned() } else { format!("{only}/{field}") };
        leaves.iter().position(|leaf| leaf.kind == LeafKind::Metadata && leaf.name == name).ok_or_else(error)
    };
    Ok([place("chr")?, place("start")?, place("end")?, place("id")?, place("strand")?])
}

impl PredictionSink for PredictionBed {
    fn write(&mut self, rows: &PredictionRows) -> Result<(), SinkError> {
        for row in 0..rows.len() {
            for (field, leaf) in self.range.iter().enumerate() {
                if field > 0 {
                    self.text.push(b'\t');
                }
                let values = &rows.values()[*leaf];
                match (field, values) {
                    // BED knows no `*`.
                    (STRAND, Values::Text(texts)) if texts.get(row) == "*" => self.text.extend_from_slice(b".\t."),
                    (STRAND, _) => {
                        self.text.extend_from_slice(b".\t");
                        append_cell(&mut self.text, values, row);
                    }
                    _ => append_cell(&mut self.text, values, row),
                }
            }
            self.text.push(b'\t');
            append_cells(&mut self.text, &self.columns, rows, row);
            self.text.push(b'\n');
            if self.text.len() >= BUFFER {
                self.output.write_all(&self.text)?;
                self.text.clear();
            }
        }
        Ok(())
    }

    fn complete(mut self: Box<Self>) -> Result<Complete, SinkError> {
        self.output.write_all(&self.text)?;
        Ok(Complete::file(self.output.complete()?))
    }
}
