//! Rows, column by column.

use crate::{
    columns::{CodeColumn, StringColumn},
    internal::OrInternal,
    sink::{RowKind, ScoreTables, row_column::RowColumn},
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
pub(super) fn write_row_group<W: Write + Send>(
    writer: &mut SerializedFileWriter<W>,
    kind: RowKind,
    rows: &ScoreTables,
) -> Result<()> {
    let mut group = Group::new(writer.next_row_group()?, rows.len());
    let variants = rows.variants();
    let position = |pos: u64| i64::try_from(pos).or_internal("positions are checked before");
    let offset = |row| kind.offset(variants.pos().get(row)?, variants.region_start().get(row)?);
    for column in kind.columns() {
        match column {
            RowColumn::Chrom => group.strings(variants.chrom())?,
            RowColumn::Pos => group.column::<Int64Type>(|row| variants.pos().get(row).map(position))?,
            RowColumn::Id => group.strings(variants.id())?,
            RowColumn::Reference => group.strings(variants.reference())?,
            RowColumn::Alternate => group.strings(variants.alternate())?,
            RowColumn::Region => group.strings(variants.region())?,
            RowColumn::Start => group.column::<Int64Type>(|row| variants.region_start().get(row))?,
            RowColumn::End => group.column::<Int64Type>(|row| variants.region_end().get(row))?,
            RowColumn::Strand => group.names(variants.strand())?,
            RowColumn::Offset => group.column::<Int64Type>(offset)?,
            RowColumn::Skip => group.names(variants.skip())?,
        }
    }
    for table in rows.tables() {
        for column in 0..table.columns().len() {
            let (scores, validity) = (table.scores(column), table.validity());
            group.column::<FloatType>(|row| scores.get(row).copied().filter(|_| validity.is_valid(row)))?;
        }
    }
    group.close()
}

/// A row group whose columns are written one after the other.
pub(in crate::sink) struct Group<'w, W: Write> {
    writer: SerializedRowGroupWriter<'w, W>,
    rows: usize,
}

impl<'w, W: Write + Send> Group<'w, W> {
    /// A group of so many rows.
    pub(in crate::sink) fn new(writer: SerializedRowGroupWriter<'w, W>, rows: usize) -> Self {
        Self { writer, rows }
    }

    /// Ends the group.
    pub(in crate::sink) fn close(self) -> Result<()> {
        self.writer.close().map(drop)
    }

    fn strings(&mut self, column: &StringColumn) -> Result<()> {
        self.column::<ByteArrayType>(|row| column.get(row).map(ByteArray::from))
    }

    fn names(&mut self, column: &CodeColumn) -> Result<()> {
        self.column::<ByteArrayType>(|row| column.get(row).map(ByteArray::from))
    }

    /// Writes the next column: the value of each row, or null.
    pub(in crate::sink) fn column<T: DataType>(&mut self, value: impl Fn(usize) -> Option<T::T>) -> Result<()> {
        let none_left = || ParquetError::General("more columns than the schema has".to_owned());
        let mut column = self.writer.next_column()?.ok_or_else(none_left)?;
        let (mut values, mut is_present) = (Vec::with_capacity(BLOCK), Vec::with_capacity(BLOCK));
        for start in (0..self.rows).step_by(BLOCK) {
            let block = start..self.rows.min(start + BLOCK);
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
