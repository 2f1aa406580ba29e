//! What the rows of a file are about, as one dataset per column.

use super::{file::Hdf5File, growing::GrowingDataset};
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
                return GrowingDataset::of_texts(&group, name);
            }
            let column = GrowingDataset::create(&group, name, &TypeDescriptor::Integer(IntSize::U8), &[])?;
            column.dataset().new_attr::<i64>().create("missing")?.write_scalar(&NO_NUMBER)?;
            Ok(column)
        };
        let columns = ROW_COLUMNS.iter().map(|name| column(name)).collect::<hdf5::Result<Vec<_>>>();
        let columns: Option<[GrowingDataset; 10]> = columns.map_err(file.error())?.try_into().ok();
        Ok(Self { columns: columns.or_internal("what a row is about takes ten columns") })
    }

    /// How many rows there are.
    pub(in crate::sink) fn rows(&self) -> usize {
        self.columns[0].rows()
    }

    /// Appends all rows.
    pub(in crate::sink) fn append(&mut self, rows: &VariantColumns) -> hdf5::Result<()> {
        let [chrom, pos, id, reference, alternate, region, start, end, strand, skip] = &mut self.columns;
        texts(chrom, rows.chrom().iter())?;
        let position = |pos: u64| i64::try_from(pos).or_internal("positions are checked before");
        numbers(pos, rows.pos().iter().map(|pos| pos.map(position)))?;
        texts(id, rows.id().iter())?;
        texts(reference, rows.reference().iter())?;
        texts(alternate, rows.alternate().iter())?;
        texts(region, rows.region().iter())?;
        numbers(start, rows.region_start().iter())?;
        numbers(end, rows.region_end().iter())?;
        texts(strand, rows.strand().iter())?;
        texts(skip, rows.skip().iter())
    }
}

fn texts<'t>(column: &mut GrowingDataset, values: impl Iterator<Item = Option<&'t str>>) -> hdf5::Result<()> {
    let values: Vec<&str> = values.map(Option::unwrap_or_default).collect();
    let rows = values.len();
    column.append_texts(values, rows)
}

fn numbers(column: &mut GrowingDataset, values: impl Iterator<Item = Option<i64>>) -> hdf5::Result<()> {
    let values: Vec<i64> = values.map(|value| value.unwrap_or(NO_NUMBER)).collect();
    column.append(&values, values.len())
}
