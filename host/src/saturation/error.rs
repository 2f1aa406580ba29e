//! Why all SNVs of stretches cannot be scored.

use std::path::PathBuf;

use thiserror::Error;

use crate::genome::{RegionError, RegionOutside};
use crate::internal::InternalError;
use crate::pipeline::{NothingScored, PlanError};
use crate::predict::PredictError;
use crate::run::ThreadError;
use crate::score::ScoreError;
use crate::setup::SetupError;
use crate::sink::SinkError;
use crate::stop::Stopped;

/// Why all SNVs of stretches cannot be scored. Nothing new stands under the outputs' names then.
#[derive(Debug, Error)]
pub enum SaturateError {
    /// The choices, the descriptions or the model.
    #[error(transparent)]
    Setup(Box<SetupError>),
    /// The stretches.
    #[error(transparent)]
    Regions(#[from] RegionError),
    /// Reading the genome.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Predicting.
    #[error(transparent)]
    Predict(#[from] PredictError),
    /// Scoring.
    #[error(transparent)]
    Score(#[from] ScoreError),
    /// A run that scored nothing and had to.
    #[error(transparent)]
    NothingScored(#[from] NothingScored),
    /// Writing.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// A thread that cannot be started.
    #[error(transparent)]
    Thread(#[from] ThreadError),
    /// A fault of kipos.
    #[error(transparent)]
    Internal(#[from] InternalError),
    /// The run was asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// No stretches.
    #[error("no region given; name regions such as chr1:100-200, or BED files of them")]
    NoRegions,
    /// A stretch of which the genome has nothing.
    #[error(transparent)]
    OutsideContig(#[from] RegionOutside),
    /// A line of a BED file that names a stretch of which the genome has nothing.
    #[error("{}:{line}: {outside}", path.display())]
    LineOutsideContig {
        /// The BED file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// The stretch, and its contig.
        outside: RegionOutside,
    },
    /// Samples that another program prepared.
    #[error(
        "all SNVs of a stretch are read from a genome, but {} holds the samples of another program; leave --batch-file out \
         and give --fasta FILE",
        path.display()
    )]
    Prepared {
        /// The file of the samples.
        path: PathBuf,
    },
    /// Intervals of the dataloader.
    #[error(
        "all SNVs of a stretch are shown in tiles or in windows of their own, so that the dataloader's argument \
         `intervals_file` is not used; name stretches with --regions-file FILE, and leave it out"
    )]
    Intervals,
    /// A dataloader that places its windows itself.
    #[error(
        "the dataloader of this model reads intervals of its own and takes no others; give --windows tiles or --windows \
         centered to place windows elsewhere all the same"
    )]
    OwnIntervals,
    /// Windows that are neither tiles nor centred.
    #[error("windows of this kind do not show every base; choose tiles or centered windows, without --restriction-bed")]
    OtherWindows,
}

impl From<SetupError> for SaturateError {
    fn from(error: SetupError) -> Self {
        Self::Setup(Box::new(error))
    }
}
