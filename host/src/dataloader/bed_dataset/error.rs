//! What can be wrong with intervals and their labels.

use std::path::PathBuf;

use kipos_plugin_api::DType;
use thiserror::Error;

use crate::genome::RegionError;

/// Why a row cannot be read.
#[derive(Debug, Error)]
pub enum BedError {
    /// No BED file, or no interval.
    #[error(transparent)]
    Interval(#[from] RegionError),
    /// The interval needs more columns.
    #[error(
        "{}:{line}: found {found} columns, expected at least {expected}{}",
        path.display(),
        if *expected == 6 { "; `use_strand` reads the strand from the sixth" } else { "" }
    )]
    TooFewColumns {
        /// The file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// How many there are.
        found: usize,
        /// How many the interval has.
        expected: usize,
    },
    /// The sixth column holds no strand.
    #[error("{}:{line}: invalid strand `{found}` in column 6; expected `+`, `-` or `.`", path.display())]
    Strand {
        /// The file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// What stands there.
        found: String,
    },
    /// Rows differ in their number of columns.
    #[error("{}:{line}: found {found} columns, expected {expected} as in the first row", path.display())]
    Columns {
        /// The file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// How many there are.
        found: usize,
        /// How many the first row has.
        expected: usize,
    },
    /// A label is not of its type.
    #[error(
        "{}:{line}: column {column} is a label of type {dtype}, found `{found}`; correct it, choose another \
         label_dtype, or ignore labels with ignore_targets=true",
        path.display()
    )]
    Label {
        /// The file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// The column, from 1.
        column: usize,
        /// The type of labels.
        dtype: DType,
        /// What stands there.
        found: String,
    },
}
