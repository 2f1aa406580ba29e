//! `model test`: each step with a tick as it ends.

use std::io::{self, Write};
use std::path::PathBuf;

use super::error::{BadModel, CliResult, UsageError};
use super::model_test_args::ModelTestArgs;
use super::predict::choices;
use super::reporter::Reporter;
use super::run_results::of_test;
use super::standard_output::standard_output;
use super::stopping::stop;
use super::test_report::{self, ReportFormat, TestedModel};
use kipos::{PluginRegistry, StepOutcome, StepReport, TestExpectation, TestModel, TestStep, sweep_partial_files};

/// `kipos model test`: fails if a step does.
pub fn run(args: ModelTestArgs, model: PathBuf, registry: &PluginRegistry, reporter: &mut Reporter) -> CliResult {
    let (as_json, path) = (args.json, args.report.clone());
    if let Some(path) = &path {
        ReportFormat::of(path)?;
    }
    let request = request(args, model)?;
    if let Some(warning) = sweep_partial_files(request.output.as_slice()) {
        reporter.warn(warning);
    }
    let mut out = standard_output();
    let mut written = Ok(());
    let report = request.run(registry, &mut |step| {
        if !as_json && written.is_ok() {
            written = write_step(&mut out, step);
        }
    })?;
    written?;
    let outputs = report.written.iter().map(|written| written.path.display().to_string());
    let outputs: Vec<String> = outputs.chain(path.iter().map(|path| path.display().to_string())).collect();
    reporter.remember(of_test(&report), &outputs);
    if let Some(expectation) = report.written.as_ref().filter(|_| !as_json) {
        out.write_lines(&format_args!("add to model.yaml:\n{}", expectation.yaml.trim_end()))?;
    }
    let directory = request.model.directory;
    let tested = TestedModel { name: directory.display().to_string(), found: Ok(report.clone()) };
    if as_json {
        out.write_lines(&format_args!("{:#}", tested.json()))?;
    }
    if let Some(path) = &path {
        test_report::write(path, &directory, &[tested])?;
    }
    let Some(class) = report.class() else { return Ok(()) };
    let (failed, steps) = (report.count(StepOutcome::Failed), report.steps.len());
    let message = format!("{failed} of {steps} steps failed for {}", directory.display());
    Err(BadModel { message, class }.into())
}

/// The request for a test, which the arguments make.
pub(super) fn request(args: ModelTestArgs, model: PathBuf) -> Result<TestModel, UsageError> {
    let column_order = args.samples.column_order.into();
    // The genome of a test is the one that the dataloader describes.
    let (model, samples) = choices(args.samples, model, None)?;
    let mut request = TestModel::new(&model.directory);
    (request.model, request.samples) = (model, samples);
    (request.keep_metadata, request.column_order) = (args.keep_metadata, column_order);
    request.expect = match args.expect {
        Some(path) => TestExpectation::File(path),
        None if args.skip_expect => TestExpectation::Nothing,
        None => TestExpectation::Described,
    };
    request.output = args.output;
    request.with_provenance = args.report.is_some();
    request.stop = stop();
    Ok(request)
}

/// What stands before a line.
pub(super) fn mark(outcome: StepOutcome) -> char {
    match outcome {
        StepOutcome::Passed => '✓',
        StepOutcome::Failed => '✗',
        StepOutcome::Skipped => '-',
    }
}

fn write_step(out: &mut impl Write, report: &StepReport) -> io::Result<()> {
    let mark = mark(report.outcome);
    let width = TestStep::BatchSize.name().len();
    writeln!(out, "{mark} {:width$}  {}", report.step, report.message)?;
    report.notes.iter().try_for_each(|note| writeln!(out, "  {:width$}  {note}", ""))?;
    out.flush()
}
