//! What is wrong around the plugins without being the fault of one library.

use std::io;
use std::path::PathBuf;

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
        "plugin directory {}: not used, because every user may write to it; remove that permission with \
         `chmod o-w` or use another directory", dir.display()
    )]
    WorldWritableDir {
        /// The directory.
        dir: PathBuf,
    },
    /// Nothing can be written where crashes are remembered.
    #[error("state directory {}: a crash while loading a plugin cannot be remembered: {reason}", dir.display())]
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
