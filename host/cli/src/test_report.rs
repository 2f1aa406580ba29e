//! What tests of models found, as a file: JSON, Markdown or HTML.

use std::path::Path;

use serde_json::{Value as Json, json};

use super::document::{Block, html, markdown};
use super::error::{CliResult, UsageError};
use kipos::{StepOutcome, StepReport, TestReport, check_text_file, write_text_file};

/// The format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReportFormat {
    Json,
    Markdown,
    Html,
}

impl ReportFormat {
    /// That of a file's name, which must be one that can be written.
    ///
    /// # Errors
    /// Another ending, or a file that cannot be written.
    pub(super) fn of(path: &Path) -> CliResult<Self> {
        let format = match path.extension().and_then(|ending| ending.to_str()) {
            Some("json") => Self::Json,
            Some("md") => Self::Markdown,
            Some("html") => Self::Html,
            _ => {
                let shown = path.display();
                return Err(
                    UsageError::from(format!("--report {shown}: the name must end in .json, .md or .html")).into()
                );
            }
        };
        check_text_file(path)?;
        Ok(format)
    }
}

/// A model and what its test found, or why it could not be tested.
pub(super) struct TestedModel {
    /// What it is called.
    pub(super) name: String,
    pub(super) found: Result<TestReport, String>,
}

impl TestedModel {
    pub(super) fn passed(&self) -> bool {
        self.found.as_ref().is_ok_and(TestReport::passed)
    }

    /// How it went, in a line.
    pub(super) fn summary(&self) -> String {
        let report = match &self.found {
            Ok(report) => report,
            Err(problem) => return problem.clone(),
        };
        let with = |outcome| report.steps.iter().filter(move |step| step.outcome == outcome);
        match with(StepOutcome::Failed).next() {
            Some(step) => format!("{}: {}", step.step, step.message),
            None => {
                let skipped: Vec<&str> = with(StepOutcome::Skipped).map(|step| step.step.name()).collect();
                let skipped =
                    if skipped.is_empty() { String::new() } else { format!("; skipped: {}", skipped.join(", ")) };
                format!("{} steps passed{skipped}", report.count(StepOutcome::Passed))
            }
        }
    }

    /// As JSON.
    pub(super) fn json(&self) -> Json {
        let report = match &self.found {
            Ok(report) => report,
            Err(problem) => return json!({ "model": self.name, "passed": false, "error": problem }),
        };
        let step = |step: &StepReport| {
            json!({
                "step": step.step.name(),
                "outcome": step.outcome.name(),
                "message": step.message,
                "notes": step.notes,
                "seconds": step.elapsed.as_secs_f64(),
            })
        };
        let written = report.written.as_ref();
        let written =
            written.map(|written| json!({ "path": written.path.display().to_string(), "yaml": written.yaml }));
        let provenance: Json = serde_json::from_str(&report.provenance.to_json()).unwrap_or_default();
        json!({
            "model": self.name,
            "passed": report.passed(),
            "steps": report.steps.iter().map(step).collect::<Json>(),
            "written": written,
            "provenance": provenance,
        })
    }

    /// Its part of a report.
    fn blocks(&self) -> Vec<Block> {
        let result = if self.passed() { "passed" } else { "failed" };
        let mut blocks = vec![Block::Heading(2, format!("{}: {result}", self.name))];
        let report = match &self.found {
            Ok(report) => report,
            Err(problem) => {
                blocks.push(Block::Line(problem.clone()));
                return blocks;
            }
        };
        let row = |step: &StepReport| {
            let said = [&step.message].into_iter().chain(&step.notes).cloned().collect::<Vec<_>>().join("\n");
            vec![step.step.name().to_owned(), step.outcome.name().to_owned(), seconds(step), said]
        };
        blocks.push(Block::Table(vec!["step", "result", "seconds", "found"], report.steps.iter().map(row).collect()));
        let facts = report.provenance.texts();
        if !facts.is_empty() {
            let row = |(names, text): (Vec<&str>, &str)| vec![names.join(" "), text.to_owned()];
            blocks.push(Block::Table(vec!["follows from", ""], facts.into_iter().map(row).collect()));
        }
        blocks
    }
}

fn seconds(step: &StepReport) -> String {
    format!("{:.2}", step.elapsed.as_secs_f64())
}

/// The JSON of tests of all models below a directory.
pub(super) fn all_json(directory: &Path, models: &[TestedModel]) -> Json {
    json!({
        "kipos": env!("CARGO_PKG_VERSION"),
        "directory": directory.display().to_string(),
        "passed": models.iter().all(TestedModel::passed),
        "models": models.iter().map(TestedModel::json).collect::<Json>(),
    })
}

/// Writes a report of tests of models in, or below, a directory.
///
/// # Errors
/// A file that cannot be written.
pub(super) fn write(path: &Path, directory: &Path, models: &[TestedModel]) -> CliResult {
    let text = match ReportFormat::of(path)? {
        ReportFormat::Json => format!("{:#}\n", all_json(directory, models)),
        ReportFormat::Markdown => markdown(&blocks(directory, models)),
        ReportFormat::Html => html(&title(directory), &blocks(directory, models)),
    };
    Ok(write_text_file(path, &text)?)
}

fn title(directory: &Path) -> String {
    format!("Test of {}", directory.display())
}

fn blocks(directory: &Path, models: &[TestedModel]) -> Vec<Block> {
    let passed = models.iter().filter(|model| model.passed()).count();
    let version = env!("CARGO_PKG_VERSION");
    let count = format!("kipos {version}; {passed} of {} models passed.", models.len());
    let mut blocks = vec![Block::Heading(1, title(directory)), Block::Line(count)];
    if models.len() > 1 {
        let row = |model: &TestedModel| {
            let result = if model.passed() { "passed" } else { "failed" };
            vec![model.name.clone(), result.to_owned(), model.summary()]
        };
        blocks.push(Block::Table(vec!["model", "result", "found"], models.iter().map(row).collect()));
    }
    blocks.extend(models.iter().flat_map(TestedModel::blocks));
    blocks
}
