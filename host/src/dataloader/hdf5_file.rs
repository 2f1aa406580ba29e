//! Opening HDF5 files for reading.

use std::fs;
use std::path::Path;

use super::{BatchError, batch_file::place::Hdf5Place};
use crate::hdf5_call::hdf5_call;

/// Opens a file, with room for chunks of `chunk` bytes if that is more than the library has anyway.
///
/// # Errors
/// The file is missing or no HDF5.
pub(crate) fn open_hdf5(path: &Path, chunk: usize) -> Result<hdf5::File, BatchError> {
    let unreadable = |message: String| BatchError::Read { path: path.to_owned(), message };
    fs::File::open(path).map_err(|error| unreadable(error.to_string()))?;
    let mut options = hdf5::File::with_options();
    options.with_fapl(|access| {
        // Nothing is written: a lock could only fail, as it does on many network file systems.
        access.file_locking(false);
        let default = access.finish().and_then(|list| list.get_chunk_cache());
        match default {
            Ok(default) if default.nbytes < chunk => access.chunk_cache(default.nslots, chunk, default.w0),
            _ => access,
        }
    });
    hdf5_call(path, || options.open(path))
        .map_err(|_| unreadable("it is not an HDF5 file, or it is incomplete".to_owned()))
}

/// The names of all groups and datasets at the root.
pub(crate) fn member_names(path: &Path, file: &hdf5::File) -> Result<Vec<String>, BatchError> {
    hdf5_call(path, || file.member_names()).map_err(Hdf5Place { path, place: "/" }.unread())
}

/// An attribute that is one text of variable length; `None` if there is none like it.
pub(crate) fn text_attribute(path: &Path, owner: &hdf5::Location, name: &str) -> Option<String> {
    hdf5_call(path, || read_text(owner, name))
}

fn read_text(owner: &hdf5::Location, name: &str) -> Option<String> {
    if !owner.attr_names().ok()?.iter().any(|known| known == name) {
        return None;
    }
    owner.attr(name).ok()?.read_scalar::<hdf5::types::VarLenUnicode>().ok().map(|text| text.to_string())
}
