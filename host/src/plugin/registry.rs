//! All plugins of a run: which were found, which are used, and making scorers and models of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use kipos_plugin_api::abi::{BackendEntry, ScorerEntry};
use kipos_plugin_api::{Conversion, EngineRelease, ModelDescription, ModelSource, RuntimeOptions, Value};

use super::admission::Door;
use super::discovery::{Discovered, find_libraries};
use super::family::Combining;
use super::library::Opened;
use super::member::Member;
use super::{
    ComponentInfo, LibraryInfo, MemberSource, PluginCallError, PluginModel, PluginProblem, PluginScorer, PluginSearch,
    PluginStatus,
};
use crate::description::MemberCombination;
use crate::internal::OrInternal;

/// The plugins of a run.
///
/// Libraries are searched directory by directory, and the first of a name counts: of two libraries of the same plugin
/// name the later is not used, nor is the later of two backends. Scorers never hide one another: see
/// [`create_scorer`](Self::create_scorer).
#[derive(Debug, Default)]
pub struct PluginRegistry {
    dirs: Vec<PathBuf>,
    not_allowed: Option<PathBuf>,
    state_dir: Option<PathBuf>,
    pub(super) libraries: Vec<LibraryInfo>,
    passed_over: Vec<PathBuf>,
    problems: Vec<PluginProblem>,
    pub(super) scorers: Vec<Offer<ScorerEntry>>,
    backends: Vec<Offer<BackendEntry>>,
}

/// A scorer or backend of a loaded plugin, in the order in which they were found.
#[derive(Debug)]
pub(super) struct Offer<E> {
    pub(super) plugin: String,
    pub(super) name: String,
    pub(super) entry: E,
}

impl PluginRegistry {
    /// Finds and loads the plugins of `dirs` in this process: a library that crashes while it is loaded ends it. `state_dir`
    /// is where runs keep what later ones need to know. [`search`](Self::search) has more choices.
    pub fn open(dirs: &[PathBuf], state_dir: Option<&Path>) -> Self {
        let mut search = PluginSearch::new(dirs.iter().cloned());
        search.state_dir = state_dir.map(Path::to_owned);
        Self::search(&search)
    }

    /// Finds and loads plugins.
    ///
    /// Loading runs native code of these libraries. It never fails as a whole: whatever is wrong with a library is in its
    /// [`LibraryInfo::status`], everything else in [`problems`](Self::problems).
    pub fn search(search: &PluginSearch) -> Self {
        let Discovered { libraries, passed_over, problems } = find_libraries(&search.dirs);
        let PluginSearch { dirs, not_allowed, state_dir, .. } = search.clone();
        let mut registry = Self { dirs, not_allowed, state_dir, passed_over, problems, ..Self::default() };
        let door = Door::new(search);
        for path in search.files.iter().cloned().chain(libraries) {
            let opened = Opened::open(path, &door, &registry.libraries);
            registry.add(opened);
        }
        registry.mark_scorers();
        registry
    }

    /// Every library that was found, in the order of the search.
    pub fn libraries(&self) -> &[LibraryInfo] {
        &self.libraries
    }

    /// The shared libraries in directories of plugins that are not named as plugins are, and were not opened.
    pub fn passed_over(&self) -> &[PathBuf] {
        &self.passed_over
    }

    /// What the user should know of every run, one sentence each: the libraries that are damaged or whose loading a process
    /// did not survive, and whatever keeps plugins out of the directory `asked_for`, which the user named for this run.
    pub fn warnings(&self, asked_for: Option<&Path>) -> Vec<String> {
        let asked_for = asked_for.and_then(|dir| std::path::absolute(dir).ok());
        let is_asked_for = |path: &Path| {
            asked_for.as_ref().is_some_and(|asked| std::path::absolute(path).is_ok_and(|path| path.starts_with(asked)))
        };
        let libraries = self.libraries.iter().filter(|library| match &library.status {
            PluginStatus::Failed { .. } | PluginStatus::Quarantined { .. } => true,
            PluginStatus::Refused { .. } => is_asked_for(&library.path),
            PluginStatus::Loaded | PluginStatus::Shadowed { .. } => false,
        });
        let libraries =
            libraries.map(|library| format!("plugin library {}: {}", library.path.display(), library.status));
        let dirs = self.problems.iter().filter(|problem| problem.dir().is_some_and(is_asked_for));
        libraries.chain(dirs.map(ToString::to_string)).collect()
    }

    /// What is wrong around the plugins, apart from single libraries.
    pub fn problems(&self) -> &[PluginProblem] {
        &self.problems
    }

    /// Where what later runs need to know is kept.
    pub fn state_dir(&self) -> Option<&Path> {
        self.state_dir.as_deref()
    }

