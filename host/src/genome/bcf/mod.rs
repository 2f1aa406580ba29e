//! BCF, the binary form of VCF, read as the lines of text that it stands for.
//!
//! A BCF holds the text of a VCF's header, then records that name contigs, filters and keys by their number in it and
//! hold values in binary. What is numbered how stands in [`Dictionary`], which the writer of BCF shares.

mod decode;
mod decoder;
mod dictionary;
mod error;
mod float;
#[cfg(test)]
mod tests;
mod typed;

pub(super) use decoder::Decoder;
pub(crate) use dictionary::{Dictionary, without_index};
pub use error::BcfError;

/// The first bytes of every BCF of the second version, before its minor version.
pub(crate) const MAGIC: [u8; 4] = *b"BCF\x02";

/// What the records of this crate are written as, and most are: minor version 2.
pub(crate) const MINOR_VERSION: u8 = 2;

/// The float that stands for a missing value.
pub(crate) const FLOAT_MISSING: u32 = 0x7F80_0001;

/// The float after the last value of a vector that is shorter than its room.
pub(crate) const FLOAT_END: u32 = 0x7F80_0002;
