//! What the rows of a file are about, as one dataset per column.

use super::{
    file::{Hdf5File, OBJECT_BYTES},
    growing::GrowingDataset,
};
use crate::internal::OrInternal;
use crate::sink::{SinkError, VariantColumns, table::ROW_COLUMNS};
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
                return GrowingDataset::of_texts(file, &group, name);
            }
            let column = GrowingDataset::create(file, &group, name, &TypeDescriptor::Integer(IntSize::U8), &[])?;
            let missing = || column.dataset().new_attr::<i64>().create("missing")?.write_scalar(&NO_NUMBER);
            file.write(OBJECT_BYTES, missing)?;
            Ok(column)
        };
        let columns = ROW_COLUMNS.iter().map(|name| column(name)).collect::<Result<Vec<_>, SinkError>>();
        let columns: Option<[GrowingDataset; 10]> = columns?.try_into().ok();
        Ok(Self { columns: columns.or_internal("what a row is about takes ten columns") })
    }

    /// How many rows there are.
    pub(in crate::sink) fn rows(&self) -> usize {
        self.columns[0].rows()
    }

    /// Appends all rows.
    pub(in crate::sink) fn append(&mut self, file: &Hdf5File, rows: &VariantColumns) -> Result<(), SinkError> {
        let [chrom, pos, id, reference, alternate, region, start, end, strand, skip] = &mut self.columns;
        texts(file, chrom, rows.chrom().iter())?;
        let position = |pos: u64| i64::try_from(pos).or_internal("positions are checked before");
        numbers(file, pos, rows.pos().iter().map(|pos| pos.map(position)))?;
        texts(file, id, rows.id().iter())?;
        texts(file, reference, rows.reference().iter())?;
        texts(file, alternate, rows.alternate().iter())?;
        texts(file, region, rows.region().iter())?;
        numbers(file, start, rows.region_start().iter())?;
        numbers(file, end, rows.region_end().iter())?;
        texts(file, strand, rows.strand().iter())?;
        texts(file, skip, rows.skip().iter())
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
