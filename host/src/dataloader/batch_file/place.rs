//! Places in a file, and what is wrong there.

use crate::dataloader::BatchError;
use std::path::Path;

/// A place in a file, for messages about it.
#[derive(Clone, Copy)]
pub(crate) struct Hdf5Place<'p> {
    pub(crate) path: &'p Path,
    /// Path in the file, from the root.
    pub(crate) place: &'p str,
}

impl Hdf5Place<'_> {
    /// For `map_err` after a call of the HDF5 library.
    pub(crate) fn unread(self) -> impl FnOnce(hdf5::Error) -> BatchError {
        let (path, place) = (self.path.to_owned(), self.place.to_owned());
        move |error| BatchError::Read { path, message: format!("`{place}`: {error}") }
    }

    /// Something other than expected.
    pub(crate) fn layout(self, found: impl AsRef<str>, expected: impl AsRef<str>) -> BatchError {
        self.problem(format!("is {}, expected {}", found.as_ref(), expected.as_ref()))
    }

    /// Something wrong, as a sentence whose subject is the place.
    pub(crate) fn problem(self, problem: String) -> BatchError {
        BatchError::Content { path: self.path.to_owned(), place: self.place.to_owned(), problem }
    }
}
