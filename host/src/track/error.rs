//! Why there is no track.

use crate::attribution::AxisError;
use crate::dataloader::BatchError;
use crate::internal::InternalError;
use crate::plot::PlotError;
use crate::run::OutputIsInput;
use crate::sink::SinkError;
use crate::stop::Stopped;
use std::path::PathBuf;

/// Why values could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrackError {
    /// A sample has no place in the genome, or several.
    #[error("{} has no genome coordinates for sample {sample}; write it with one range per sample in /metadata", path.display())]
    NoRange {
        /// The file.
        path: PathBuf,
        /// The sample, from 0.
        sample: usize,
    },
    /// Values and bases are not as many.
    #[error("{}: sample {sample} has {values} values for the {bases} bases of its range; a track needs one value per base", path.display())]
    Length {
        /// The file.
        path: PathBuf,
        /// The sample, from 0.
        sample: usize,
        /// Values.
        values: usize,
        /// Bases of its range.
        bases: i64,
    },
    /// The axis of the sequence is not known.
    #[error("{}: input `{input}`: {source}", path.display())]
    Axis {
        /// The file.
        path: PathBuf,
        /// The model input.
        input: String,
        /// What is not known.
        source: AxisError,
    },
    /// What was chosen is not there.
    #[error(transparent)]
    Choice(#[from] PlotError),
    /// The file could not be read.
    #[error(transparent)]
    Read(#[from] BatchError),
    /// The track could not be written.
    #[error(transparent)]
    Write(#[from] SinkError),
    /// A fault of kipos.
    #[error(transparent)]
    Internal(#[from] InternalError),
    /// The track is the file that it is made of.
    #[error(transparent)]
    OutputIsInput(#[from] OutputIsInput),
    /// The run was asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}
