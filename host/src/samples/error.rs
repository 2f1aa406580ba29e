//! Why samples cannot be read.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::WindowError;
use crate::dataloader::{BatchError, BedError, LoaderArgError};
use crate::genome::{ContigMapError, FastaError, RegionError};

/// Why a sample cannot be read.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum SampleError {
    #[error(transparent)]
    Window(#[from] WindowError),
    #[error(transparent)]
    Batch(#[from] BatchError),
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
#[error("{} provides all inputs of the model, so {} cannot be combined with --batch-file; leave {} out", path.display(), unused.what(), unused.pronoun())]
pub struct UnusedWithBatchFile {
    path: PathBuf,
    unused: Unused,
}

/// The arguments that contradict a file of prepared samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unused {
    /// Arguments of the dataloader, where variants are written into the samples.
    LoaderArgs,
    /// Arguments of the dataloader and names of contigs, where samples are read as they are.
    LoaderArgsAndContigs,
    /// Regions that are samples.
    Regions,
    /// Regions that windows are moved into.
    Restriction,
    /// Windows of another kind.
    Mode,
    /// Windows that are moved.
    Offset,
    /// Alleles that are moved.
    Normalization,
}

impl Unused {
    fn what(self) -> &'static str {
        match self {
            Self::LoaderArgs => "dataloader arguments (--fasta, --seq-length, ...)",
            Self::LoaderArgsAndContigs => {
                "dataloader arguments (--fasta, --intervals, --seq-length, ...) and --contig-map"
            }
            Self::Regions => "--regions",
            Self::Restriction => "--restriction-bed",
            Self::Mode => "--windows other than overlap",
            Self::Offset => "--window-offset",
            Self::Normalization => "--normalize, which reads the genome,",
        }
    }

    fn pronoun(self) -> &'static str {
        match self {
            Self::LoaderArgs | Self::LoaderArgsAndContigs | Self::Regions => "them",
            Self::Restriction | Self::Mode | Self::Offset | Self::Normalization => "it",
        }
    }
}

impl UnusedWithBatchFile {
    /// `unused` contradicts the file at `path`.
    pub(crate) fn new(path: &Path, unused: Unused) -> Self {
        Self { path: path.to_owned(), unused }
    }
}
