//! Loaders: from genomic intervals, or what other programs made of them, to rows.

mod arguments;
#[cfg(feature = "hdf5")]
pub mod batch_file;
mod batches;
mod bed_dataset;
mod earlier_run;
#[cfg(feature = "hdf5")]
mod hdf5_file;
#[cfg(feature = "hdf5")]
mod map_file;
mod seq_interval;
mod stored_map;
mod windows;

pub use arguments::LoaderArgError;
#[cfg(feature = "hdf5")]
pub use batch_file::BatchFile;
pub use batches::{BatchArray, BatchError, BatchInput, BatchPart, BatchRange, Batches, RangeObject, open_batches};
pub use bed_dataset::{BedArgs, BedDataset, BedError, BedSample};
#[cfg(feature = "hdf5")]
pub(crate) use earlier_run::{MAPS_FORMAT, MODEL_ATTRIBUTE};
pub use earlier_run::{StoredKind, kind_of, open_maps};
#[cfg(feature = "hdf5")]
pub(crate) use hdf5_file::open_hdf5;
#[cfg(feature = "hdf5")]
pub use map_file::MapFile;
pub use seq_interval::{OneHotArgs, SeqInterval, SequenceEncoding, alphabet_of};
pub use stored_map::{StoredMap, StoredMaps, StoredVariant};
pub use windows::{EdgeRule, WindowError, Windows};
pub(crate) use windows::{as_dna, is_too_much};
