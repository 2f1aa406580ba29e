//! Mutation maps as Parquet.

use super::MapEntry;
use super::rows::{MapRow, rows};
use crate::provenance::Provenance;
use crate::scored::ScoreLabel;
use crate::sink::parquet::{Group, Target, complete, run_metadata, write_error};
use crate::sink::{AtomicFile, PendingFiles, Sink, SinkError};
use parquet::basic::{Compression, Encoding, LogicalType, Repetition, Type as PhysicalType};
use parquet::data_type::{ByteArray, ByteArrayType, FloatType, Int64Type};
use parquet::errors::Result as ParquetResult;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, Type, TypePtr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows of a row group at most. Memory holds one at a time, about 10 MB.
const GROUP_ROWS: usize = 1 << 17;

/// The columns, in the order of [`super::rows::COLUMNS`]. What has a value in every row is required.
const COLUMNS: [(&str, PhysicalType); 9] = [
    ("input", PhysicalType::BYTE_ARRAY),
    ("chrom", PhysicalType::BYTE_ARRAY),
    ("pos", PhysicalType::INT64),
    ("ref", PhysicalType::BYTE_ARRAY),
    ("alt", PhysicalType::BYTE_ARRAY),
    ("score", PhysicalType::BYTE_ARRAY),
    ("task", PhysicalType::BYTE_ARRAY),
    ("value", PhysicalType::FLOAT),
    ("entry", PhysicalType::INT64),
];

/// Writes a row per cell; what is NaN is null.
pub(super) struct MapParquet {
    path: PathBuf,
    writer: SerializedFileWriter<Target>,
    /// For each score its name and those of its tasks.
    names: Vec<(ByteArray, Vec<ByteArray>)>,
    entries: i64,
    group: RowGroup,
    /// Rows of a row group at most.
    most: usize,
}

/// Rows that wait to be written.
#[derive(Default)]
struct RowGroup {
    /// The entries that rows are from.
    entries: Vec<Entry>,
    /// The index of the entry of each row, and the row.
    rows: Vec<(usize, MapRow)>,
}

/// What all rows of an entry have in common.
struct Entry {
    number: i64,
    contig: ByteArray,
    inputs: Vec<ByteArray>,
}

impl MapParquet {
    /// Starts the file of a run of `model` with these scores.
    pub(super) fn create(
        path: &Path,
        model: &str,
        labels: &[ScoreLabel],
        provenance: &Provenance,
    ) -> Result<Self, SinkError> {
        let file = AtomicFile::create(path)?;
        let path = file.path().to_owned();
        let error = |error| write_error(&path, error);
        let properties = Arc::new(properties(run_metadata(model, labels, provenance)));
        let writer = SerializedFileWriter::new(Target(Some(file)), schema().map_err(error)?, properties);
        let name = |name: &String| ByteArray::from(name.as_str());
        let of_label = |label: &ScoreLabel| (name(&label.label), label.columns.iter().map(name).collect());
        let names = labels.iter().map(of_label).collect();
        let writer = writer.map_err(error)?;
        Ok(Self { path, writer, names, entries: 0, group: RowGroup::default(), most: GROUP_ROWS })
    }

    fn write_group(&mut self) -> Result<(), SinkError> {
        if !self.group.rows.is_empty() {
            let written = write_row_group(&mut self.writer, &self.names, &self.group);
            written.map_err(|error| write_error(&self.path, error))?;
            self.group.rows.clear();
        }
        Ok(())
    }
}

impl Sink<MapEntry> for MapParquet {
    fn write(&mut self, entry: &MapEntry) -> Result<(), SinkError> {
        if self.group.rows.is_empty() {
            self.group.entries.clear();
        }
        let index = self.group.entries.len();
        self.group.entries.push(Entry {
            number: self.entries,
            contig: ByteArray::from(entry.contig.as_str()),
            inputs: entry.inputs.iter().map(|input| ByteArray::from(&**input)).collect(),
        });
        for row in rows(entry) {
            self.group.rows.push((index, row));
            if self.group.rows.len() >= self.most {
                self.write_group()?;
            }
        }
        self.entries += 1;
        Ok(())
    }

    fn complete(mut self: Box<Self>) -> Result<PendingFiles, SinkError> {
        self.write_group()?;
        complete(&mut self.writer, &self.path)
    }
}

