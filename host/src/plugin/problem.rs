//! What is wrong around the plugins without being the fault of one library.

use std::io;
use std::path::{Path, PathBuf};

use kipos_plugin_api::PluginError;
use thiserror::Error;

/// Something that the user should know of, though the plugins that did load work.
#[derive(Debug, Error)]
pub enum PluginProblem {
    /// A directory exists but cannot be listed.
    #[error("plugin directory {}: cannot be read: {reason}", dir.display())]
    UnreadableDir {
        /// The directory.
        dir: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// Any user of the machine could put a library into the directory.
    #[error(
        "plugin directory {}: not used, because every user may write to {}; remove that permission with \
         `chmod o-w` or use another directory", dir.display(), it_or(dir, place)
    )]
    WorldWritableDir {
        /// The directory.
        dir: PathBuf,
        /// Where every user may write: the directory, or one above it.
        place: PathBuf,
    },
    /// A library was opened in this process before any other.
    #[error("plugin library {}: opened without a trial in a process of its own, which did not start: {reason}", library.display())]
    Untried {
        /// The library.
        library: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// Nothing can be written where verdicts are kept.
    #[error("state directory {}: verdicts on plugins cannot be kept for the next run: {reason}", dir.display())]
    State {
        /// The directory.
        dir: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// A scorer or backend does not say which arguments it takes.
    #[error("plugin {plugin}: `{component}` cannot list its arguments: {source}")]
    Arguments {
        /// The plugin.
        plugin: String,
        /// The scorer or backend.
        component: String,
        /// What the plugin said.
        source: PluginError,
    },
}

impl PluginProblem {
    /// The directory of plugins that is not used.
    pub(super) fn dir(&self) -> Option<&Path> {
        match self {
            Self::UnreadableDir { dir, .. } | Self::WorldWritableDir { dir, .. } => Some(dir),
            Self::Untried { .. } | Self::State { .. } | Self::Arguments { .. } => None,
        }
    }
}

/// A place as a sentence about a directory names it.
fn it_or(dir: &Path, place: &Path) -> String {
    // The place is absolute, the directory may not be.
    let is_it = std::path::absolute(dir).is_ok_and(|dir| dir == place);
    if is_it { "it".into() } else { place.display().to_string() }
}
