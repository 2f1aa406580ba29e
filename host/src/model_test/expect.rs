//! Comparing the predictions of a test with those that the model should give.

use std::path::PathBuf;

use kipos_plugin_api::Structure;

use super::comparison::{Tolerance, compare, predictions};
use super::model::Model;
use super::run::{Done, Run};
use super::{ExpectationError, ModelTestError, TestExpectation, TestStep, expectation};
use crate::counted::Counted;
use crate::description::{ExpectedFile, ModelDir};
use crate::prediction::Predict;
use crate::sink::{LeafKind, OutputArray, PredictionRows};

/// The file that predictions are compared with.
pub(super) struct Expected {
    pub(super) path: PathBuf,
    decimals: u32,
}

impl Run<'_> {
    /// What the predictions are compared with.
    ///
    /// # Errors
    /// A file that the description names by an address, and that is not there or is another one.
    pub(super) fn expected(&self, directory: &ModelDir) -> Result<Option<Expected>, ModelTestError> {
        let test = &directory.model().test;
        let path = match (&self.request.expect, &test.expect) {
            (TestExpectation::Nothing, _) | (TestExpectation::Described, None) => return Ok(None),
            (TestExpectation::File(path), _) => path.clone(),
            (TestExpectation::Described, Some(ExpectedFile::Path(path))) => directory.path().join(path),
            (TestExpectation::Described, Some(ExpectedFile::Remote(remote))) => {
                remote.check().map_err(ModelTestError::RemoteExpectation)?;
                remote.file.clone()
            }
        };
        Ok(Some(Expected { path, decimals: test.precision_decimal }))
    }

    /// Compares the predictions with the expectation: of the inputs in it, if it has any, else of the examples.
    pub(super) fn compare(
        &self,
        model: &Model<'_>,
        expected: Option<&Expected>,
        samples: Option<&Predict>,
        rows: Option<&PredictionRows>,
    ) -> Result<Done<()>, ModelTestError> {
        let Some(Expected { path, decimals }) = expected else {
            let message = match self.request.expect {
                TestExpectation::Nothing => "not wanted",
                _ => "model.yaml names no `test.expect`; write one with `-o FILE.h5`",
            };
            return Ok(Done::Skipped(None, message.into()));
        };
        let is_source = samples.is_some_and(|samples| samples.samples.batch_file.as_ref() == Some(path));
        let own;
        let (rows, whose) = match (rows, expectation::has_inputs(path)?) {
            (Some(rows), _) if is_source => (rows, "its inputs"),
            (_, true) => {
                own = model.predict(&self.stored_samples(path))?;
                (&own, "its inputs")
            }
            (Some(rows), false) => (rows, "the examples"),
            (None, false) => return Ok(Done::Skipped(None, format!("not run, as it needs `{}`", TestStep::Predict))),
        };
        if rows.is_empty() {
            return Err(ExpectationError::Empty { path: path.clone() }.into());
        }
        let is_list = model.directory.model().targets_structure == Structure::List;
        let outputs = prediction_leaves(rows);
        let values = expectation::read(path, &outputs, is_list, rows.len())?;
        let tolerance = Tolerance::Decimals(*decimals);
        let comparison = compare(&model.outputs, &predictions(rows), &values, tolerance);
        match comparison.worst {
            Some(worst) if comparison.differing > 0 => Err(ModelTestError::Unexpected {
                path: path.clone(),
                differing: comparison.differing,
                values: comparison.values,
                allowed: tolerance.limit(0.0),
                worst,
            }),
            worst => {
                let message = format!(
                    "{} for {whose} as in {}, to {}{}",
                    Counted(comparison.values, "value"),
                    path.display(),
                    Counted(*decimals, "decimal"),
                    worst.map_or(String::new(), |worst| format!(" (largest difference {:.1e})", worst.size()))
                );
                Ok(Done::Passed((), message, Vec::new()))
            }
        }
    }
}

fn prediction_leaves(rows: &PredictionRows) -> Vec<OutputArray> {
    rows.leaves().iter().filter(|leaf| leaf.kind == LeafKind::Predictions).cloned().collect()
}
