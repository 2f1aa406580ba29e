//! Files that an earlier run wrote, told from one another.

#[cfg(feature = "hdf5")]
use super::layout::{FORMAT, entry_group};
use crate::dataloader::BatchError;
#[cfg(feature = "hdf5")]
use crate::{
    dataloader::hdf5_tree::{Hdf5Place, member_names, open_hdf5, text_attribute},
    sink::LeafKind,
};
use std::path::Path;

/// What a file of an earlier run holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredKind {
    /// `/grads`.
    Gradients,
    /// `/_list_0`; nothing, if the run mapped nothing.
    Maps,
}

/// Tells gradients from mutation maps.
///
/// # Errors
/// The file is neither, or cannot be read; [`BatchError::NotBuilt`] if kipos was built without HDF5.
#[cfg(feature = "hdf5")]
pub fn stored_kind(path: &Path) -> Result<StoredKind, BatchError> {
    let file = open_hdf5(path, 0)?;
    let names = member_names(path, &file)?;
    let has = |name: &str| names.iter().any(|other| other == name);
    if has(LeafKind::Gradients.name()) {
        Ok(StoredKind::Gradients)
    } else if has(&entry_group(0)) || text_attribute(path, &file, "format").as_deref() == Some(FORMAT) {
        Ok(StoredKind::Maps)
    } else {
        Err(Hdf5Place { path, place: "/" }.layout("without `grads` and `_list_0`", "gradients or mutation maps"))
    }
}

/// Tells gradients from mutation maps.
///
/// # Errors
/// [`BatchError::NotBuilt`].
#[cfg(not(feature = "hdf5"))]
pub fn stored_kind(path: &Path) -> Result<StoredKind, BatchError> {
    Err(BatchError::NotBuilt { path: path.to_owned() })
}
