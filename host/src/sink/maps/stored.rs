//! Mutation maps that an earlier run wrote.

#[cfg(feature = "hdf5")]
use super::MapFile;
use crate::dataloader::BatchError;
use std::path::Path;

/// A map of one entry, model input, score and task.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredMap {
    /// The contig.
    pub contig: String,
    /// Bases of the contig, if that is known: what lies beyond was filled up.
    pub contig_length: Option<i64>,
    /// First base, 0-based.
    pub start: i64,
    /// The sequence as the genome holds it, forward.
    pub sequence: String,
    /// Four rows (A, C, G, T) of a value per base of the sequence.
    pub values: Vec<f32>,
    /// The variants that the map was asked for.
    pub variants: Vec<StoredVariant>,
}

/// A variant that a map was asked for: one ALT of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredVariant {
    /// First base of REF, 0-based.
    pub start: i64,
    /// REF.
    pub reference: String,
    /// ALT.
    pub alternate: String,
    /// The record's ID.
    pub id: String,
}

/// Mutation maps of a run.
///
/// They lie in groups: entry, model input, score, task.
pub trait StoredMaps: Send {
    /// The file, or what stands for one in messages.
    fn path(&self) -> &Path;

    /// The model of the run, if that is known.
    fn model(&self) -> Option<String>;

    /// How many entries there are.
    fn len(&self) -> usize;

    /// Whether there are no entries.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What lies in an entry below the names in `path`: model inputs, below one of these scores, below one of these tasks.
    ///
    /// # Errors
    /// The file cannot be read, or has no such names.
    fn names(&self, entry: usize, path: &[&str]) -> Result<Vec<String>, BatchError>;

    /// A map.
    ///
    /// # Errors
    /// The file cannot be read, has no such map, or one of another layout.
    fn read(&self, entry: usize, input: &str, score: &str, task: &str) -> Result<StoredMap, BatchError>;
}

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
