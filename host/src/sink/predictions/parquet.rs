//! Predictions as Parquet.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kipos_plugin_api::DType;
use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnPath, Type, TypePtr};

use super::columns::{Column, columns};
use super::{OutputArray, PredictionOptions, PredictionRows};
use crate::columns::ColumnValues;
use crate::provenance::Provenance;
use crate::sink::parquet::{Target, complete, provenance_metadata, write_error};
use crate::sink::{AtomicFile, PendingFiles, Sink, SinkError};

/// Rows of a row group at most.
const GROUP_ROWS: usize = 1 << 17;
/// Bytes of a row group at most, about. Memory holds one at a time.
const GROUP_BYTES: usize = 64 << 20;
/// ColumnValues that are handed over at once.
const BLOCK: usize = 1024;

/// A table with one typed column per element of every array.
pub(super) struct PredictionParquet {
    path: PathBuf,
    writer: SerializedFileWriter<Target>,
    columns: Vec<Column>,
    group: PredictionRows,
}

impl PredictionParquet {
    /// Starts the file.
    pub(super) fn create(
        path: &Path,
        leaves: &Arc<[OutputArray]>,
        options: PredictionOptions,
        provenance: &Provenance,
    ) -> Result<Self, SinkError> {
        let file = AtomicFile::create(path)?;
        let path = file.path().to_owned();
        let columns = columns(leaves, |kind| options.keeps(kind), options.column_order);
        let error = |error| write_error(&path, error);
        let schema = schema(&columns, leaves).map_err(error)?;
        let properties = Arc::new(properties(&columns, leaves, provenance));
        let writer = SerializedFileWriter::new(Target(Some(file)), schema, properties).map_err(error)?;
        Ok(Self { path, writer, columns, group: PredictionRows::new(leaves) })
    }

    fn write_group(&mut self) -> Result<(), SinkError> {
        if !self.group.is_empty() {
            let written = write_row_group(&mut self.writer, &self.columns, &self.group);
            written.map_err(|error| write_error(&self.path, error))?;
            self.group.clear();
        }
        Ok(())
    }
}

impl Sink<PredictionRows> for PredictionParquet {
    fn write(&mut self, rows: &PredictionRows) -> Result<(), SinkError> {
        self.group.extend(rows);
        if self.group.len() >= GROUP_ROWS || self.group.bytes() >= GROUP_BYTES {
            self.write_group()?;
        }
        Ok(())
    }

    fn complete(mut self: Box<Self>) -> Result<PendingFiles, SinkError> {
        self.write_group()?;
        complete(&mut self.writer, &self.path)
    }
}

fn schema(columns: &[Column], leaves: &[OutputArray]) -> ParquetResult<TypePtr> {
    let column = |column: &Column| {
        let (physical, logical) = match leaves[column.leaf].dtype {
            DType::F32 => (PhysicalType::FLOAT, None),
            DType::F64 => (PhysicalType::DOUBLE, None),
            DType::I64 => (PhysicalType::INT64, None),
            DType::I32 | DType::U8 => (PhysicalType::INT32, None),
            DType::Bool => (PhysicalType::BOOLEAN, None),
            DType::String => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
        };
        let builder = Type::primitive_type_builder(&column.name, physical);
        builder.with_logical_type(logical).with_repetition(Repetition::REQUIRED).build().map(Arc::new)
    };
    let columns = columns.iter().map(column).collect::<ParquetResult<Vec<_>>>()?;
    Ok(Arc::new(Type::group_type_builder("predictions").with_fields(columns).build()?))
}

/// Texts recur, so they become dictionaries; numbers do not. Page statistics, which would stay in memory to the end,
/// are left out.
fn properties(columns: &[Column], leaves: &[OutputArray], provenance: &Provenance) -> WriterProperties {
    let version = KeyValue::new("kipos_version".to_owned(), env!("CARGO_PKG_VERSION").to_owned());
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_key_value_metadata(Some([version].into_iter().chain(provenance_metadata(provenance)).collect()));
    for column in columns.iter().filter(|column| leaves[column.leaf].dtype == DType::String) {
        builder = builder.set_column_dictionary_enabled(ColumnPath::from(vec![column.name.clone()]), true);
    }
    builder.build()
}

fn write_row_group(
    writer: &mut SerializedFileWriter<Target>,
    columns: &[Column],
    rows: &PredictionRows,
) -> ParquetResult<()> {
    let mut group = writer.next_row_group()?;
    for column in columns {
        let at = |row: usize| row * column.width + column.element;
        let rows_of = rows.len();
        match &rows.values()[column.leaf] {
            ColumnValues::F32(values) => write_column::<FloatType>(&mut group, rows_of, |row| values[at(row)]),
            ColumnValues::F64(values) => write_column::<DoubleType>(&mut group, rows_of, |row| values[at(row)]),
            ColumnValues::I64(values) => write_column::<Int64Type>(&mut group, rows_of, |row| values[at(row)]),
            ColumnValues::I32(values) => write_column::<Int32Type>(&mut group, rows_of, |row| values[at(row)]),
            ColumnValues::U8(values) => write_column::<Int32Type>(&mut group, rows_of, |row| values[at(row)].into()),
            ColumnValues::Bool(bits) => write_column::<BoolType>(&mut group, rows_of, |row| bits.get(at(row))),
            ColumnValues::Text(strings) => {
                write_column::<ByteArrayType>(&mut group, rows_of, |row| ByteArray::from(strings.value(at(row))))
            }
        }?;
    }
    group.close().map(drop)
}

fn write_column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Target>,
    rows: usize,
    value: impl Fn(usize) -> T::T,
) -> ParquetResult<()> {
    let none_left = || ParquetError::General("more columns than the schema has".to_owned());
    let mut column = group.next_column()?.ok_or_else(none_left)?;
    let mut values = Vec::with_capacity(BLOCK);
    for start in (0..rows).step_by(BLOCK) {
        values.clear();
        values.extend((start..rows.min(start + BLOCK)).map(&value));
        column.typed::<T>().write_batch(&values, None, None)?;
    }
    column.close()
}
