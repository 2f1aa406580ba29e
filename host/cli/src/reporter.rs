//! What a command says while it runs, and what it leaves for its summary.

use std::path::Path;

use kipos::{Event, PluginRegistry, PluginStatus, Provenance, RunStage, StageTimes, Warning};

use super::log::Log;
use super::progress::Observer;
use super::run_record::RunRecord;
use super::run_results::{RunOutcome, RunResults};

/// Says what happens, and remembers it.
#[derive(Debug)]
pub(super) struct Reporter {
    log: Log,
    record: RunRecord,
}

impl Reporter {
    /// Says nothing yet.
    pub(super) fn new(log: Log, record: RunRecord) -> Self {
        Self { log, record }
    }

    /// Where messages go.
    pub(super) fn log(&self) -> Log {
        self.log
    }

    /// What is remembered.
    pub(super) fn record(&self) -> &RunRecord {
        &self.record
    }

    /// The summary goes to this file.
    pub(super) fn summarise_into(&mut self, path: &Path) {
        self.record.file = Some(path.to_owned());
    }

    /// Runs something that counts `what`, such as records, and shows how far it is.
    pub(super) fn observed<T, E>(
        &mut self,
        what: &'static str,
        run: impl FnOnce(&mut dyn FnMut(Event)) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut observer = Observer::new(self, what);
        let outcome = run(&mut |event| observer.see(event));
        observer.finish();
        outcome
    }

    /// A stage begins.
    pub(super) fn stage(&mut self, stage: RunStage) {
        self.record.stage = Some(stage);
        self.log.detail("stage", &format!("stage: {stage}"));
    }

    /// Something that the user should know.
    pub(super) fn warn(&mut self, warning: Warning) {
        self.log.warning(&warning);
        self.record.warnings.push(warning);
    }

    /// The plugins of the run.
    pub(super) fn plugins(&mut self, registry: &PluginRegistry) {
        for library in registry.libraries().iter().filter(|library| library.status == PluginStatus::Loaded) {
            let text = format!("plugin {} {}  {}", library.name, library.version, library.path.display());
            self.log.detail("plugin", &text);
            self.record.plugins.push((library.name.clone(), library.version.clone()));
        }
    }

    /// What the outputs follow from, if that is known.
    pub(super) fn provenance(&mut self, provenance: Option<Provenance>) {
        self.record.provenance = provenance.filter(|provenance| !provenance.is_empty());
    }

    /// Remembers what a run did, and which files it wrote.
    pub(super) fn remember(&mut self, results: RunResults, outputs: &[impl ToString]) {
        self.record.results = Some(results);
        self.record.outputs = outputs.iter().map(ToString::to_string).collect();
    }

    /// Says what a run did, and which files it wrote.
    pub(super) fn done(&mut self, outcome: &impl RunOutcome, outputs: &[impl ToString]) {
        let mut results = outcome.results();
        let times = results.stages;
        if let Some(provenance) = results.provenance.take() {
            self.provenance(Some(provenance));
        }
        self.remember(results, outputs);
        let written = format!("wrote {}", self.record.outputs.join(", "));
        let said = outcome.to_string();
        self.log.info("summary", &if said.is_empty() { written } else { format!("{said}\n{written}") });
        if let Some(times) = times {
            self.log.detail("seconds", &seconds(&times));
        }
    }
}

fn seconds(times: &StageTimes) -> String {
    let StageTimes { open, load, run, commit, read, model, score, write } = times;
    let [open, load, run, commit, read, model, score, write] =
        [open, load, run, commit, read, model, score, write].map(|time| format!("{:.2}", time.as_secs_f64()));
    format!(
        "seconds: open {open}, load {load}, run {run} (read {read}, model {model}, score {score}, write {write}), \
         commit {commit}"
    )
}
