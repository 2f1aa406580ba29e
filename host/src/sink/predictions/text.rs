//! Predictions as tables of text.

use std::path::Path;

use super::columns::{Column, columns};
use super::{OutputArray, PredictionOptions, PredictionRows};
use crate::columns::ColumnValues;
use crate::number::{append_integer, append_shortest_float};
use crate::sink::{PendingFiles, Sink, SinkError, TextLines, info_key::one_line};

/// A table with one column per element of every array. Numbers are as short as they can be without losing anything;
/// NaN is empty.
pub(super) struct PredictionTsv {
    lines: TextLines,
    columns: Vec<Column>,
}

impl PredictionTsv {
    /// Starts the file, bgzipped if its name says so, and writes the names of its columns.
    pub(super) fn create(path: &Path, leaves: &[OutputArray], options: PredictionOptions) -> Result<Self, SinkError> {
        let columns = columns(leaves, |kind| options.keeps(kind), options.column_order);
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let lines = TextLines::create(path, &names.join("\t"))?;
        Ok(Self { lines, columns })
    }
}

impl Sink<PredictionRows> for PredictionTsv {
    fn write(&mut self, rows: &PredictionRows) -> Result<(), SinkError> {
        for row in 0..rows.len() {
            let text = self.lines.line();
            append_cells(text, &self.columns, rows, row);
            text.push(b'\n');
            self.lines.write_full()?;
        }
        Ok(())
    }

    fn complete(self: Box<Self>) -> Result<PendingFiles, SinkError> {
        Ok(PendingFiles::file(self.lines.complete()?))
    }
}

/// Appends the cells of a row, parted by tabs.
pub(super) fn append_cells(text: &mut Vec<u8>, columns: &[Column], rows: &PredictionRows, row: usize) {
    for (number, Column { leaf, element, width, .. }) in columns.iter().enumerate() {
        if number > 0 {
            text.push(b'\t');
        }
        append_cell(text, &rows.values()[*leaf], row * width + element);
    }
}

/// Appends one value.
pub(super) fn append_cell(text: &mut Vec<u8>, values: &ColumnValues, index: usize) {
    match values {
        ColumnValues::F32(values) if values[index].is_nan() => {}
        ColumnValues::F64(values) if values[index].is_nan() => {}
        ColumnValues::F32(values) => append_shortest_float(text, values[index]),
        ColumnValues::F64(values) => append_shortest_float(text, values[index]),
        ColumnValues::I64(values) => append_integer(text, values[index]),
        ColumnValues::I32(values) => append_integer(text, values[index]),
        ColumnValues::U8(values) => append_integer(text, values[index]),
        ColumnValues::Bool(bits) => text.extend_from_slice(if bits.get(index) { b"True" } else { b"False" }),
        ColumnValues::Text(strings) => match strings.value(index) {
            plain if !plain.chars().any(char::is_control) => text.extend_from_slice(plain.as_bytes()),
            odd => text.extend_from_slice(one_line(odd).as_bytes()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(values: &ColumnValues) -> String {
        let mut text = Vec::new();
        append_cell(&mut text, values, 0);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn numbers_are_short_and_whole() {
        let single = |value: f32| cell(&ColumnValues::F32(vec![value]));
        let double = |value: f64| cell(&ColumnValues::F64(vec![value]));
        assert_eq!((single(0.1), double(0.1), single(-0.0)), ("0.1".into(), "0.1".into(), "-0.0".into()));
        assert_eq!((single(1e-7), single(3e20), single(1.0)), ("1e-07".into(), "3e+20".into(), "1.0".into()));
        assert_eq!((single(f32::NAN), double(f64::NAN), single(f32::INFINITY)), ("".into(), "".into(), "inf".into()));
        assert_eq!(double(0.1 + 0.2), "0.30000000000000004");
    }

    #[test]
    fn a_cell_has_one_line() {
        let mut texts = ColumnValues::of(kipos_plugin_api::DType::String);
        texts.push_text("a\tb\nc");
        assert_eq!(cell(&texts), "a b c");
    }
}
