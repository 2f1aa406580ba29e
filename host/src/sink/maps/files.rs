//! All files of maps of a run.

use super::MapEntry;
#[cfg(feature = "hdf5")]
use super::hdf5::MapHdf5;
use super::npz::MapNpz;
#[cfg(feature = "parquet")]
use super::parquet::MapParquet;
use super::tsv::MapTsv;
use crate::provenance::Provenance;
use crate::scored::ScoreLabel;
use crate::sink::{MapFormat, Sink, SinkError, SinkSet};
use std::path::PathBuf;

/// Opens all files, whose names say the formats, for maps of these scores of `model`, which follow from `provenance`. Pictures, of which only the room of
/// plots knows, are passed over.
///
/// # Errors
/// A name of no format, or a file that cannot be made or written; nothing is left behind then.
pub fn open_map_files(
    paths: &[PathBuf],
    model: &str,
    labels: &[ScoreLabel],
    provenance: &Provenance,
) -> Result<Box<SinkSet<MapEntry>>, SinkError> {
    // No format but these two says whose maps they are.
    #[cfg(not(any(feature = "hdf5", feature = "parquet")))]
    let _ = model;
    let mut sinks: Vec<Box<dyn Sink<MapEntry>>> = Vec::new();
    for path in paths {
        sinks.push(match MapFormat::of(path)? {
            #[cfg(feature = "hdf5")]
            MapFormat::Hdf5 => Box::new(MapHdf5::create(path, model, labels.to_vec(), provenance)?),
            MapFormat::Npz => Box::new(MapNpz::create(path, labels.to_vec(), provenance)?),
            #[cfg(feature = "parquet")]
            MapFormat::Parquet => Box::new(MapParquet::create(path, model, labels, provenance)?),
            MapFormat::Tsv => Box::new(MapTsv::create(path, labels)?),
            MapFormat::Picture(_) => continue,
        });
    }
    let tables = paths.iter().filter(|path| matches!(MapFormat::of(path), Ok(MapFormat::Tsv)));
    Ok(Box::new(SinkSet::new(sinks).with_side_files(tables, provenance)?))
}
