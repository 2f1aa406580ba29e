//! All files of one prediction.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::bed::{PredictionBed, has_contig_length};
#[cfg(feature = "hdf5")]
use super::hdf5::PredictionHdf5;
#[cfg(feature = "parquet")]
use super::parquet::PredictionParquet;
use super::text::PredictionTsv;
use super::{ColumnOrder, LeafKind, OutputArray, PredictionRows};
use crate::provenance::Provenance;
use crate::sink::{PendingFiles, PredictionFormat, Sink, SinkError, SinkSet, check_prediction_outputs};

/// Bytes of rows that are collected before they are handed to the files.
const BUFFER: usize = 4 << 20;
/// Columns of a table at most: their names alone take memory, and few programs read as many.
const MOST_COLUMNS: usize = 1 << 20;

/// What files of predictions hold, besides the predictions or gradients, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PredictionOptions {
    /// Also the model's inputs, and the targets of the loader or the batch file.
    pub keep_inputs: bool,
    /// Also where the samples come from: their ranges (0-based, half-open), and all other metadata of a batch file. BED
    /// files say so in any case.
    pub keep_metadata: bool,
    /// The order of the columns of tables.
    pub column_order: ColumnOrder,
}

impl PredictionOptions {
    /// Whether arrays of this kind are kept.
    pub fn keeps(self, kind: LeafKind) -> bool {
        match kind {
            LeafKind::Predictions | LeafKind::Gradients => true,
            LeafKind::Metadata => self.keep_metadata,
            LeafKind::Inputs | LeafKind::Targets => self.keep_inputs,
        }
    }
}

/// Collects rows for a set of files, so that each gets many at once.
pub struct PredictionSinks {
    sinks: Box<SinkSet<PredictionRows>>,
    buffer: PredictionRows,
    /// The first file, for messages.
    path: PathBuf,
}

impl PredictionSinks {
    /// Opens all files, whose names say the formats, for rows of these arrays, which follow from `provenance`.
    ///
    /// # Errors
    /// As [`check_prediction_outputs`], and as the formats give them; nothing is left behind then.
    pub fn open(
        paths: &[PathBuf],
        leaves: &Arc<[OutputArray]>,
        options: PredictionOptions,
        provenance: &Provenance,
    ) -> Result<Self, SinkError> {
        check_prediction_outputs(paths)?;
        let sinks = paths.iter().map(|path| open(path, leaves, options, provenance)).collect::<Result<_, _>>()?;
        let text =
            |path: &&PathBuf| matches!(PredictionFormat::of(path), Ok(PredictionFormat::Tsv | PredictionFormat::Bed));
        let sinks = SinkSet::new(sinks).with_side_files(paths.iter().filter(text), provenance)?;
        // Without files there is none to name.
        let path = paths.first().cloned().unwrap_or_default();
        Ok(Self { sinks: Box::new(sinks), buffer: PredictionRows::new(leaves), path })
    }

    /// Whether any of these files needs to know where samples come from.
    pub fn need_metadata(paths: &[PathBuf]) -> bool {
        paths.iter().any(|path| matches!(PredictionFormat::of(path), Ok(PredictionFormat::Bed)))
    }

    /// Whether any of these files cuts off what lies beyond contigs, and no array says how long those are.
    pub fn need_contig_length(paths: &[PathBuf], leaves: &[OutputArray]) -> bool {
        Self::need_metadata(paths) && !has_contig_length(leaves)
    }

    /// Takes the next rows.
    ///
    /// # Errors
    /// [`SinkError::Shape`] if an array has not as many values as there are rows; [`SinkError::Write`].
    pub fn write(&mut self, rows: &PredictionRows) -> Result<(), SinkError> {
        if !rows.is_whole() {
            let message = format!("arrays that have not all {} rows", rows.len());
            return Err(SinkError::Shape { path: self.path.clone(), message });
        }
        self.buffer.extend(rows);
        if self.buffer.bytes() >= BUFFER {
            self.write_buffer()?;
        }
        Ok(())
    }

    fn write_buffer(&mut self) -> Result<(), SinkError> {
        self.sinks.write(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    /// Completes the files, which then wait to be put under their names.
    ///
    /// # Errors
    /// A [`SinkError`] that names the file.
    pub fn complete(mut self) -> Result<PendingFiles, SinkError> {
        self.write_buffer()?;
        self.sinks.complete()
    }
}

fn open(
    path: &Path,
    leaves: &Arc<[OutputArray]>,
    options: PredictionOptions,
    provenance: &Provenance,
) -> Result<Box<dyn Sink<PredictionRows>>, SinkError> {
    // The others have it in a file of its own.
    #[cfg(not(any(feature = "hdf5", feature = "parquet")))]
    let _ = provenance;
    let kept = leaves.iter().filter(|leaf| options.keeps(leaf.kind));
    let columns = kept.fold(0usize, |columns, leaf| columns.saturating_add(leaf.width()));
    let format = PredictionFormat::of(path)?;
    if format.splits_arrays() && columns > MOST_COLUMNS {
        return Err(SinkError::TooManyColumns { path: path.to_owned(), columns, most: MOST_COLUMNS });
    }
    Ok(match format {
        PredictionFormat::Tsv => Box::new(PredictionTsv::create(path, leaves, options)?),
        PredictionFormat::Bed => Box::new(PredictionBed::create(path, leaves, options)?),
        #[cfg(feature = "parquet")]
        PredictionFormat::Parquet => Box::new(PredictionParquet::create(path, leaves, options, provenance)?),
        #[cfg(feature = "hdf5")]
        PredictionFormat::Hdf5 => Box::new(PredictionHdf5::create(path, leaves, options, provenance)?),
    })
}
