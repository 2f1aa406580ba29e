//! Loaders: from genomic intervals to encoded rows.

#[cfg(feature = "hdf5")]
pub mod batch_file;
mod seq_interval;
mod windows;

pub use seq_interval::{LoaderArgError, OneHotArgs, SeqInterval, SequenceEncoding};
pub use windows::{EdgeRule, WindowError, Windows};
