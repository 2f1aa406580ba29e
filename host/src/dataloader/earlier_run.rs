//! Files that an earlier run wrote, told from one another.

use super::{BatchError, StoredMaps};
#[cfg(feature = "hdf5")]
use super::{
    MapFile,
    batch_file::place::Place,
    hdf5_file::{member_names, open_hdf5, text_attribute},
};
use std::path::Path;

/// The root attribute `format` of a file of mutation maps.
#[cfg(feature = "hdf5")]
pub(crate) const MAPS_FORMAT: &str = "kipos-mutation-maps";

/// The root attribute that names the model of a run.
#[cfg(feature = "hdf5")]
pub(crate) const MODEL_ATTRIBUTE: &str = "kipos_model";

/// Opens a file of mutation maps: HDF5 as `kipos mutation-map` writes it.
///
/// # Errors
/// What is wrong with the file; [`BatchError::NotBuilt`] if kipos was built without HDF5.
pub fn open_maps(path: &Path) -> Result<Box<dyn StoredMaps>, BatchError> {
    #[cfg(feature = "hdf5")]
    return Ok(Box::new(MapFile::open(path)?));
    #[cfg(not(feature = "hdf5"))]
    Err(BatchError::NotBuilt { path: path.to_owned() })
}

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
pub fn kind_of(path: &Path) -> Result<StoredKind, BatchError> {
    let file = open_hdf5(path, 0)?;
    let names = member_names(path, &file)?;
    let has = |name: &str| names.iter().any(|other| other == name);
    if has("grads") {
        Ok(StoredKind::Gradients)
    } else if has("_list_0") || text_attribute(&file, "format").as_deref() == Some(MAPS_FORMAT) {
        Ok(StoredKind::Maps)
    } else {
        Err(Place { path, place: "/" }.layout("without `grads` and `_list_0`", "gradients or mutation maps"))
    }
}

/// Tells gradients from mutation maps.
///
/// # Errors
/// [`BatchError::NotBuilt`].
#[cfg(not(feature = "hdf5"))]
pub fn kind_of(path: &Path) -> Result<StoredKind, BatchError> {
    Err(BatchError::NotBuilt { path: path.to_owned() })
}
