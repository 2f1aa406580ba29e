//! Loaders: from genomic intervals, or what other programs made of them, to rows.

mod arguments;
#[cfg(feature = "hdf5")]
pub mod batch_file;
mod batches;
mod bed_dataset;
#[cfg(feature = "hdf5")]
mod hdf5_file;
mod seq_interval;

pub use arguments::LoaderArgError;
#[cfg(feature = "hdf5")]
pub use batch_file::BatchFile;
#[cfg(feature = "hdf5")]
pub use batches::RangeObject;
pub use batches::{BatchArray, BatchError, BatchInput, BatchPart, BatchRange, Batches, open_batches};
pub use bed_dataset::{BedArgs, BedDataset, BedError, BedSample};
#[cfg(feature = "hdf5")]
pub(crate) use hdf5_file::open_hdf5;
pub use seq_interval::{LONGEST_WINDOW, OneHotArgs, SeqInterval, SequenceEncoding, alphabet_of};

/// What reads HDF5 files, for those of other rooms.
#[cfg(feature = "hdf5")]
pub(crate) mod hdf5_tree {
    pub(crate) use super::batch_file::{
        elements::Elements,
        place::Hdf5Place,
        tree::{Branch, Leaf, Node},
    };
    pub(crate) use super::hdf5_file::{member_names, open_hdf5, text_attribute};
}
