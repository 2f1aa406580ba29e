//! BCF, the binary form of VCF: both ways between its records and the lines of text that they stand for.
//!
//! A BCF holds the text of a VCF's header, then records that name contigs, filters and keys by their number in it and
//! hold values in binary. [`Decoder`] reads it as lines, [`Encoder`] writes it from lines; what is numbered how is in
//! [`Dictionary`], and the binary form of values in `typed`, for both.

mod decode;
mod decoder;
mod dictionary;
mod encode;
mod encoder;
mod error;
mod genotype;
mod guess;
mod header_problem;
mod problem;
mod reserved;
mod samples;
mod schema;
#[cfg(test)]
pub(crate) mod test_header;
#[cfg(test)]
mod tests;
mod typed;
mod values;

pub(super) use decoder::Decoder;
pub(super) use dictionary::{Dictionary, without_index};
pub(crate) use encode::RecordSpan;
pub(crate) use encoder::Encoder;
pub use error::BcfError;
pub use header_problem::HeaderProblem;
pub(crate) use header_problem::{check_added, check_header};
pub use problem::BcfProblem;

/// The first bytes of every BCF of the second version, before its minor version.
pub(super) const MAGIC: [u8; 4] = *b"BCF\x02";

/// The minor version that is written, and that most files have.
const MINOR_VERSION: u8 = 2;
