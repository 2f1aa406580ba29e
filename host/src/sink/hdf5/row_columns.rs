//! What the rows of a file are about, as one dataset per column.

use super::{file::Hdf5File, growing::GrowingDataset};
use crate::{
    genome::Interval,
    sink::{ScoreTables, SinkError, TableRowId, column_names::ROW_COLUMNS},
};
use hdf5::types::{IntSize, TypeDescriptor};

/// Where a number is missing.
pub(super) const NO_NUMBER: i64 = i64::MIN;

/// The columns that hold numbers.
const NUMBERS: [&str; 3] = ["pos", "region_start", "region_end"];

/// The group `/variants`.
pub(in crate::sink) struct RowColumns {
    columns: [GrowingDataset; 10],
}

impl RowColumns {
    /// Makes the group and its datasets.
    pub(in crate::sink) fn create(file: &Hdf5File) -> Result<Self, SinkError> {
        let group = file.group("variants")?;
        let column = |name: &str| {
            if !NUMBERS.contains(&name) {
                return GrowingDataset::of_texts(&group, name);
            }
            let column = GrowingDataset::create(&group, name, &TypeDescriptor::Integer(IntSize::U8), &[])?;
            column.dataset().new_attr::<i64>().create("missing")?.write_scalar(&NO_NUMBER)?;
            Ok(column)
        };
        let columns = ROW_COLUMNS.iter().map(|name| column(name)).collect::<hdf5::Result<Vec<_>>>();
        let columns = columns.map_err(file.error())?.try_into();
        let shape = |_| SinkError::Shape { path: file.path(), message: "columns of rows that are not ten".to_owned() };
        Ok(Self { columns: columns.map_err(shape)? })
    }

    /// How many rows there are.
    pub(in crate::sink) fn rows(&self) -> usize {
        self.columns[0].rows()
    }

    /// Appends all rows.
    pub(in crate::sink) fn append(&mut self, rows: &ScoreTables) -> hdf5::Result<()> {
        let [chrom, pos, id, reference, alternate, region, start, end, strand, skip] = &mut self.columns;
        texts(chrom, rows, |row| Some(row.chrom))?;
        numbers(pos, rows, |row| i64::try_from(row.pos).ok())?;
        texts(id, rows, |row| row.id)?;
        texts(reference, rows, |row| Some(row.reference))?;
        texts(alternate, rows, |row| row.alternate)?;
        texts(region, rows, |row| row.region)?;
        numbers(start, rows, |row| row.window.as_ref().map(Interval::start))?;
        numbers(end, rows, |row| row.window.as_ref().map(Interval::end))?;
        texts(strand, rows, |row| row.window.map(|window| if window.strand().is_reverse() { "-" } else { "+" }))?;
        texts(skip, rows, |row| row.skip.map(|skip| skip.as_str()))
    }
}

fn texts<'t>(
    column: &mut GrowingDataset,
    rows: &'t ScoreTables,
    value: impl Fn(TableRowId<'t>) -> Option<&'t str>,
) -> hdf5::Result<()> {
    column.append_texts(rows.rows().map(|row| value(row).unwrap_or_default()), rows.len())
}

fn numbers<'t>(
    column: &mut GrowingDataset,
    rows: &'t ScoreTables,
    value: impl Fn(TableRowId<'t>) -> Option<i64>,
) -> hdf5::Result<()> {
    let values: Vec<i64> = rows.rows().map(|row| value(row).unwrap_or(NO_NUMBER)).collect();
    column.append(&values, rows.len())
}
