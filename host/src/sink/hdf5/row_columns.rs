//! What the rows of a file are about, as one dataset per column.

use super::{
    file::{Hdf5File, OBJECT_BYTES},
    growing::GrowingDataset,
};
use crate::internal::OrInternal;
use crate::sink::{RowKind, SinkError, VariantColumns, row_column::RowColumn};
use hdf5::types::{IntSize, TypeDescriptor};

/// Where a number is missing.
pub(super) const NO_NUMBER: i64 = i64::MIN;

/// The group `/variants`.
pub(in crate::sink) struct RowColumns {
    kind: RowKind,
    columns: Vec<(RowColumn, GrowingDataset)>,
}

impl RowColumns {
    /// Makes the group and its datasets.
    pub(in crate::sink) fn create(file: &Hdf5File, kind: RowKind) -> Result<Self, SinkError> {
        let group = file.group("variants")?;
        let dataset = |column: RowColumn| {
            if !column.is_number() {
                return GrowingDataset::of_texts(file, &group, column.name());
            }
            let integer = TypeDescriptor::Integer(IntSize::U8);
            let dataset = GrowingDataset::create(file, &group, column.name(), &integer, &[])?;
            let missing = || dataset.dataset().new_attr::<i64>().create("missing")?.write_scalar(&NO_NUMBER);
            file.write(OBJECT_BYTES, missing)?;
            Ok(dataset)
        };
        let columns = kind.columns().iter().map(|column| Ok((*column, dataset(*column)?)));
        Ok(Self { kind, columns: columns.collect::<Result<_, SinkError>>()? })
    }

    /// How many rows there are.
    pub(in crate::sink) fn rows(&self) -> usize {
        let (_, first) = self.columns.first().or_internal("rows have columns");
        first.rows()
    }

    /// Appends all rows.
    pub(in crate::sink) fn append(&mut self, file: &Hdf5File, rows: &VariantColumns) -> Result<(), SinkError> {
        let kind = self.kind;
        let position = |pos: u64| i64::try_from(pos).or_internal("positions are checked before");
        let offset = |(pos, start): (Option<u64>, Option<i64>)| kind.offset(pos?, start?);
        for (column, dataset) in &mut self.columns {
            match column {
                RowColumn::Chrom => texts(file, dataset, rows.chrom().iter())?,
                RowColumn::Pos => numbers(file, dataset, rows.pos().iter().map(|pos| pos.map(position)))?,
                RowColumn::Id => texts(file, dataset, rows.id().iter())?,
                RowColumn::Reference => texts(file, dataset, rows.reference().iter())?,
                RowColumn::Alternate => texts(file, dataset, rows.alternate().iter())?,
                RowColumn::Region => texts(file, dataset, rows.region().iter())?,
                RowColumn::Start => numbers(file, dataset, rows.region_start().iter())?,
                RowColumn::End => numbers(file, dataset, rows.region_end().iter())?,
                RowColumn::Strand => texts(file, dataset, rows.strand().iter())?,
                RowColumn::Offset => {
                    numbers(file, dataset, rows.pos().iter().zip(rows.region_start().iter()).map(offset))?;
                }
                RowColumn::Skip => texts(file, dataset, rows.skip().iter())?,
            }
        }
        Ok(())
    }
}

fn texts<'t>(
    file: &Hdf5File,
    column: &mut GrowingDataset,
    values: impl Iterator<Item = Option<&'t str>>,
) -> Result<(), SinkError> {
    let values: Vec<&str> = values.map(Option::unwrap_or_default).collect();
    let rows = values.len();
    column.append_texts(file, values, rows)
}

fn numbers(
    file: &Hdf5File,
    column: &mut GrowingDataset,
    values: impl Iterator<Item = Option<i64>>,
) -> Result<(), SinkError> {
    let values: Vec<i64> = values.map(|value| value.unwrap_or(NO_NUMBER)).collect();
    column.append(file, &values, values.len())
}
