//! Samples that another program's loader has prepared.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kipos_plugin_api::{DType, Tensor};
use thiserror::Error;

use crate::description::SpecialType;
use crate::genome::Strand;

/// An input array of prepared samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchInput {
    /// Its name; empty if the samples have one array without a name.
    pub name: String,
    /// The type of its elements.
    pub dtype: DType,
    /// The shape of one sample.
    pub shape: Vec<usize>,
}

/// What an array besides the inputs is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchPart {
    /// What the loader knows of the answer.
    Targets,
    /// Where a sample comes from, besides its ranges.
    Metadata,
    /// Gradients with respect to the inputs, in files that an earlier run wrote.
    Gradients,
}

/// An array besides the inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchArray {
    /// What it is about.
    pub part: BatchPart,
    /// Its name below that, parted by `/` where arrays are nested; empty if it is the only one and has none.
    pub name: String,
    /// The type of its elements.
    pub dtype: DType,
    /// The shape of one sample.
    pub shape: Vec<usize>,
    /// What its attribute `special_type` says it holds.
    pub special_type: Option<SpecialType>,
}

/// The stretch of the genome that a sample was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRange {
    /// The contig's name.
    pub contig: Arc<str>,
    /// First base, 0-based.
    pub start: i64,
    /// One past the last base, 0-based.
    pub end: i64,
    /// The strand that the sequence was read on.
    pub strand: Strand,
    /// The strand as the loader wrote it: `+`, `-`, `.`, or `*` if it said nothing.
    pub sign: char,
    /// The loader's name for it.
    pub id: Option<Arc<str>>,
    /// Bases of the contig, where the file says: what lies beyond was filled up.
    pub contig_length: Option<i64>,
}

/// Ranges of all samples. Samples whose inputs come from several stretches have several of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangeObject {
    /// The name that inputs refer to as `associated_metadata`.
    pub name: String,
    /// One range per sample.
    pub ranges: Vec<BatchRange>,
}

/// Why prepared samples cannot be read.
#[derive(Debug, Error)]
pub enum BatchError {
    /// A part of the file is not what it should be.
    #[error("{}: `{place}` {problem}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// The path within it.
        place: String,
        /// What was found, and what was expected.
        problem: String,
    },
    /// The file cannot be opened or read.
    #[error("cannot read {}: {message}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the HDF5 library said.
        message: String,
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
}

/// Prepared samples: arrays for a model's inputs, and where in the genome each sample lies.
pub trait Batches: Send {
    /// The file.
    fn path(&self) -> &Path;

    /// The number of samples.
    fn len(&self) -> usize;

    /// The input arrays.
    fn inputs(&self) -> &[BatchInput];

    /// The ranges of the samples.
    fn range_objects(&self) -> &[RangeObject];

    /// One sample of an input: a tensor of one row.
    ///
    /// # Errors
    /// A file that cannot be read.
    fn read(&mut self, input: usize, sample: usize) -> Result<Tensor, BatchError>;

    /// Finds the arrays of these parts, for [`read_other`](Self::read_other); none if there are none.
    ///
    /// # Errors
    /// An array that has not a row for every sample, or is of a type that kipos does not read.
    fn open_others(&mut self, wanted: &[BatchPart]) -> Result<Vec<BatchArray>, BatchError>;

    /// One sample of an array that [`open_others`](Self::open_others) has found: a tensor of one row.
    ///
    /// # Errors
    /// A file that cannot be read.
    fn read_other(&mut self, array: usize, sample: usize) -> Result<Tensor, BatchError>;
}

/// Opens a file of prepared samples: HDF5 as `kipoi preproc` writes it.
///
/// # Errors
/// What is wrong with the file; [`BatchError::NotBuilt`] if kipos was built without HDF5.
pub fn open_batches(path: &Path) -> Result<Box<dyn Batches>, BatchError> {
    #[cfg(feature = "hdf5")]
    return Ok(Box::new(super::BatchFile::open(path)?));
    #[cfg(not(feature = "hdf5"))]
    Err(BatchError::NotBuilt { path: path.to_owned() })
}
