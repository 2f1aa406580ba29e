//! The summary of a run as a file: JSON, or a table for MultiQC.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Instant, SystemTime};

use serde_json::{Map, Value as Json, json};

use super::date::rfc3339;
use super::multiqc;
use super::run_results::RunResults;
use kipos::{ErrorClass, Provenance, RunStage, SinkError, StageTimes, Warning, write_text_file};
use kipos_plugin_api::ABI_VERSION;

/// The version of the layout, which `host/docs/formats.md` specifies: it grows when a key changes its meaning or goes.
const LAYOUT: u32 = 1;

/// What is remembered of a run for its summary.
#[derive(Debug)]
pub(super) struct RunRecord {
    /// Where the summary goes, if one is wanted.
    pub(super) file: Option<PathBuf>,
    /// The command with its subcommand, such as `postproc grad`.
    pub(super) command: String,
    command_line: Vec<String>,
    started: SystemTime,
    clock: Instant,
    /// Names and versions.
    pub(super) plugins: Vec<(String, String)>,
    /// The stage that began last.
    pub(super) stage: Option<RunStage>,
    pub(super) warnings: Vec<Warning>,
    pub(super) results: Option<RunResults>,
    /// What the outputs follow from.
    pub(super) provenance: Option<Provenance>,
    /// The files that were written.
    pub(super) outputs: Vec<String>,
}

/// How a run ended.
#[derive(Debug)]
pub(super) struct RunEnd {
    pub(super) exit_status: u8,
    /// Why it failed.
    pub(super) error: Option<(ErrorClass, String)>,
}

impl RunRecord {
    /// A command that begins now.
    pub(super) fn begin(command: String, typed: &[OsString]) -> Self {
        Self {
            file: None,
            command,
            command_line: typed.iter().map(|word| word.to_string_lossy().into_owned()).collect(),
            started: SystemTime::now(),
            clock: Instant::now(),
            plugins: Vec::new(),
            stage: None,
            warnings: Vec::new(),
            results: None,
            provenance: None,
            outputs: Vec::new(),
        }
    }

    /// Writes the summary, if one is wanted. The name of its file says what it holds.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(super) fn write(&self, end: &RunEnd) -> Result<(), SinkError> {
        let Some(path) = &self.file else { return Ok(()) };
        let json = match multiqc::sample_of(path) {
            Some(sample) => multiqc::table(self, end, &sample),
            None => self.document(end),
        };
        write_text_file(path, &format!("{json:#}\n"))
    }

    /// How long the run has taken.
    pub(super) fn seconds(&self) -> f64 {
        rounded(self.clock.elapsed().as_secs_f64())
    }

    /// The summary as `host/docs/formats.md` specifies it.
    fn document(&self, end: &RunEnd) -> Json {
        let plugin = |(name, version): &(String, String)| json!({ "name": name, "version": version });
        let warning = |warning: &Warning| json!({ "code": warning.code.as_str(), "message": warning.text });
        let error = end.error.as_ref().map(|(class, message)| {
            let stage = self.stage.map(|stage| stage.to_string());
            json!({ "class": class.as_str(), "message": message, "stage": stage })
        });
        let engine = self.provenance.as_ref().and_then(|about| {
            let of = |key| about.text(&["engine", key]);
            Some(json!({ "name": of("name")?, "version": of("version")? }))
        });
        // What the library writes is JSON.
        let provenance = self.provenance.as_ref().and_then(|about| serde_json::from_str::<Json>(&about.to_json()).ok());
        let mut document = json!({
            "kipos_summary": LAYOUT,
            "command": self.command,
            "command_line": self.command_line,
            "date": rfc3339(self.started),
            "exit_status": end.exit_status,
            "error": error,
            "versions": {
                "kipos": env!("CARGO_PKG_VERSION"),
                "abi": format!("{}.{}", ABI_VERSION.0, ABI_VERSION.1),
                "plugins": self.plugins.iter().map(plugin).collect::<Json>(),
                "engine": engine,
            },
            "outputs": self.outputs,
            "provenance": provenance,
            "warnings": self.warnings.iter().map(warning).collect::<Json>(),
            "seconds": self.stage_seconds(),
        });
        if let Json::Object(document) = &mut document {
            document.extend(self.results.as_ref().map_or_else(|| RunResults::default().fields(), RunResults::fields));
        }
        document
    }

    /// The seconds of each stage, and of all of it.
    fn stage_seconds(&self) -> Json {
        let mut seconds = Map::from_iter([("total".to_owned(), json!(self.seconds()))]);
        if let Some(times) = self.results.as_ref().and_then(|results| results.stages) {
            let StageTimes { open, load, run, commit, read, model, score, write } = times;
            let named = [
                ("open", open),
                ("load", load),
                ("run", run),
                ("commit", commit),
                ("read", read),
                ("model", model),
                ("score", score),
                ("write", write),
            ];
            seconds.extend(named.map(|(name, time)| (name.to_owned(), json!(rounded(time.as_secs_f64())))));
        }
        seconds.into()
    }
}

/// Microseconds are as exact as clocks are.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1e6).round() / 1e6
}
