//! Loaders: from genomic intervals to encoded rows.

mod seq_interval;
mod windows;

pub use seq_interval::{LoaderArgError, OneHotArgs, SeqInterval, SequenceEncoding};
pub use windows::{EdgeRule, WindowError, Windows};