    /// The directories that were searched, for messages.
    pub fn searched(&self) -> String {
        listed(self.dirs.iter().map(|dir| dir.display().to_string()))
    }

    /// The names of all backends, sorted.
    pub fn backend_names(&self) -> Vec<String> {
        let names: BTreeSet<&str> = self.backends.iter().map(|offer| offer.name.as_str()).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// The plugin that provides a backend.
    pub fn backend_plugin(&self, name: &str) -> Option<&str> {
        self.backends.iter().find(|offer| offer.name == name).map(|offer| offer.plugin.as_str())
    }

    /// The library of the plugin that provides a backend.
    pub fn backend_library(&self, name: &str) -> Option<&LibraryInfo> {
        let plugin = self.backend_plugin(name)?;
        self.libraries.iter().find(|library| library.status == PluginStatus::Loaded && library.name == plugin)
    }

    /// What is known of the scorer of that name, of a certain `plugin` or of the one that the name alone means.
    pub fn scorer_info(&self, name: &str, plugin: Option<&str>) -> Option<&ComponentInfo> {
        let plugin = plugin.or_else(|| self.scorer_of_name(name).ok().map(|offer| offer.plugin.as_str()))?;
        self.loaded(plugin)?.scorers.iter().find(|scorer| scorer.name == name)
    }

    /// The version of a loaded plugin; `unknown` if it is not loaded.
    pub fn plugin_version(&self, plugin: &str) -> &str {
        self.loaded(plugin).map_or("unknown", |library| &library.version)
    }

    fn loaded(&self, plugin: &str) -> Option<&LibraryInfo> {
        self.libraries.iter().find(|library| library.status == PluginStatus::Loaded && library.name == plugin)
    }

    /// Makes the scorer that a name alone means, from a map of arguments: the built-in one of that name, else that of the
    /// only plugin that has it.
    ///
    /// # Errors
    /// An unknown scorer (the known are listed), a name that several plugins use, or arguments that it does not accept.
    pub fn create_scorer(&self, name: &str, args: &Value) -> Result<PluginScorer, PluginCallError> {
        let offer = self.scorer_of_name(name)?;
        PluginScorer::create(&offer.plugin, &offer.entry, args)
    }

    /// Makes the scorer of that name that a certain plugin has.
    ///
    /// # Errors
    /// An unknown plugin or scorer (the known are listed), or arguments that it does not accept.
    pub fn create_scorer_from(&self, plugin: &str, name: &str, args: &Value) -> Result<PluginScorer, PluginCallError> {
        let loaded = || self.libraries.iter().filter(|library| library.status == PluginStatus::Loaded);
        let library = self.loaded(plugin).ok_or_else(|| PluginCallError::UnknownPlugin {
            name: plugin.to_owned(),
            known: listed(loaded().map(|library| library.name.clone())),
            not_loaded: self.not_loaded(),
        })?;
        let offer = self.scorers.iter().find(|offer| offer.plugin == plugin && offer.name == name);
        let offer = offer.ok_or_else(|| PluginCallError::NotItsScorer {
            plugin: plugin.to_owned(),
            name: name.to_owned(),
            known: listed(library.scorers.iter().map(|scorer| scorer.name.clone())),
        })?;
        PluginScorer::create(&offer.plugin, &offer.entry, args)
    }

    /// Loads a model through the backend of that name.
    ///
    /// # Errors
    /// An unknown backend (the known and the searched directories are listed), or a model that it cannot load.
    pub fn load_model(
        &self,
        backend: &str,
        source: &ModelSource,
        options: RuntimeOptions,
    ) -> Result<PluginModel, PluginCallError> {
        let single = MemberSource { name: String::new(), backend, source: source.clone() };
        self.load_members(&[single], &options, Combining::as_they_are(MemberCombination::Mean, source.targets.len()))
    }

    /// Loads a model of one member or more, each through the backend of its name. `sources` are at least one.
    ///
    /// # Errors
    /// An unknown backend (the known and the searched directories are listed), a file that it cannot load, or files that take
    /// or give other arrays than the first.
    pub(crate) fn load_members(
        &self,
        sources: &[MemberSource<'_>],
        options: &RuntimeOptions,
        combining: Combining,
    ) -> Result<PluginModel, PluginCallError> {
        let options = options.clone().with_state_dir(self.state_dir.clone());
        let load = |member: &MemberSource<'_>| {
            let Offer { plugin, entry, .. } = self.backend(member.backend)?;
            let loaded = Member::load(&member.name, plugin, entry, &member.source, options.clone());
            loaded.map_err(|error| error.of_member(&member.name))
        };
        let members = sources.iter().map(load).collect::<Result<Vec<_>, _>>()?;
        let first = sources.first().or_internal("a model has a file");
        PluginModel::of_members(members, &first.source, combining)
    }

    /// What the backend of that name says of a model's file, which need not be described.
    ///
    /// # Errors
    /// An unknown backend, one that does not describe files, or a file that it cannot read.
    pub fn describe(
        &self,
        backend: &str,
        source: &ModelSource,
        options: RuntimeOptions,
    ) -> Result<ModelDescription, PluginCallError> {
        let offer = self.backend(backend)?;
        offer.entry.describe(source, options).map_err(PluginCallError::plugin(&offer.plugin))
    }

    /// What must be converted before the backend of that name can load a model; `None` if nothing must.
    ///
    /// # Errors
    /// An unknown backend, one that knows no conversions, or a file that it does not know.
    pub fn conversion(&self, backend: &str, source: &ModelSource) -> Result<Option<Conversion>, PluginCallError> {
        let offer = self.backend(backend)?;
        offer.entry.conversion(source).map_err(PluginCallError::plugin(&offer.plugin))
    }

    /// The engine that the models of the backend of that name run on; `None` if its plugin computes itself. An engine that
    /// was not needed before is opened.
    ///
    /// # Errors
    /// An unknown backend, or an engine that is missing or cannot be opened.
    pub fn engine_release(
        &self,
        backend: &str,
        options: RuntimeOptions,
    ) -> Result<Option<EngineRelease>, PluginCallError> {
        let offer = self.backend(backend)?;
        offer.entry.engine_release(options).map_err(PluginCallError::plugin(&offer.plugin))
    }

    /// What is known of the backend of that name.
    ///
    /// # Errors
    /// An unknown backend (the known and the searched directories are listed).
    pub fn backend_info(&self, name: &str) -> Result<&ComponentInfo, PluginCallError> {
        let offer = self.backend(name)?;
        let library = self.loaded(&offer.plugin).or_internal("a backend is of a loaded plugin");
        let info = library.backends.iter().find(|backend| backend.name == name);
        Ok(info.or_internal("a plugin lists its backends"))
    }

    fn backend(&self, name: &str) -> Result<&Offer<BackendEntry>, PluginCallError> {
        let unknown = || PluginCallError::UnknownBackend {
            name: name.to_owned(),
            known: listed(self.backend_names()),
            not_loaded: self.not_loaded(),
            searched: self.searched(),
        };
        self.backends.iter().find(|offer| offer.name == name).ok_or_else(unknown)
    }

    /// What could not be loaded, as the continuation of a sentence: what is missing may be there.
    pub(super) fn not_loaded(&self) -> String {
        let libraries = self.libraries.iter().filter_map(|library| match &library.status {
            PluginStatus::Refused { reason }
            | PluginStatus::Failed { reason }
            | PluginStatus::Quarantined { reason } => {
                Some(format!("{} was not loaded: {reason}", library.path.display()))
            }
            PluginStatus::Loaded | PluginStatus::Shadowed { .. } => None,
        });
        let dirs = self.problems.iter().filter(|problem| problem.dir().is_some()).map(ToString::to_string);
        let all: Vec<String> = libraries.chain(dirs).collect();
        let not_loaded = match all.as_slice() {
            [] => String::new(),
            [only] => format!("; {only}"),
            many => format!("; {} libraries or directories were not loaded, see `kipos plugin list`", many.len()),
        };
        not_loaded + &self.needs_trust()
    }

    /// Which libraries the model brings that nobody allowed, as the continuation of a sentence.
    fn needs_trust(&self) -> String {
        let Some(dir) = &self.not_allowed else { return String::new() };
        let Discovered { libraries, .. } = find_libraries(std::slice::from_ref(dir));
        let names = libraries.iter().filter_map(|library| Some(library.file_name()?.to_string_lossy().into_owned()));
        let names: Vec<String> = names.collect();
        match names.as_slice() {
            [] => String::new(),
            names => format!(
                "; the model has {} in {}, native code that is loaded with --trust-model alone",
                names.join(", "),
                dir.display()
            ),
        }
    }

    /// Takes in a library; of a name that is taken, the earlier one keeps it.
    fn add(&mut self, opened: Opened) {
        let Opened { mut info, scorers, backends, problems } = opened;
        self.problems.extend(problems);
        offer(&mut self.scorers, &info.name, &info.scorers, scorers);
        for backend in &mut info.backends {
            backend.shadowed = self.backends.iter().any(|earlier| earlier.name == backend.name);
        }
        offer(&mut self.backends, &info.name, &info.backends, backends);
        self.libraries.push(info);
    }
}

fn offer<E>(offers: &mut Vec<Offer<E>>, plugin: &str, infos: &[ComponentInfo], entries: Vec<E>) {
    for (info, entry) in infos.iter().zip(entries) {
        offers.push(Offer { plugin: plugin.to_owned(), name: info.name.clone(), entry });
    }
}

/// Names for a message.
pub(super) fn listed(names: impl IntoIterator<Item = String>) -> String {
    let names: Vec<String> = names.into_iter().collect();
    if names.is_empty() { "none".into() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use kipos_plugin_api::{Device, Structure};
    use tempfile::{TempDir, tempdir};

    use super::*;
    /// A directory with one file that is named as a plugin and is none.
    fn broken_plugin() -> (TempDir, PathBuf) {
        let dir = tempdir().unwrap();
        let name = if cfg!(windows) { "kipos_plugin_broken.dll" } else { "libkipos_plugin_broken.so" };
        let path = dir.path().join(name);
        fs::write(&path, "text").unwrap();
        (dir, path)
    }

    fn source() -> ModelSource {
        ModelSource::new("model", Value::Null, Vec::new(), Vec::new())
            .with_input_structure(Structure::One)
            .with_target_structure(Structure::One)
    }

    #[test]
    fn a_broken_library_is_listed_and_stops_nothing() {
        let (dir, path) = broken_plugin();
        let state = tempdir().unwrap();
        let registry = PluginRegistry::open(&[dir.path().to_owned()], Some(state.path()));
        let [library] = registry.libraries() else { panic!("{registry:?}") };
        assert_eq!((library.name.as_str(), &library.path), ("broken", &path));
        let status = library.status.to_string();
        assert!(status.starts_with("refused: not a library that this system can load: "), "{status}");
        assert!(registry.problems().is_empty());
        assert_eq!(registry.warnings(None), [""; 0]);
        let asked_for = registry.warnings(Some(dir.path()));
        assert_eq!(asked_for, [format!("plugin library {}: {status}", path.display())]);
        assert_eq!(fs::read_dir(state.path()).unwrap().count(), 0, "nothing was found out that could be kept");
    }

    #[test]
    fn a_single_library_is_opened_without_its_neighbours() {
        let (_dir, path) = broken_plugin();
        let neighbour = path.with_file_name(path.file_name().unwrap().to_str().unwrap().replace("broken", "too"));
        fs::copy(&path, neighbour).unwrap();
        let mut search = PluginSearch::new([]);
        search.files.push(path.clone());
        let registry = PluginRegistry::search(&search);
        let [library] = registry.libraries() else { panic!("{registry:?}") };
        assert_eq!(library.path, path);
    }

    #[test]
    fn plugins_that_need_trust_are_named_where_something_is_missing() {
        let (dir, path) = broken_plugin();
        let mut search = PluginSearch::new([]);
        search.not_allowed = Some(dir.path().to_owned());
        let message = PluginRegistry::search(&search).create_scorer("mine", &Value::Null).unwrap_err().to_string();
        let expected = format!(
            "unknown scorer `mine` (known: none); see `kipos plugin list`; the model has {} in {}, native code that is \
             loaded with --trust-model alone",
            path.file_name().unwrap().display(),
            dir.path().display()
        );
        assert_eq!(message, expected);
    }

    #[test]
    fn what_is_missing_is_named_with_where_it_was_sought() {
        let registry = PluginRegistry::open(&["/absent/a".into(), "/absent/b".into()], None);
        let options = RuntimeOptions::new(1, Device::Cpu);
        assert_eq!(
            registry.load_model("pytorch", &source(), options).unwrap_err().to_string(),
            "no plugin provides the backend `pytorch` (found: none); searched /absent/a, /absent/b"
        );
        assert_eq!(
            registry.create_scorer("logitt", &Value::Null).unwrap_err().to_string(),
            "unknown scorer `logitt` (known: none); see `kipos plugin list`"
        );
        assert_eq!(
            registry.create_scorer_from("x", "y", &Value::Null).unwrap_err().to_string(),
            "unknown plugin `x` (found: none); see `kipos plugin list`"
        );
    }

    #[test]
    fn a_library_that_did_not_load_is_named_where_something_is_missing() {
        let (dir, path) = broken_plugin();
        let registry = PluginRegistry::open(&[dir.path().to_owned()], None);
        let message = registry.create_scorer("diff", &Value::Null).unwrap_err().to_string();
        let expected = format!("(known: none); see `kipos plugin list`; {} was not loaded: not a", path.display());
        assert!(message.contains(&expected), "{message}");
        fs::copy(&path, path.with_file_name(path.file_name().unwrap().to_str().unwrap().replace("broken", "too")))
            .unwrap();
        let registry = PluginRegistry::open(&[dir.path().to_owned()], None);
        let message = registry.create_scorer("diff", &Value::Null).unwrap_err().to_string();
        assert!(
            message.ends_with("; 2 libraries or directories were not loaded, see `kipos plugin list`"),
            "{message}"
        );
    }
}
