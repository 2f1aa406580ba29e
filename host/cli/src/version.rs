//! `version`: what this kipos is, and what it finds.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use super::environment::plugin_dirs;
use super::error::CliResult;
use super::standard_output::standard_output;
use kipos::{LibraryInfo, PluginRegistry};
use kipos_plugin_api::{ABI_VERSION, RUSTC, TARGET};

/// What can be left out of a build, and whether this one has it.
const FEATURES: [(&str, bool); 3] =
    [("hdf5", cfg!(feature = "hdf5")), ("parquet", cfg!(feature = "parquet")), ("png", cfg!(feature = "png"))];

/// `kipos version`.
pub fn run(as_json: bool, typed_dirs: &[PathBuf], registry: &PluginRegistry) -> CliResult {
    let version = env!("CARGO_PKG_VERSION");
    let abi = format!("{}.{}", ABI_VERSION.0, ABI_VERSION.1);
    let features: Vec<&str> = FEATURES.iter().filter(|(_, built)| *built).map(|(name, _)| *name).collect();
    let dirs = plugin_dirs(typed_dirs);
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
    for library in registry.libraries() {
        writeln!(out, "  plugin {} {}, {}  {}", library.name, library.version, library.status, library.path.display())?;
    }
    Ok(())
}

fn absent(dir: &Path) -> &'static str {
    if dir.is_dir() { "" } else { " (does not exist)" }
}
