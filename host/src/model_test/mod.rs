//! Testing a model: whether its descriptions, its files and the examples of its dataloader work together, and whether
//! its predictions are those that it should give.

mod batch_sizes;
mod comparison;
mod constant;
mod declared_scale;
mod error;
mod example_variants;
mod examples;
mod expect;
mod expectation;
mod model;
mod precision;
mod report;
mod run;
mod steps;
mod variants;

use std::path::PathBuf;

use crate::internal::caught;
use crate::plugin::PluginRegistry;
use crate::request::{ModelChoice, SampleChoice};
use crate::samples::EdgeRule;
use crate::sink::{ColumnOrder, check_prediction_outputs};
use crate::stop::Stop;
pub use comparison::ExpectationDifference;
pub use error::{ModelTestError, OutputProblem};
pub use expectation::ExpectationError;
pub use report::{StepOutcome, StepReport, TestReport, TestStep, WrittenExpectation};
use run::Run;

/// A request to test a model. Fill in what differs from the defaults of [`TestModel::new`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TestModel {
    /// The model and its engine.
    pub model: ModelChoice,
    /// The samples, over the examples of the dataloader.
    pub samples: SampleChoice,
    /// What the predictions are compared with. Default: [`TestExpectation::Described`].
    pub expect: TestExpectation,
    /// A file to write as a new expectation, if every step passes; nothing is compared then. HDF5 holds the inputs too.
    /// Default: none.
    pub output: Option<PathBuf>,
    /// Also write where the samples come from into this file. Default: false.
    pub keep_metadata: bool,
    /// The order of the columns of this file, if it is a table. Default: [`ColumnOrder::Natural`].
    pub column_order: ColumnOrder,
    /// Also tell what the results follow from, for which all files are read once. Default: false.
    pub with_provenance: bool,
    /// What asks the test to stop. Default: nobody.
    pub stop: Stop,
}

/// What the predictions of a test are compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestExpectation {
    /// The file that model.yaml names, if it names one.
    Described,
    /// This file.
    File(PathBuf),
    /// Nothing.
    Nothing,
}

impl TestModel {
    /// A request with the defaults: an interval that leaves its contig is an error, and predictions are compared with the
    /// expectation of the description.
    pub fn new(model: impl Into<PathBuf>) -> Self {
        Self {
            model: ModelChoice::new(model),
            samples: SampleChoice::new(EdgeRule::Error),
            expect: TestExpectation::Described,
            output: None,
            keep_metadata: false,
            column_order: ColumnOrder::Natural,
            with_provenance: false,
            stop: Stop::new(),
        }
    }

    /// Runs all steps that can be run; `observe` is told of each as it ends. A step that fails is no error of this
    /// function: see [`TestReport::passed`].
    ///
    /// # Errors
    /// An output that cannot be written, which is told before anything runs, or [`OutputProblem::Stopped`].
    pub fn run(
        &self,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(&StepReport),
    ) -> Result<TestReport, OutputProblem> {
        if let Some(path) = &self.output {
            check_prediction_outputs(std::slice::from_ref(path))?;
            expectation::check_format(path)?;
            if path.exists() {
                return Err(OutputProblem::Exists { path: path.clone() });
            }
        }
        Ok(caught(|| Run::new(self, registry, observe).run())??)
    }
}
