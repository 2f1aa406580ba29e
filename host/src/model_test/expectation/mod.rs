//! Files of predictions that a model should give.

#[cfg(feature = "hdf5")]
mod hdf5;
mod table;

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::dataloader::BatchError;
use crate::sink::{OutputArray, PredictionFormat, is_compressed};

/// Why an expectation is of no use.
#[derive(Debug, Error)]
pub enum ExpectationError {
    /// Its name says nothing that can be read.
    #[error("unsupported expectation file {} (expected .h5 or .hdf5, with the inputs, or .tsv, without)", path.display())]
    Format {
        /// The file.
        path: PathBuf,
    },
    /// This kipos cannot read HDF5.
    #[error(
        "{} needs a kipos that reads HDF5; build one with `cargo build --release -p kipos-cli --features hdf5` (needs cmake)",
        path.display()
    )]
    NotBuilt {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be opened as HDF5.
    #[error(transparent)]
    Hdf5(#[from] BatchError),
    /// It cannot be read.
    #[error("cannot read {}: {message}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// An array, or a column, that the model gives and the file lacks.
    #[error("{} has no `{name}`, which the model gives; it has {}", path.display(), listed(known))]
    Missing {
        /// The file.
        path: PathBuf,
        /// What is missing.
        name: String,
        /// What it has.
        known: Vec<String>,
    },
    /// An array, or a column, that the model does not give.
    #[error("{} has `{name}`, which the model does not give", path.display())]
    Unknown {
        /// The file.
        path: PathBuf,
        /// What is too much.
        name: String,
    },
    /// Another shape than the model's.
    #[error("{}: `{name}` has rows of shape {found:?}, but the model gives {expected:?}", path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// The array.
        name: String,
        /// The shape of a row in the file.
        found: Vec<usize>,
        /// The shape of a row of the model.
        expected: Vec<usize>,
    },
    /// Another number of samples than were predicted.
    #[error(
        "{} has {found} samples of `{name}`, but {expected} were predicted; it belongs to other samples",
        path.display()
    )]
    Samples {
        /// The file.
        path: PathBuf,
        /// The array or column.
        name: String,
        /// Samples in the file.
        found: usize,
        /// Samples predicted.
        expected: usize,
    },
    /// It says nothing.
    #[error("{} holds no samples, so there is nothing to compare; write a new one with `-o FILE`", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// A cell of a table that is no number.
    #[error("{}:{line}: `{name}` is {text:?}, expected a number", path.display())]
    Cell {
        /// The file.
        path: PathBuf,
        /// Line number, from 1.
        line: usize,
        /// The column.
        name: String,
        /// The cell.
        text: String,
    },
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "no predictions".into() } else { names.join(", ") }
}

/// Checks that a file of this name can be an expectation, in this build.
///
/// # Errors
/// [`ExpectationError::Format`] or [`ExpectationError::NotBuilt`].
pub(super) fn check_format(path: &Path) -> Result<(), ExpectationError> {
    Format::of(path).map(drop)
}

/// Whether a file holds the inputs that belong to its predictions.
///
/// # Errors
/// A file that cannot be read.
pub(super) fn has_inputs(path: &Path) -> Result<bool, ExpectationError> {
    match Format::of(path)? {
        Format::Table => Ok(false),
        #[cfg(feature = "hdf5")]
        Format::Hdf5 => hdf5::has_inputs(path),
    }
}

/// The predictions in a file, output by output, each row-major: as many `samples` of just these arrays, whose places in
/// a list count as much as their names if they are a `list`.
///
/// # Errors
/// A file that cannot be read, or that holds something else.
pub(super) fn read(
    path: &Path,
    outputs: &[OutputArray],
    list: bool,
    samples: usize,
) -> Result<Vec<Vec<f64>>, ExpectationError> {
    match Format::of(path)? {
        Format::Table => table::read(path, outputs, list, samples),
        #[cfg(feature = "hdf5")]
        Format::Hdf5 => hdf5::read(path, outputs, list, samples),
    }
}

/// What an expectation looks like.
enum Format {
    Table,
    #[cfg(feature = "hdf5")]
    Hdf5,
}

impl Format {
    fn of(path: &Path) -> Result<Self, ExpectationError> {
        match PredictionFormat::of(path) {
            Ok(PredictionFormat::Tsv) if !is_compressed(path) => Ok(Self::Table),
            #[cfg(feature = "hdf5")]
            Ok(PredictionFormat::Hdf5) => Ok(Self::Hdf5),
            #[cfg(not(feature = "hdf5"))]
            Err(crate::sink::SinkError::NotBuilt { feature: "hdf5", .. }) => {
                Err(ExpectationError::NotBuilt { path: path.to_owned() })
            }
            _ => Err(ExpectationError::Format { path: path.to_owned() }),
        }
    }
}

/// The outputs with their places in the list in the place of their names.
fn by_place(outputs: &[OutputArray]) -> Vec<OutputArray> {
    outputs.iter().enumerate().map(|(place, leaf)| OutputArray { name: place.to_string(), ..leaf.clone() }).collect()
}

fn unreadable(path: &Path, message: &dyn ToString) -> ExpectationError {
    ExpectationError::Read { path: path.to_owned(), message: message.to_string() }
}
