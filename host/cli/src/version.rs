//! `version`: what this kipos is, and what it finds.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use super::environment::plugin_dirs;
use super::error::CliResult;
use super::standard_output::standard_output;
use kipos::{LibraryInfo, PluginRegistry, error_chain};
use kipos_plugin_api::{ABI_VERSION, Device, EngineRelease, RUSTC, RuntimeOptions, TARGET};

/// What can be left out of a build, and whether this one has it.
const FEATURES: [(&str, bool); 3] =
    [("hdf5", cfg!(feature = "hdf5")), ("parquet", cfg!(feature = "parquet")), ("png", cfg!(feature = "png"))];

/// `kipos version`.
pub fn run(as_json: bool, typed_dirs: &[PathBuf], registry: &PluginRegistry) -> CliResult {
    let version = env!("CARGO_PKG_VERSION");
    let abi = format!("{}.{}", ABI_VERSION.0, ABI_VERSION.1);
    let features: Vec<&str> = FEATURES.iter().filter(|(_, built)| *built).map(|(name, _)| *name).collect();
    let dirs = plugin_dirs(typed_dirs);
    let engines = engines(registry);
    let mut out = standard_output();
    if as_json {
        let plugin = |library: &LibraryInfo| {
            json!({
                "name": library.name,
                "version": library.version,
                "path": library.path.display().to_string(),
                "status": library.status.to_string(),
            })
        };
        let document = json!({
            "kipos": version,
            "abi": abi,
            "features": features,
            "target": TARGET,
            "rustc": RUSTC,
            "plugin_dirs": dirs.iter().map(|dir| dir.display().to_string()).collect::<Json>(),
            "engines": engines.iter().map(Engine::json).collect::<Json>(),
            "plugins": registry.libraries().iter().map(plugin).collect::<Json>(),
        });
        out.write_lines(&format_args!("{document:#}"))?;
        return Ok(());
    }
    writeln!(out, "kipos {version}")?;
    writeln!(out, "  ABI       {abi}")?;
    writeln!(out, "  features  {}", if features.is_empty() { "none".to_owned() } else { features.join(", ") })?;
    writeln!(out, "  target    {TARGET}")?;
    writeln!(out, "  compiler  {RUSTC}")?;
    for dir in dirs {
        writeln!(out, "  plugins in {}{}", dir.display(), absent(&dir))?;
    }
    for Engine { backends, release } in engines {
        let backends = backends.join(", ");
        match release {
            Ok(EngineRelease { name, version, .. }) => writeln!(out, "  engine {name} {version} of {backends}")?,
            Err(problem) => writeln!(out, "  engine of {backends}: {problem}")?,
        }
    }
    for library in registry.libraries() {
        writeln!(out, "  plugin {} {}, {}  {}", library.name, library.version, library.status, library.path.display())?;
    }
    Ok(())
}

/// What computes for backends.
struct Engine {
    /// The backends.
    backends: Vec<String>,
    /// What it is, or why it cannot be opened.
    release: Result<EngineRelease, String>,
}

impl Engine {
    fn json(&self) -> Json {
        let release = self.release.as_ref();
        let libraries = |engine: &EngineRelease| {
            engine.libraries.iter().map(|library| library.display().to_string()).collect::<Json>()
        };
        json!({
            "backends": self.backends,
            "name": release.ok().map(|engine| &engine.name),
            "version": release.ok().map(|engine| &engine.version),
            "libraries": release.ok().map(libraries),
            "error": release.err(),
        })
    }
}

/// The engines of all backends that have one; backends with the same one are told together.
fn engines(registry: &PluginRegistry) -> Vec<Engine> {
    let mut engines: Vec<Engine> = Vec::new();
    for backend in registry.backend_names() {
        let release = registry.engine_release(&backend, RuntimeOptions::new(1, Device::Cpu));
        let release = release.map_err(|error| error_chain(&error)).transpose();
        let Some(release) = release else { continue };
        match engines.iter_mut().find(|engine| engine.release == release) {
            Some(engine) => engine.backends.push(backend),
            None => engines.push(Engine { backends: vec![backend], release }),
        }
    }
    engines
}

fn absent(dir: &Path) -> &'static str {
    if dir.is_dir() { "" } else { " (does not exist)" }
}
