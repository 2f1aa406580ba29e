//! Genes of an annotation: what they are called, where they are, and which of them a stretch of the genome overlaps.
//!
//! [`Genes::read`] takes GTF, GFF3 (both 1-based and closed) and a table of seven columns (starts 0-based). What comes out
//! counts as everything else here: 0-based and half-open.

mod choice;
mod error;
mod gene;
mod index;
mod reader;

pub use choice::{GeneChoice, Transcripts};
pub use error::{GenesError, GenesProblem};
pub use gene::Gene;
pub use index::Genes;
