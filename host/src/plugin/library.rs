//! Opening one library: admission, description, types, and what it offers.

use std::path::{Path, PathBuf};

use kipos_plugin_api::PluginError;
use kipos_plugin_api::abi::{BackendEntry, OwnedArgSpec, ScorerEntry};

use super::admission::{Admission, Door};
use super::discovery::plugin_stem;
use super::finding::Refusal;
use super::load::{LoadError, load};
use super::probe::{Probed, probe};
use super::{ComponentInfo, LibraryInfo, PluginProblem, PluginStatus};

/// A library and, if it is used, what it offers: one entry per component of `info`, in the same order.
pub(super) struct Opened {
    pub info: LibraryInfo,
    pub scorers: Vec<ScorerEntry>,
    pub backends: Vec<BackendEntry>,
    pub problems: Vec<PluginProblem>,
}

impl Opened {
    /// Opens a library that is admitted; it is shadowed if one of the `earlier` ones has its name.
    pub fn open(path: PathBuf, door: &Door<'_>, earlier: &[LibraryInfo]) -> Self {
        let mut opened =
            Self { info: undescribed(path), scorers: Vec::new(), backends: Vec::new(), problems: Vec::new() };
        opened.info.status = match door.admit(&opened.info.path, &mut opened.problems) {
            Admission::Closed { probed, status } => {
                probed.into_iter().for_each(|probed| opened.describe(probed));
                status
            }
            Admission::Open(known) => {
                let status = opened.enter(known, earlier);
                status.unwrap_or_else(|refusal| PluginStatus::Refused { reason: refusal.to_string() })
            }
        };
        opened
    }

    fn enter(&mut self, known: Option<Probed>, earlier: &[LibraryInfo]) -> Result<PluginStatus, Refusal> {
        if let Some(probed) = known {
            self.describe(probed);
            if let Some(by) = self.shadowed(earlier) {
                return Ok(PluginStatus::Shadowed { by });
            }
        }
        let (probed, verdict) = probe(&self.info.path)?;
        self.describe(probed);
        verdict?;
        if let Some(by) = self.shadowed(earlier) {
            return Ok(PluginStatus::Shadowed { by });
        }
        let Offered { scorers, backends, problems } = Offered::by(&self.info.path, &self.info.name)?;
        (self.info.scorers, self.scorers) = scorers.into_iter().unzip();
        (self.info.backends, self.backends) = backends.into_iter().unzip();
        self.problems.extend(problems);
        Ok(PluginStatus::Loaded)
    }

    /// The library that has the name already.
    fn shadowed(&self, earlier: &[LibraryInfo]) -> Option<PathBuf> {
        let shadows = |other: &&LibraryInfo| other.status == PluginStatus::Loaded && other.name == self.info.name;
        earlier.iter().find(shadows).map(|other| other.path.clone())
    }

    fn describe(&mut self, probed: Probed) {
        self.info.name = probed.name;
        self.info.version = probed.version;
        self.info.rustc = probed.rustc;
        self.info.target = probed.target;
        self.info.abi = format!("{}.{}", probed.abi.0, probed.abi.1);
    }
}

/// What a library offers, each with what a listing shows of it.
pub(super) struct Offered {
    scorers: Vec<(ComponentInfo, ScorerEntry)>,
    backends: Vec<(ComponentInfo, BackendEntry)>,
    problems: Vec<PluginProblem>,
}

impl Offered {
    /// Loads a library whose description is good, and asks it for all that is shown of it: what crashes here does so in the
    /// child that opens the library first. An error of one component does not keep the others out.
    pub fn by(library: &Path, plugin: &str) -> Result<Self, LoadError> {
        let root = load(library)?;
        let mut offered = Self { scorers: Vec::new(), backends: Vec::new(), problems: Vec::new() };
        for entry in root.scorers().to_vec() {
            let info = component(&entry.name, &entry.doc, entry.arg_specs(), plugin, &mut offered.problems);
            offered.scorers.push((info, entry));
        }
        for entry in root.backends().to_vec() {
            let info = component(&entry.name, &entry.doc, entry.arg_specs(), plugin, &mut offered.problems);
            offered.backends.push((info, entry));
        }
        Ok(offered)
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
