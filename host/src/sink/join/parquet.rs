//! Parquet: row groups are copied as they are.

use super::{JoinError, Joined, RowPlace, numbered::refuse_numbered};
use crate::{
    provenance::Provenance,
    sink::{
        AtomicFile, RowColumn,
        parquet::{Target, complete, write_error},
        stored_provenance::PROVENANCE_ATTRIBUTE,
    },
    stop::Stop,
};
use parquet::{
    column::writer::ColumnCloseResult,
    errors::ParquetError,
    file::{
        metadata::{KeyValue, ParquetMetaData, ParquetMetaDataReader},
        properties::WriterProperties,
        statistics::Statistics,
        writer::SerializedFileWriter,
    },
};
use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Joins files of Parquet.
pub(super) fn join(parts: &[PathBuf], output: &Path, stop: &Stop) -> Result<Joined, JoinError> {
    let [first, ..] = parts else { return Err(JoinError::read(output, io::ErrorKind::NotFound.into())) };
    let (_, expected) = open(first)?;
    let about = expected.file_metadata();
    refuse_numbered(first, about.schema().get_fields().iter().map(|field| field.name()))?;
    let properties = WriterProperties::builder().set_key_value_metadata(about.key_value_metadata().cloned());
    let properties = Arc::new(properties.set_offset_index_disabled(true).build());
    let target = Target(Some(AtomicFile::create(output)?));
    let failed = |error| write_error(output, error);
    let mut writer =
        SerializedFileWriter::new(target, about.schema_descr().root_schema_ptr(), properties).map_err(failed)?;
    let mut rows = Vec::new();
    for part in parts {
        let (file, metadata) = open(part)?;
        compare((part, &metadata), (first, &expected))?;
        for group in metadata.row_groups() {
            stop.check()?;
            let mut copy = writer.next_row_group().map_err(failed)?;
            for column in group.columns() {
                let column = ColumnCloseResult {
                    bytes_written: u64::try_from(column.compressed_size()).unwrap_or_default(),
                    rows_written: u64::try_from(group.num_rows()).unwrap_or_default(),
                    metadata: column.clone(),
                    bloom_filter: None,
                    column_index: None,
                    offset_index: None,
                };
                copy.append_column(&file, column).map_err(failed)?;
            }
            copy.close().map_err(failed)?;
        }
        rows.push(u64::try_from(metadata.file_metadata().num_rows()).ok());
    }
    Ok(Joined { pending: complete(&mut writer, output)?, rows })
}

fn open(path: &Path) -> Result<(File, ParquetMetaData), JoinError> {
    let unread = |error: ParquetError| JoinError::read(path, io::Error::other(error));
    let file = File::open(path).map_err(|source| JoinError::read(path, source))?;
    let metadata = ParquetMetaDataReader::new().parse_and_finish(&file).map_err(unread)?;
    Ok((file, metadata))
}

fn compare(part: (&Path, &ParquetMetaData), first: (&Path, &ParquetMetaData)) -> Result<(), JoinError> {
    let (own, expected) = (part.1.file_metadata(), first.1.file_metadata());
    let layout =
        |what: &str| JoinError::Layout { path: part.0.to_owned(), first: first.0.to_owned(), what: what.to_owned() };
    if own.schema() != expected.schema() {
        return Err(layout("columns"));
    }
    let (own, expected) = (own.key_value_metadata(), expected.key_value_metadata());
    if own == expected {
        return Ok(());
    }
    let told = |about: Option<&Vec<KeyValue>>| {
        let text = about?.iter().find(|about| about.key == PROVENANCE_ATTRIBUTE)?.value.as_deref()?;
        Provenance::from_json(text)
    };
    let difference = told(own).zip(told(expected)).and_then(|(own, expected)| own.difference(&expected));
    Err(match difference {
        Some(difference) => JoinError::Provenance { path: part.0.to_owned(), first: first.0.to_owned(), difference },
        None => layout("metadata"),
    })
}

/// The ends of each row group that has one contig, if the rows are of variants.
pub(super) fn row_places(path: &Path) -> Result<Vec<RowPlace>, JoinError> {
    let (_, metadata) = open(path)?;
    let mut places = Vec::new();
    for group in metadata.row_groups() {
        let statistics = |name: &str| {
            let column = group.columns().iter().find(|column| column.column_path().string() == name)?;
            column.statistics()
        };
        let (Some(Statistics::ByteArray(contigs)), Some(Statistics::Int64(positions))) =
            (statistics(RowColumn::Chrom.name()), statistics(RowColumn::Pos.name()))
        else {
            continue;
        };
        let exact = contigs.min_is_exact() && contigs.max_is_exact();
        let contig = contigs.min_opt().filter(|least| exact && Some(*least) == contigs.max_opt());
        let contig = contig.and_then(|contig| contig.as_utf8().ok());
        for pos in [positions.min_opt(), positions.max_opt()] {
            let pos = pos.and_then(|pos| u64::try_from(*pos).ok());
            places.extend(contig.zip(pos).map(|(contig, pos)| RowPlace { contig: contig.to_owned(), pos }));
        }
    }
    Ok(places)
}
