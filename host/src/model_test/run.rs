//! Running the steps of a test, one after the other.

use std::time::Instant;

use super::{ModelTestError, StepOutcome, StepReport, TestModel, TestReport, TestStep};
use crate::error_chain;
use crate::plugin::PluginRegistry;
use crate::request_error::RequestError;
use crate::stop::Stopped;

/// A test that is running.
pub(super) struct Run<'a> {
    pub(super) request: &'a TestModel,
    pub(super) registry: &'a PluginRegistry,
    observe: &'a mut dyn FnMut(&StepReport),
    report: TestReport,
}

/// What a step that did not fail gives, what it says, and everything that it found.
pub(super) enum Done<T> {
    Passed(T, String, Vec<String>),
    Skipped(Option<T>, String),
}

impl<'a> Run<'a> {
    pub(super) fn new(
        request: &'a TestModel,
        registry: &'a PluginRegistry,
        observe: &'a mut dyn FnMut(&StepReport),
    ) -> Self {
        Self { request, registry, observe, report: TestReport::default() }
    }

    /// # Errors
    /// [`Stopped`], unless the test has written its expectation.
    pub(super) fn run(mut self) -> Result<TestReport, Stopped> {
        let directory = self.step(TestStep::Lint, |run| run.lint());
        let directory = directory.as_ref();
        let (expected, unknown) = match directory.map_or(Ok(None), |directory| self.expected(directory)) {
            Ok(expected) => (expected, None),
            Err(error) => (None, Some(error)),
        };
        let samples =
            self.step_with(TestStep::Loader, TestStep::Lint, directory, |run, dir| run.samples(dir, expected.as_ref()));
        let graph = self.step_with(TestStep::Model, TestStep::Lint, directory, |run, directory| run.load(directory));
        let loaded = directory.zip(graph.as_ref());
        let model = self.step_with(TestStep::Schema, TestStep::Model, loaded, |run, (directory, graph)| {
            run.schema(directory, graph, samples.as_ref())
        });
        let missing = if samples.is_none() { TestStep::Loader } else { TestStep::Schema };
        let ready = model.as_ref().zip(samples.as_ref());
        let rows =
            self.step_with(TestStep::Predict, missing, ready, |run, (model, samples)| run.predict(model, samples));
        if self.request.output.is_none() {
            self.step_with(TestStep::Expect, TestStep::Schema, model.as_ref(), |run, model| match unknown {
                Some(error) => Err(error),
                None => run.compare(model, expected.as_ref(), samples.as_ref(), rows.as_ref()),
            });
        }
        let predicted = ready.zip(rows.as_ref());
        if let Some(((model, samples), _)) = predicted.filter(|_| self.request.with_provenance) {
            // What cannot be read now has been read before, and is told of by the step that reads it next.
            self.report.provenance = model.provenance(samples).unwrap_or_default();
        }
        self.step_with(TestStep::BatchSize, TestStep::Predict, predicted, |run, ((model, samples), rows)| {
            run.batch_sizes(model, samples, rows)
        });
        self.step_with(TestStep::Edits, missing, ready, |run, (model, samples)| run.edits(model, samples));
        let runnable = predicted.zip(graph.as_ref());
        self.step_with(TestStep::Variants, TestStep::Predict, runnable, |run, (((model, samples), _), graph)| {
            run.variants(model, samples, graph)
        });
        if let Some(path) = &self.request.output {
            let failed = self.report.steps.iter().find(|report| report.outcome == StepOutcome::Failed);
            let failed = failed.map(|report| report.step);
            let all = predicted.filter(|_| failed.is_none());
            let missing = failed.unwrap_or(TestStep::Predict);
            self.report.written = self.step_with(TestStep::Write, missing, all, |run, ((model, samples), rows)| {
                run.write(path, model, samples, rows)
            });
        }
        if self.request.stop.is_asked() && self.report.written.is_none() {
            return Err(Stopped::after(self.report.steps.len() as u64, "steps", false));
        }
        Ok(self.report)
    }

    /// Runs a step and tells how it ended, unless the test was stopped.
    fn step<T>(&mut self, step: TestStep, run: impl FnOnce(&Self) -> Result<Done<T>, ModelTestError>) -> Option<T> {
        if self.request.stop.is_asked() {
            return None;
        }
        let started = Instant::now();
        let done = run(self);
        if done.is_err() && self.request.stop.is_asked() {
            // The step says that it was stopped, whatever else could be wrong.
            return None;
        }
        let class = done.as_ref().err().map(ModelTestError::class);
        let (value, outcome, message, notes) = match done {
            Ok(Done::Passed(value, message, notes)) => (Some(value), StepOutcome::Passed, message, notes),
            Ok(Done::Skipped(value, message)) => (value, StepOutcome::Skipped, message, Vec::new()),
            Err(error) => (None, StepOutcome::Failed, error_chain(&error), error.notes()),
        };
        let report = StepReport { step, outcome, message, notes, class, elapsed: started.elapsed() };
        (self.observe)(&report);
        self.report.steps.push(report);
        value
    }

    /// Runs a step with what it `needs`, which the step `giver` has made unless it failed.
    fn step_with<N, T>(
        &mut self,
        step: TestStep,
        giver: TestStep,
        needs: Option<N>,
        run: impl FnOnce(&Self, N) -> Result<Done<T>, ModelTestError>,
    ) -> Option<T> {
        self.step(step, |own| match needs {
            Some(needs) => run(own, needs),
            None => Ok(Done::Skipped(None, format!("not run, as it needs `{giver}`"))),
        })
    }
}
