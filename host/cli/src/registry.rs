//! The plugins of a command.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use kipos::{PluginRegistry, PluginSearch};

use super::error::CliResult;
use super::native_code_args::{NativeCodeArgs, own_plugins};
use super::{environment, first_opening};

/// The plugins of all directories, first those typed, then those of the environment.
pub fn open_registry(typed: &[PathBuf]) -> PluginRegistry {
    PluginRegistry::search(&search(environment::plugin_dirs(typed)))
}

/// The plugin of a single file.
pub fn open_library(file: PathBuf) -> PluginRegistry {
    let mut search = search(Vec::new());
    search.files.push(file);
    PluginRegistry::search(&search)
}

/// The plugins for a model, with its own if the user allows them. What is wrong with them is said.
pub fn model_registry(typed: &[PathBuf], model: &Path, code: &NativeCodeArgs) -> CliResult<PluginRegistry> {
    let own = code.plugins_of(model)?;
    let all: Vec<PathBuf> = typed.iter().cloned().chain(own.clone()).collect();
    let mut search = search(environment::plugin_dirs(&all));
    search.not_allowed = own.is_none().then(|| own_plugins(model));
    let registry = PluginRegistry::search(&search);
    for warning in registry.warnings(own.as_deref()) {
        // Nothing can be done about a closed stderr.
        let _ = writeln!(io::stderr(), "warning: {warning}");
    }
    Ok(registry)
}

fn search(dirs: Vec<PathBuf>) -> PluginSearch {
    let mut search = PluginSearch::new(dirs);
    search.state_dir = environment::state_dir();
    search.probing = first_opening::program();
    search
}
