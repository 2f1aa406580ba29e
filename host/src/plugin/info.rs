//! What is known of every library that was found, for listings.

use std::fmt;
use std::path::PathBuf;

use kipos_plugin_api::abi::OwnedArgSpec;

/// A plugin library. What it could not say of itself reads `unknown`.
#[derive(Debug, Clone, PartialEq)]
pub struct LibraryInfo {
    /// The file.
    pub path: PathBuf,
    /// The plugin's name: its own, or that in the file name if it does not say.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The compiler that built it.
    pub rustc: String,
    /// The target that it was built for.
    pub target: String,
    /// The version of the plugin ABI that it was built for, such as `0.1`.
    pub abi: String,
    /// Whether it is used.
    pub status: PluginStatus,
    /// Its scorers, if it is used.
    pub scorers: Vec<ComponentInfo>,
    /// Its backends, if it is used.
    pub backends: Vec<ComponentInfo>,
}

/// Whether a library is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PluginStatus {
    /// It is.
    Loaded,
    /// It is not: a library found earlier has the same plugin name.
    Shadowed {
        /// The other library.
        by: PathBuf,
    },
    /// It is not: it is not a plugin that this kipos can use, or others may change it.
    Refused {
        /// Why, in a sentence.
        reason: String,
    },
    /// It is not in this run: it is damaged, or the process that opened it first did not survive.
    Failed {
        /// How, in a sentence.
        reason: String,
    },
    /// It is not: two processes, one after the other, died of opening it.
    Quarantined {
        /// How, and what to do, in a sentence.
        reason: String,
    },
}

impl fmt::Display for PluginStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loaded => f.write_str("loaded"),
            Self::Shadowed { by } => write!(f, "shadowed by {}", by.display()),
            Self::Refused { reason } => write!(f, "refused: {reason}"),
            Self::Failed { reason } => write!(f, "failed: {reason}"),
            Self::Quarantined { reason } => write!(f, "quarantined: {reason}"),
        }
    }
}

/// A scorer or backend of a library.
#[derive(Debug, Clone, PartialEq)]
pub struct ComponentInfo {
    /// Its name.
    pub name: String,
    /// What it does.
    pub doc: String,
    /// The arguments that it takes.
    pub args: Vec<OwnedArgSpec>,
    /// Whether its name alone does not mean it: a backend of the same name was found earlier; a scorer has the name of a
    /// built-in score or of another plugin's, and is chosen as `PLUGIN::SCORER`.
    pub shadowed: bool,
}
