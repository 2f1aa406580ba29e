//! What can go wrong when a picture is drawn.

use std::path::PathBuf;

use crate::dataloader::BatchError;
use crate::genome::VcfError;
use crate::internal::InternalError;
use crate::run::OutputIsInput;
use crate::sink::SinkError;
use crate::stop::Stopped;

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlotError {
    /// No memory takes so many pixels.
    #[error(
        "a picture of {width} x {height} pixels is too large for PNG; choose a smaller --width or --density, or write .svg"
    )]
    TooLarge {
        /// Pixels of a row.
        width: f64,
        /// Rows.
        height: f64,
    },
    /// A number has no meaning for what it sets.
    #[error("{what} is {value}; choose a number from {least} to {most}")]
    OutOfRange {
        /// What is set.
        what: &'static str,
        /// What was given.
        value: f64,
        /// The least that is understood.
        least: f64,
        /// The most that is understood.
        most: f64,
    },
    /// A part of the picture was asked for that is not there.
    #[error(
        "{what} [{from}, {to}) is not within [{start}, {end}); choose two numbers within it, the smaller one first"
    )]
    Limit {
        /// How it was asked for.
        what: &'static str,
        /// First base or column, 0-based.
        from: i64,
        /// One past the last.
        to: i64,
        /// First one that there is.
        start: i64,
        /// One past the last one that there is.
        end: i64,
    },
    /// Genome coordinates were given for something that does not lie in a genome.
    #[error("{} has no genome coordinates for sample {sample}, which {what} needs; choose columns with --limit-region", path.display())]
    NoRegion {
        /// The file.
        path: PathBuf,
        /// The sample, from 0.
        sample: usize,
        /// What needs to know.
        what: &'static str,
    },
    /// A run that mapped nothing.
    #[error("{} has no maps to draw: the run skipped all windows; its summary said why", path.display())]
    NoMaps {
        /// The file.
        path: PathBuf,
    },
    /// A run that had no samples.
    #[error("{} has no samples to draw", path.display())]
    NoSamples {
        /// The file.
        path: PathBuf,
    },
    /// The file has nothing under that name or number.
    #[error("{} has no {what} `{name}` (known: {})", path.display(), known.join(", "))]
    Unknown {
        /// The file.
        path: PathBuf,
        /// What was asked for.
        what: &'static str,
        /// Its name or number.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// There are several, and none was chosen.
    #[error("{} has more than one {what} ({}); choose one by {option}", path.display(), known.join(", "))]
    Ambiguous {
        /// The file.
        path: PathBuf,
        /// What there are several of.
        what: &'static str,
        /// The option that chooses.
        option: &'static str,
        /// What there is.
        known: Vec<String>,
    },
    /// An array does not have the shape that the picture needs.
    #[error("cannot draw {name}, which has the shape {shape:?}: {problem}")]
    Shape {
        /// The array.
        name: String,
        /// Its shape without the axis of the samples.
        shape: Vec<usize>,
        /// What does not fit, and what to do.
        problem: String,
    },
    /// Values and bases are not of one length: an error of the caller.
    #[error("a map of {columns} columns needs {expected} values in 4 rows and not {found}")]
    MapShape {
        /// Bases.
        columns: usize,
        /// Values that belong to them.
        expected: usize,
        /// Values that were given.
        found: usize,
    },
    /// The variants to mark could not be read.
    #[error(transparent)]
    Variants(#[from] VcfError),
    /// The file could not be read.
    #[error(transparent)]
    Read(#[from] BatchError),
    /// The picture could not be written.
    #[error(transparent)]
    Write(#[from] SinkError),
    /// A fault of kipos.
    #[error(transparent)]
    Internal(#[from] InternalError),
    /// The picture is a file that it is made of.
    #[error(transparent)]
    OutputIsInput(#[from] OutputIsInput),
    /// The run was asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}
