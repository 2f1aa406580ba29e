//! Loaders: from genomic intervals, or what other programs made of them, to rows.

mod arguments;
#[cfg(feature = "hdf5")]
pub mod batch_file;
mod batches;
mod bed_dataset;
#[cfg(feature = "hdf5")]
mod hdf5_file;
mod seq_interval;
mod stored_map;

pub use arguments::LoaderArgError;
#[cfg(feature = "hdf5")]
pub use batch_file::BatchFile;
pub use batches::{BatchArray, BatchError, BatchInput, BatchPart, BatchRange, Batches, RangeObject, open_batches};
pub use bed_dataset::{BedArgs, BedDataset, BedError, BedSample};
#[cfg(feature = "hdf5")]
pub(crate) use hdf5_file::open_hdf5;
pub use seq_interval::{OneHotArgs, SeqInterval, SequenceEncoding, alphabet_of};
pub use stored_map::{StoredMap, StoredMaps, StoredVariant};