fn schema() -> ParquetResult<TypePtr> {
    let column = |(name, physical): (&str, PhysicalType)| {
        let is_text = physical == PhysicalType::BYTE_ARRAY;
        let repetition = if name == "value" { Repetition::OPTIONAL } else { Repetition::REQUIRED };
        let builder = Type::primitive_type_builder(name, physical).with_repetition(repetition);
        builder.with_logical_type(is_text.then_some(LogicalType::String)).build().map(Arc::new)
    };
    let columns = COLUMNS.into_iter().map(column).collect::<ParquetResult<Vec<_>>>()?;
    Ok(Arc::new(Type::group_type_builder("mutation_maps").with_fields(columns).build()?))
}

/// Texts recur, so they become dictionaries; integers lie close together, so they become differences; values do neither.
/// Page statistics, which would stay in memory to the end, are left out.
fn properties(metadata: Vec<KeyValue>) -> WriterProperties {
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_key_value_metadata(Some(metadata));
    for (name, physical) in COLUMNS {
        let column = ColumnPath::from(name);
        builder = match physical {
            PhysicalType::BYTE_ARRAY => builder.set_column_dictionary_enabled(column, true),
            PhysicalType::INT64 => builder.set_column_encoding(column, Encoding::DELTA_BINARY_PACKED),
            _ => builder,
        };
    }
    builder.build()
}

/// Writes the columns in the order of the schema.
fn write_row_group(
    writer: &mut SerializedFileWriter<Target>,
    names: &[(ByteArray, Vec<ByteArray>)],
    RowGroup { entries, rows }: &RowGroup,
) -> ParquetResult<()> {
    let base = |base: u8| ByteArray::from(vec![base]);
    let score = |row: &MapRow| names.get(row.score as usize);
    let task = |row: &MapRow| score(row)?.1.get(row.task as usize);
    let mut group = Group::new(writer.next_row_group()?, rows.len());
    group.column::<ByteArrayType>(|at| entries[rows[at].0].inputs.get(rows[at].1.input as usize).cloned())?;
    group.column::<ByteArrayType>(|at| Some(entries[rows[at].0].contig.clone()))?;
    group.column::<Int64Type>(|at| Some(rows[at].1.pos))?;
    group.column::<ByteArrayType>(|at| Some(base(rows[at].1.reference)))?;
    group.column::<ByteArrayType>(|at| Some(base(rows[at].1.alternate)))?;
    group.column::<ByteArrayType>(|at| Some(score(&rows[at].1)?.0.clone()))?;
    group.column::<ByteArrayType>(|at| task(&rows[at].1).cloned())?;
    group.column::<FloatType>(|at| rows[at].1.value)?;
    group.column::<Int64Type>(|at| Some(entries[rows[at].0].number))?;
    group.close()
}

#[cfg(test)]
mod tests {
    use super::super::rows;
    use super::super::test_maps::{entry, labels};
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    #[test]
    fn rows_are_those_of_the_text() {
        assert_eq!(COLUMNS.map(|(name, _)| name), rows::COLUMNS);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("maps.parquet");
        let mut sink = Box::new(MapParquet::create(&path, "motif", &labels(), &Default::default()).unwrap());
        // Groups end within entries, and hold rows of several.
        sink.most = 20;
        sink.write(&entry(9, b"AC", 90)).unwrap();
        sink.write(&entry(-1, b"NA", 90)).unwrap();
        sink.finish().unwrap();
        let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
        assert_eq!(reader.metadata().num_row_groups(), 4);
        let about = reader.metadata().file_metadata().key_value_metadata().unwrap();
        let names: Vec<_> = about.iter().map(|about| about.key.as_str()).collect();
        assert_eq!(names, ["kipos_version", "kipos_model", "kipos_scores"]);
        let cell = |field: &Field| match field {
            Field::Str(text) => text.clone(),
            Field::Long(number) => number.to_string(),
            Field::Float(number) => format!("{number:?}"),
            Field::Null => String::new(),
            other => panic!("{other:?}"),
        };
        let row = |row: parquet::record::Row| row.get_column_iter().map(|(_, field)| cell(field)).collect::<Vec<_>>();
        let found: Vec<_> = reader.get_row_iter(None).unwrap().map(|found| row(found.unwrap()).join(" ")).collect();
        assert_eq!(found.len(), 48 + 24);
        assert_eq!(found[0], "seq chr1 10 A A diff t 0.0 0");
        assert_eq!(found[2], "seq chr1 10 A A alt x\ty 108.0 0");
        assert_eq!(found[47], "text chr1 11 C T alt x\ty  0");
        assert_eq!(found[48], "seq chr1 1 A A diff t 1.0 1");
    }
}
