//! Opening one library: admission, description, types, and what it offers.

use std::io;
use std::path::{Path, PathBuf};

use kipos_plugin_api::PluginError;
use kipos_plugin_api::abi::{BackendEntry, OwnedArgSpec, ScorerEntry};
use thiserror::Error;

use super::discovery::plugin_stem;
use super::load::{LoadError, load};
use super::probe::{ProbeError, Probed, probe};
use super::quarantine::{Sentinel, Sentinels, hash_file};
use super::{ComponentInfo, LibraryInfo, PluginProblem, PluginStatus};

/// A library and, if it is used, what it offers: one entry per component of `info`, in the same order.
pub(super) struct Opened {
    pub info: LibraryInfo,
    pub scorers: Vec<ScorerEntry>,
    pub backends: Vec<BackendEntry>,
    pub problems: Vec<PluginProblem>,
}

/// Why a library is quarantined.
#[derive(Debug, Error)]
enum Refusal {
    #[error("crashed while loading last time; remove {} to try again", .0.display())]
    Crashed(PathBuf),
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
    #[error(transparent)]
    Probe(#[from] ProbeError),
    #[error(transparent)]
    Load(#[from] LoadError),
}

impl Opened {
    /// Opens a library, unless it crashed a process before; it is shadowed if one of the `earlier` ones has its name.
    pub fn open(path: PathBuf, sentinels: Option<&Sentinels>, earlier: &[LibraryInfo]) -> Self {
        let mut opened =
            Self { info: undescribed(path), scorers: Vec::new(), backends: Vec::new(), problems: Vec::new() };
        let status = opened.try_open(sentinels, earlier);
        opened.info.status = status.unwrap_or_else(|refusal| PluginStatus::Quarantined { reason: refusal.to_string() });
        opened
    }

    fn try_open(&mut self, sentinels: Option<&Sentinels>, earlier: &[LibraryInfo]) -> Result<PluginStatus, Refusal> {
        let _present_while_foreign_code_runs = self.admit(sentinels)?;
        let (probed, verdict) = probe(&self.info.path)?;
        self.describe(probed);
        verdict?;
        let shadows = |other: &&LibraryInfo| other.status == PluginStatus::Loaded && other.name == self.info.name;
        if let Some(other) = earlier.iter().find(shadows) {
            return Ok(PluginStatus::Shadowed { by: other.path.clone() });
        }
        let root = load(&self.info.path)?;
        self.scorers = root.scorers().to_vec();
        self.backends = root.backends().to_vec();
        for entry in &self.scorers {
            let component = component(&entry.name, &entry.doc, entry.arg_specs(), &self.info.name, &mut self.problems);
            self.info.scorers.push(component);
        }
        for entry in &self.backends {
            let component = component(&entry.name, &entry.doc, entry.arg_specs(), &self.info.name, &mut self.problems);
            self.info.backends.push(component);
        }
        Ok(PluginStatus::Loaded)
    }

    /// Refuses a library that crashed, and otherwise gives the sentinel that must live while it is loaded.
    fn admit(&mut self, sentinels: Option<&Sentinels>) -> Result<Option<Sentinel>, Refusal> {
        let Some(sentinels) = sentinels else { return Ok(None) };
        let hash = hash_file(&self.info.path).map_err(Refusal::Unreadable)?;
        if let Some(left) = sentinels.left_behind(&self.info.path, hash) {
            return Err(Refusal::Crashed(left));
        }
        let unwritten = |reason| {
            self.problems.push(PluginProblem::State { dir: sentinels.dir().to_owned(), reason });
        };
        Ok(sentinels.begin(&self.info.path, hash).map_err(unwritten).ok())
    }

    fn describe(&mut self, probed: Probed) {
        self.info.name = probed.name;
        self.info.version = probed.version;
        self.info.rustc = probed.rustc;
        self.info.target = probed.target;
        self.info.abi = format!("{}.{}", probed.abi.0, probed.abi.1);
    }
}

/// What is known of a library before it is opened.
fn undescribed(path: PathBuf) -> LibraryInfo {
    let unknown = || "unknown".to_owned();
    LibraryInfo {
        name: file_stem(&path),
        path,
        version: unknown(),
        rustc: unknown(),
        target: unknown(),
        abi: unknown(),
        status: PluginStatus::Loaded,
        scorers: Vec::new(),
        backends: Vec::new(),
    }
}

fn file_stem(path: &Path) -> String {
    path.file_name().and_then(plugin_stem).unwrap_or("unknown").to_owned()
}

fn component(
    name: &str,
    doc: &str,
    args: Result<Vec<OwnedArgSpec>, PluginError>,
    plugin: &str,
    problems: &mut Vec<PluginProblem>,
) -> ComponentInfo {
    let args = args.unwrap_or_else(|source| {
        problems.push(PluginProblem::Arguments { plugin: plugin.to_owned(), component: name.to_owned(), source });
        Vec::new()
    });
    ComponentInfo { name: name.to_owned(), doc: doc.to_owned(), args, shadowed: false }
}
