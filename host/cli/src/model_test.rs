//! `model test`: each step with a tick as it ends.

use std::io::{self, Write};
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::error::{BadModel, CliResult, UsageError};
use super::model_test_args::ModelTestArgs;
use super::predict::choices;
use super::standard_output::standard_output;
use super::stopping::stop;
use kipos::{
    PluginRegistry, StepOutcome, StepReport, TestExpectation, TestModel, TestReport, TestStep, sweep_partial_files,
};

/// `kipos model test`: fails if a step does.
pub fn run(args: ModelTestArgs, model: PathBuf, registry: &PluginRegistry) -> CliResult {
    let as_json = args.json;
    let request = request(args, model)?;
    if let Some(warning) = sweep_partial_files(request.output.as_slice()) {
        writeln!(io::stderr(), "warning: {warning}")?;
    }
    let mut out = standard_output();
    let mut written = Ok(());
    let report = request.run(registry, &mut |step| {
        if !as_json && written.is_ok() {
            written = write_step(&mut out, step);
        }
    })?;
    written?;
    if as_json {
        out.write_lines(&format_args!("{:#}", report_json(&request, &report)))?;
    } else if let Some(expectation) = &report.written {
        out.write_lines(&format_args!("add to model.yaml:\n{}", expectation.yaml.trim_end()))?;
    }
    let Some(class) = report.class() else { return Ok(()) };
    let (failed, steps) = (report.count(StepOutcome::Failed), report.steps.len());
    let message = format!("{failed} of {steps} steps failed for {}", request.model.directory.display());
    Err(BadModel { message, class }.into())
}

fn request(args: ModelTestArgs, model: PathBuf) -> Result<TestModel, UsageError> {
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
    request.stop = stop();
    Ok(request)
}

fn write_step(out: &mut impl Write, report: &StepReport) -> io::Result<()> {
    let mark = match report.outcome {
        StepOutcome::Passed => '✓',
        StepOutcome::Failed => '✗',
        StepOutcome::Skipped => '-',
    };
    let width = TestStep::BatchSize.name().len();
    writeln!(out, "{mark} {:width$}  {}", report.step, report.message)?;
    report.notes.iter().try_for_each(|note| writeln!(out, "  {:width$}  {note}", ""))?;
    out.flush()
}

fn report_json(request: &TestModel, report: &TestReport) -> Json {
    let step = |step: &StepReport| {
        json!({
            "step": step.step.name(),
            "outcome": step.outcome.name(),
            "message": step.message,
            "notes": step.notes,
        })
    };
    let written = report
        .written
        .as_ref()
        .map(|written| json!({ "path": written.path.display().to_string(), "yaml": written.yaml }));
    json!({
        "model": request.model.directory.display().to_string(),
        "passed": report.passed(),
        "steps": report.steps.iter().map(step).collect::<Json>(),
        "written": written,
    })
}
