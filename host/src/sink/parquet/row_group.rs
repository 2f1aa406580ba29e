//! Rows, column by column.

use crate::{
    genome::Interval,
    sink::{ScoreTables, TableRowId},
};
use parquet::{
    data_type::{ByteArray, ByteArrayType, DataType, FloatType, Int64Type},
    errors::{ParquetError, Result},
    file::writer::{SerializedFileWriter, SerializedRowGroupWriter},
};
use std::io::Write;

/// Values that are handed over at once.
const BLOCK: usize = 1024;

/// Writes all rows as one row group, in the order of the columns of the schema.
pub(super) fn write_row_group<W: Write + Send>(writer: &mut SerializedFileWriter<W>, rows: &ScoreTables) -> Result<()> {
    let mut group = Group { writer: writer.next_row_group()?, rows };
    group.texts(|row| Some(row.chrom))?;
    group.integers(|row| i64::try_from(row.pos).ok())?;
    group.texts(|row| row.id)?;
    group.texts(|row| Some(row.reference))?;
    group.texts(|row| row.alternate)?;
    group.texts(|row| row.region)?;
    group.integers(|row| row.window.as_ref().map(Interval::start))?;
    group.integers(|row| row.window.as_ref().map(Interval::end))?;
    group.texts(|row| row.window.map(|window| if window.strand().is_reverse() { "-" } else { "+" }))?;
    group.texts(|row| row.skip.map(|skip| skip.as_str()))?;
    let is_scored: Vec<bool> = rows.rows().map(|row| row.skip.is_none()).collect();
    for table in rows.tables() {
        let width = table.columns().len();
        for column in 0..width {
            group.column::<FloatType>(|index| {
                let value = table.values().get(index * width + column).copied();
                value.filter(|_| is_scored[index] && !table.has_failed(index))
            })?;
        }
    }
    group.writer.close()?;
    Ok(())
}

struct Group<'w, 't, W: Write> {
    writer: SerializedRowGroupWriter<'w, W>,
    rows: &'t ScoreTables,
}

impl<'t, W: Write + Send> Group<'_, 't, W> {
    fn texts(&mut self, value: impl Fn(TableRowId<'t>) -> Option<&'t str>) -> Result<()> {
        let rows = self.rows;
        self.column::<ByteArrayType>(|index| rows.row(index).and_then(&value).map(ByteArray::from))
    }

    fn integers(&mut self, value: impl Fn(TableRowId<'t>) -> Option<i64>) -> Result<()> {
        let rows = self.rows;
        self.column::<Int64Type>(|index| rows.row(index).and_then(&value))
    }

    /// Writes the next column: the value of each row, or null.
    fn column<T: DataType>(&mut self, value: impl Fn(usize) -> Option<T::T>) -> Result<()> {
        let none_left = || ParquetError::General("more columns than the schema has".to_owned());
        let mut column = self.writer.next_column()?.ok_or_else(none_left)?;
        let (mut values, mut is_present) = (Vec::with_capacity(BLOCK), Vec::with_capacity(BLOCK));
        for start in (0..self.rows.len()).step_by(BLOCK) {
            let block = start..self.rows.len().min(start + BLOCK);
            values.clear();
            is_present.clear();
            for value in block.map(&value) {
                is_present.push(i16::from(value.is_some()));
                values.extend(value);
            }
            column.typed::<T>().write_batch(&values, Some(&is_present), None)?;
        }
        column.close()
    }
}
