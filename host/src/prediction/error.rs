//! Why a prediction failed.

use std::path::PathBuf;

use thiserror::Error;

use super::{GradientError, LayerError};
use crate::dataloader::{BatchError, BedError, LoaderArgError, WindowError};
use crate::description::SpecError;
use crate::genome::{ContigMapError, FastaError, RegionError};
use crate::model::ModelError;
use crate::predict::PredictError;
use crate::run::{OutputIsInput, ThreadPanicked};
use crate::sink::SinkError;

/// Why a run failed. Nothing new stands under the outputs' names then.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum PredictionError {
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Loader(#[from] LoaderArgError),
    #[error(transparent)]
    Fasta(#[from] FastaError),
    #[error(transparent)]
    Rows(#[from] BedError),
    #[error(transparent)]
    Region(#[from] RegionError),
    #[error(transparent)]
    ContigMap(#[from] ContigMapError),
    #[error(transparent)]
    Interval(#[from] IntervalProblem),
    #[error(transparent)]
    Batches(#[from] BatchError),
    #[error(transparent)]
    UnusedWithBatchFile(#[from] UnusedWithBatchFile),
    #[error(transparent)]
    OutputIsInput(#[from] OutputIsInput),
    #[error(transparent)]
    Layer(#[from] LayerError),
    #[error(transparent)]
    Gradient(#[from] GradientError),
    #[error(transparent)]
    Predict(#[from] PredictError),
    #[error(transparent)]
    Sink(#[from] SinkError),
    #[error(transparent)]
    Thread(#[from] ThreadPanicked),
}

/// An interval that the model cannot be shown.
#[derive(Debug, Error)]
pub enum IntervalProblem {
    /// It cannot be read.
    #[error("{}:{line}: {problem}", path.display())]
    Window {
        /// The file of intervals.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// What is wrong.
        problem: WindowError,
    },
    /// It has another length than the model's input.
    #[error(
        "{}:{line}: the interval has {found} bases, but the model reads {expected}; resize all intervals with \
         --seq-length {expected}",
        path.display()
    )]
    Length {
        /// The file of intervals.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// Bases of the interval.
        found: u64,
        /// Bases that the model reads.
        expected: usize,
    },
    /// It has no base, and keeps its length.
    #[error("{}:{line}: the interval has no bases; resize all intervals with --seq-length", path.display())]
    Empty {
        /// The file of intervals.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
    },
}

/// Arguments that contradict a file of prepared samples.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{} provides all inputs of the model, so dataloader arguments (--fasta, --intervals, --seq-length, ...) and \
     --contig-map cannot be combined with --batch-file; leave them out",
    .0.display()
)]
pub struct UnusedWithBatchFile(pub PathBuf);
