//! Tables of scores as Parquet.

mod row_group;
mod schema;

pub(super) use self::row_group::Group;
use self::{row_group::write_row_group, schema::schema};
use super::{
    AtomicFile, Output, PendingFiles, ScoreTables, Sink, SinkError, TableOptions,
    stored_provenance::PROVENANCE_ATTRIBUTE,
    table::{MODEL_ATTRIBUTE, SCORES_ATTRIBUTE, check_position, check_shape, table_rows},
};
use crate::provenance::Provenance;
use crate::scored::{ScoreLabel, ScoredChunk};
use parquet::{
    basic::{Compression, Encoding},
    errors::ParquetError,
    file::{
        metadata::KeyValue,
        properties::{EnabledStatistics, WriterProperties},
        writer::SerializedFileWriter,
    },
    schema::types::ColumnPath,
};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

/// When a row group ends. Memory holds one at a time.
#[derive(Debug, Clone, Copy)]
struct GroupLimits {
    /// The number of its rows.
    rows: usize,
    /// The bytes of its rows, which are long in tables of thousands of columns.
    bytes: usize,
}

const LIMITS: GroupLimits = GroupLimits { rows: 1 << 17, bytes: 64 << 20 };

/// Writes the rows that a [`TsvSink`](super::TsvSink) writes, with typed columns: positions are 64-bit integers, scores
/// 32-bit floats, all else texts; what a row does not have is null.
///
/// Rows are written in groups of at most 131 072 rows or about 64 MiB, of which memory holds one; besides, it
/// holds the directory that ends the file, less than a kilobyte per row group and column. The file's metadata name the
/// model (`kipos_model`), the version of kipos (`kipos_version`), and the scorer and plugin behind each score
/// (`kipos_scores`, JSON).
pub struct ParquetSink {
    path: PathBuf,
    writer: SerializedFileWriter<Target>,
    options: TableOptions,
    group: ScoreTables,
    limits: GroupLimits,
}

/// The file, until it is taken out of the writer.
pub(super) struct Target(pub(super) Option<AtomicFile>);

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.as_mut().map_or(Ok(0), |file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.as_mut().map_or(Ok(()), AtomicFile::flush)
    }
}

impl ParquetSink {
    /// Starts the file.
    ///
    /// # Errors
    /// The file cannot be made or written.
    pub fn create(output: impl Into<Output>, options: TableOptions) -> Result<Self, SinkError> {
        Self::with_limits(&output.into(), options, LIMITS)
    }

    fn with_limits(output: &Output, options: TableOptions, limits: GroupLimits) -> Result<Self, SinkError> {
        let file = AtomicFile::of(output)?;
        let path = file.path().to_owned();
        let error = |error| write_error(&path, error);
        let schema = schema(options.rows, &options.labels).map_err(error)?;
        let properties = Arc::new(properties(&options));
        let writer = SerializedFileWriter::new(Target(Some(file)), schema, properties).map_err(error)?;
        let group = ScoreTables::new(&options.labels);
        Ok(Self { path, writer, options, group, limits })
    }

    fn write_group(&mut self) -> Result<(), SinkError> {
        if !self.group.is_empty() {
            self.group.settle();
            write_row_group(&mut self.writer, self.options.rows, &self.group)
                .map_err(|error| write_error(&self.path, error))?;
            self.group.clear();
        }
        Ok(())
    }
}

/// Texts recur, so they become dictionaries; positions lie close together, so they become differences; scores do
/// neither. Page statistics, which would stay in memory to the end, are left out.
fn properties(options: &TableOptions) -> WriterProperties {
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_key_value_metadata(Some(run_metadata(&options.model_name, &options.labels, &options.provenance)));
    for column in options.rows.columns() {
        let path = ColumnPath::from(column.name());
        builder = match column.is_number() {
            true => builder.set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
            false => builder.set_column_dictionary_enabled(path, true),
        };
    }
    builder.build()
}

/// Which version, model and plugins a file is from.
pub(super) fn run_metadata(model: &str, labels: &[ScoreLabel], provenance: &Provenance) -> Vec<KeyValue> {
    let about = |key: &str, value: &str| KeyValue::new(key.to_owned(), value.to_owned());
    let mut all = vec![
        about("kipos_version", env!("CARGO_PKG_VERSION")),
        about(MODEL_ATTRIBUTE, model),
        about(SCORES_ATTRIBUTE, &ScoreLabel::origins_json(labels)),
    ];
    all.extend(provenance_metadata(provenance));
    all
}

/// What the results of a run follow from, if that is known.
pub(super) fn provenance_metadata(provenance: &Provenance) -> Option<KeyValue> {
    (!provenance.is_empty()).then(|| KeyValue::new(PROVENANCE_ATTRIBUTE.to_owned(), provenance.to_json()))
}

/// What failed, as the system said it if it was the system.
pub(super) fn write_error(path: &Path, error: ParquetError) -> SinkError {
    let source = match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(source) => *source,
            Err(source) => io::Error::other(source),
        },
        other => io::Error::other(other),
    };
    SinkError::Write { path: path.to_owned(), source }
}

/// Writes what stands at the end of a file, and closes it.
pub(super) fn complete(writer: &mut SerializedFileWriter<Target>, path: &Path) -> Result<PendingFiles, SinkError> {
    writer.finish().map_err(|error| write_error(path, error))?;
    Ok(writer.inner_mut().0.take().map_or_else(PendingFiles::default, PendingFiles::file))
}

impl Sink for ParquetSink {
    fn write(&mut self, chunk: &ScoredChunk) -> Result<(), SinkError> {
        check_shape(&self.path, &self.options.labels, chunk)?;
        for row in table_rows(chunk, self.options.only_scored) {
            check_position(|| self.path.clone(), &row)?;
            self.group.push(&row, &chunk.scores, &self.options);
            if self.group.len() >= self.limits.rows || self.group.bytes() >= self.limits.bytes {
                self.write_group()?;
            }
        }
        Ok(())
    }

    fn complete(mut self: Box<Self>) -> Result<PendingFiles, SinkError> {
        self.write_group()?;
        complete(&mut self.writer, &self.path)
    }
}

#[cfg(test)]
mod tests;
