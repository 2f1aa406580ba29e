//! Why files of parts cannot be joined.

use crate::genome::VcfError;
use crate::sink::SinkError;
use crate::stop::Stopped;
use std::{
    io,
    path::{Path, PathBuf},
};

/// Why files of the parts of a run cannot be joined.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JoinError {
    /// A part cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The part.
        path: PathBuf,
        /// What the system or a library said.
        source: io::Error,
    },
    /// A part that breaks off.
    #[error("{} is not complete: {what}; remove it and run its shard again", path.display())]
    NotComplete {
        /// The part.
        path: PathBuf,
        /// What is missing.
        what: &'static str,
    },
    /// Headers that differ.
    #[error(
        "{} is not of the same run as {}: line {line} of its header is {found}, not {expected}; run its shard again with \
         the same options, model and files",
        path.display(), first.display()
    )]
    Header {
        /// The part.
        path: PathBuf,
        /// The first part.
        first: PathBuf,
        /// The line that differs, from 1.
        line: usize,
        /// What it has.
        found: String,
        /// What the first part has.
        expected: String,
    },
    /// Parts that follow from different things.
    #[error(
        "{} is not of the same run as {}: they differ in {difference}; run its shard again with the same options, model and \
         files",
        path.display(), first.display()
    )]
    Provenance {
        /// The part.
        path: PathBuf,
        /// The first part.
        first: PathBuf,
        /// In what.
        difference: String,
    },
    /// Parts of different layouts.
    #[error(
        "{} is not of the same run as {}: its {what} differ; run its shard again with the same options, model and files",
        path.display(), first.display()
    )]
    Layout {
        /// The part.
        path: PathBuf,
        /// The first part.
        first: PathBuf,
        /// What differs.
        what: String,
    },
    /// A part whose rows are numbered.
    #[error(
        "{} numbers its rows in `{column}`, from 0 in each shard, so that merged rows would share numbers; read the files of the \
         shards one by one, or write predictions without --keep-metadata",
        path.display()
    )]
    Numbered {
        /// The part.
        path: PathBuf,
        /// The column.
        column: String,
    },
    /// The index beside a part is that of another file.
    #[error("the index {} does not match {}; remove both and run the shard again", index.display(), path.display())]
    Index {
        /// The index.
        index: PathBuf,
        /// The part.
        path: PathBuf,
    },
    /// A file of variants.
    #[error(transparent)]
    Vcf(#[from] VcfError),
    /// The output.
    #[error(transparent)]
    Sink(SinkError),
    /// It was asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl JoinError {
    pub(super) fn read(path: &Path, source: io::Error) -> Self {
        Self::Read { path: path.to_owned(), source }
    }
}
