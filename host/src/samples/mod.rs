//! What a model is shown: windows of a genome, intervals of a BED file, or samples that another program has prepared;
//! as rows, or with alleles written into them.

mod alleles;
mod error;
mod genome_alleles;
mod interval_rows;
mod interval_source;
mod place;
mod prepared;
mod prepared_alleles;
mod prepared_rows;
mod rows;
mod windows;

pub(crate) use alleles::{Samples, ShownWindow};
pub(crate) use error::Unused;
pub use error::{IntervalProblem, SampleError, UnusedWithBatchFile};
pub(crate) use genome_alleles::GenomeAlleles;
pub(crate) use interval_rows::IntervalRows;
pub(crate) use prepared_alleles::PreparedAlleles;
pub(crate) use prepared_rows::PreparedRows;
pub(crate) use rows::{Block, Rows, SampleMetadata};
pub use windows::{EdgeRule, WindowError, WindowReader};
