//! Why a step of a test failed.

use std::path::PathBuf;

use thiserror::Error;

use super::comparison::ExpectationDifference;
use super::expectation::ExpectationError;
use crate::description::SpecError;
use crate::internal::InternalError;
use crate::lint::LintError;
use crate::model::ModelError;
use crate::pipeline::ScoreVariantsError;
use crate::plugin::PluginCallError;
use crate::prediction::PredictionError;
use crate::sink::SinkError;
use crate::stop::Stopped;

/// Why a step failed.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum ModelTestError {
    /// Several things, each in a sentence.
    #[error("{}", summary(.0))]
    Problems(Vec<String>),
    /// The only thing that is wrong with the descriptions.
    #[error(transparent)]
    Lint(Box<LintError>),
    /// A description that cannot be used.
    #[error("{0}")]
    Description(SpecError),
    /// The dataloader cannot be tried.
    #[error(
        "the dataloader cannot be tried without {}; describe {} with an `example` in `args` of {}, or give \
         --dataloader-args",
        .missing.join(" and "),
        if .missing.len() == 1 { "it" } else { "them" },
        .file.display()
    )]
    NoExample {
        /// The arguments.
        missing: Vec<&'static str>,
        /// The file that should have examples.
        file: PathBuf,
    },
    /// Nothing to predict.
    #[error("no samples to predict; give the dataloader examples that hold samples")]
    NoSamples,
    /// An expectation at an address, of which there is no copy or another one.
    #[error("{0}; or compare with another file (--expect) or none (--skip-expect)")]
    RemoteExpectation(SpecError),
    /// Predictions that are not those of the expectation.
    #[error(
        "{differing} of {values} values differ from {} by {allowed:e} or more, the worst in {worst}",
        path.display()
    )]
    Unexpected {
        /// The expectation.
        path: PathBuf,
        /// Values that differ.
        differing: usize,
        /// All values.
        values: usize,
        /// What they must differ less than.
        allowed: f64,
        /// The worst of them.
        worst: ExpectationDifference,
    },
    /// Predictions that depend on the batch.
    #[error(
        "{differing} of {values} values change in batches of {rows} instead of {expected}, the worst in {worst}; something \
         in the graph mixes the samples of a batch"
    )]
    BatchSize {
        /// Samples per call.
        rows: usize,
        /// Samples per call of the predictions that they are compared with.
        expected: usize,
        /// Values that differ.
        differing: usize,
        /// All values.
        values: usize,
        /// The worst of them.
        worst: ExpectationDifference,
    },
    #[error(transparent)]
    Prediction(Box<PredictionError>),
    #[error(transparent)]
    Model(Box<ModelError>),
    #[error(transparent)]
    Plugin(#[from] PluginCallError),
    #[error(transparent)]
    Expectation(#[from] ExpectationError),
    #[error(transparent)]
    Variants(Box<ScoreVariantsError>),
}

impl From<PredictionError> for ModelTestError {
    fn from(error: PredictionError) -> Self {
        Self::Prediction(Box::new(error))
    }
}

impl From<ModelError> for ModelTestError {
    fn from(error: ModelError) -> Self {
        Self::Model(Box::new(error))
    }
}

/// Why a test cannot be run: its new expectation cannot be written, or kipos has a bug.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum OutputProblem {
    #[error(transparent)]
    Sink(#[from] SinkError),
    #[error(transparent)]
    Format(#[from] ExpectationError),
    /// It would replace another file.
    #[error("{} exists; an expectation is never overwritten, so remove it first or name another file", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    #[error(transparent)]
    Internal(#[from] InternalError),
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

fn summary(problems: &[String]) -> String {
    match problems {
        [only] => only.clone(),
        all => format!("{} errors", all.len()),
    }
}

impl ModelTestError {
    /// Everything that is wrong, if that is more than the message says.
    pub(super) fn notes(&self) -> Vec<String> {
        match self {
            Self::Problems(problems) if problems.len() > 1 => problems.clone(),
            _ => Vec::new(),
        }
    }
}
