//! BCF: annotated lines of a VCF, encoded.

mod encode;
mod genotype;
mod guess;
mod header_problem;
mod index;
mod output;
mod problem;
mod reserved;
mod samples;
mod schema;
#[cfg(test)]
mod tests;
mod typed;
mod values;

pub use header_problem::HeaderProblem;
pub(super) use header_problem::{check_added, check_header};
pub(super) use output::BcfOutput;
pub use problem::BcfProblem;
