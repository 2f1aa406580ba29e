//! Loaders: from genomic intervals, or what other programs made of them, to rows.

#[cfg(feature = "hdf5")]
pub mod batch_file;
mod batches;
mod seq_interval;
mod windows;

#[cfg(feature = "hdf5")]
pub use batch_file::BatchFile;
pub use batches::{BatchError, BatchInput, BatchRange, Batches, RangeObject, open_batches};
pub use seq_interval::{LoaderArgError, OneHotArgs, SeqInterval, SequenceEncoding, alphabet_of};
pub use windows::{EdgeRule, WindowError, Windows};
