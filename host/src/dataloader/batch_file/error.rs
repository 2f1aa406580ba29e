//! What can be wrong with a batch file.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Why a batch file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BatchFileError {
    /// The file cannot be opened.
    #[error("cannot open the batch file {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is no HDF5 file, or a broken one.
    #[error("cannot read {} as HDF5; is it complete, and written by `kipoi preproc` or h5py?", path.display())]
    NotHdf5 {
        /// The file.
        path: PathBuf,
        /// What the HDF5 library said.
        source: hdf5::Error,
    },
    /// Something in the file cannot be read.
    #[error("{}: cannot read `{place}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The group or dataset, by its path in the file.
        place: String,
        /// What the HDF5 library said.
        source: hdf5::Error,
    },
    /// Something in the file is not as it must be.
    #[error("{}: `{place}` is {found}, expected {expected}", path.display())]
    Layout {
        /// The file.
        path: PathBuf,
        /// The group, dataset or element, by its path in the file.
        place: String,
        /// What is there.
        found: String,
        /// What should be there.
        expected: String,
    },
    /// A range ends before it starts.
    #[error("{}: `{place}`: end {end} of range {row} lies before its start {start}; swap them", path.display())]
    Reversed {
        /// The file.
        path: PathBuf,
        /// The range object, by its path in the file.
        place: String,
        /// The range, from 0.
        row: usize,
        /// First base, 0-based.
        start: i64,
        /// One past the last base, 0-based.
        end: i64,
    },
    /// The caller asked for an input or a sample that is not in the file.
    #[error("{}: there is no {what} {index} among {known}", path.display())]
    NoSuch {
        /// The file.
        path: PathBuf,
        /// `input` or `sample`.
        what: &'static str,
        /// The index that was asked for, from 0.
        index: usize,
        /// How many there are.
        known: usize,
    },
}

/// A place in a file, for messages about it.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    pub(super) path: &'p Path,
    /// Path in the file, from the root.
    pub(super) place: &'p str,
}

impl Place<'_> {
    /// For `map_err` after a call of the HDF5 library.
    pub(super) fn unread(self) -> impl FnOnce(hdf5::Error) -> BatchFileError {
        let (path, place) = (self.path.to_owned(), self.place.to_owned());
        move |source| BatchFileError::Read { path, place, source }
    }

    /// Something other than expected.
    pub(super) fn layout(self, found: impl Into<String>, expected: impl Into<String>) -> BatchFileError {
        let (path, place) = (self.path.to_owned(), self.place.to_owned());
        BatchFileError::Layout { path, place, found: found.into(), expected: expected.into() }
    }
}
