//! What a test found.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::provenance::Provenance;
use crate::request_error::ErrorClass;

/// A step of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TestStep {
    /// The descriptions.
    Lint,
    /// Opening the dataloader with its examples.
    Loader,
    /// Loading the model.
    Model,
    /// The arrays of description, dataloader and graph.
    Schema,
    /// Predicting the examples.
    Predict,
    /// Comparing with the expectation.
    Expect,
    /// Predicting in batches of other sizes.
    BatchSize,
    /// Asking the backend to evaluate edits.
    Edits,
    /// Scoring a few variants.
    Variants,
    /// Writing a new expectation.
    Write,
}

impl TestStep {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lint => "lint",
            Self::Loader => "loader",
            Self::Model => "model",
            Self::Schema => "schema",
            Self::Predict => "predict",
            Self::Expect => "expect",
            Self::BatchSize => "batch size",
            Self::Edits => "edits",
            Self::Variants => "variants",
            Self::Write => "write",
        }
    }
}

impl fmt::Display for TestStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepOutcome {
    /// All is as it should be.
    Passed,
    /// Something is wrong.
    Failed,
    /// There was nothing to do, or a step that is needed for it failed.
    Skipped,
}

impl StepOutcome {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// A step that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReport {
    /// The step.
    pub step: TestStep,
    /// How it ended.
    pub outcome: StepOutcome,
    /// What was done or found, in a sentence.
    pub message: String,
    /// Everything that was found, if that is more than the message says.
    pub notes: Vec<String>,
    /// What has to change for it to pass, if it failed.
    pub class: Option<ErrorClass>,
    /// How long it took.
    pub elapsed: Duration,
}

/// All steps of a test.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TestReport {
    /// The steps, in the order in which they ended.
    pub steps: Vec<StepReport>,
    /// The new expectation, if one was written.
    pub written: Option<WrittenExpectation>,
    /// What the results follow from: versions, and digests of files. Empty unless
    /// [`with_provenance`](super::TestModel::with_provenance) asks for it and the model and its samples could be opened.
    pub provenance: Provenance,
}

/// A new expectation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenExpectation {
    /// The file.
    pub path: PathBuf,
    /// The section of model.yaml that names it.
    pub yaml: String,
}

impl TestReport {
    /// Whether no step failed.
    pub fn passed(&self) -> bool {
        self.count(StepOutcome::Failed) == 0
    }

    /// What has to change first, if a step failed.
    pub fn class(&self) -> Option<ErrorClass> {
        self.steps.iter().find_map(|report| report.class)
    }

    /// The number of steps that ended so.
    pub fn count(&self, outcome: StepOutcome) -> usize {
        self.steps.iter().filter(|report| report.outcome == outcome).count()
    }
}
