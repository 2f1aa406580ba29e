//! BCF: annotated lines of a VCF, encoded.

mod encode;
mod genotype;
mod guess;
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

pub(super) use output::BcfOutput;
pub use problem::BcfProblem;
