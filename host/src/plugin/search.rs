//! Where plugins are looked for, and how they are opened.

use std::path::PathBuf;

use super::ProbingProgram;

/// Where plugins are looked for, and how they are opened.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct PluginSearch {
    /// Libraries that are opened wherever they are, before those of directories. Default: none.
    pub files: Vec<PathBuf>,
    /// The directories that are searched, in order.
    pub dirs: Vec<PathBuf>,
    /// The directory of plugins that a model brings and the user did not allow. It is not searched; where a plugin is
    /// missing, the message names the libraries in it. Default: none.
    pub not_allowed: Option<PathBuf>,
    /// Where verdicts on libraries are kept for later runs. Default: nowhere, every run begins anew.
    pub state_dir: Option<PathBuf>,
    /// The program that opens each library first, in a process of its own. Default: none, and libraries are opened in this
    /// process at once: one that crashes ends the process.
    pub probing: Option<ProbingProgram>,
}

impl PluginSearch {
    /// A search in these directories, with the defaults.
    pub fn new(dirs: impl IntoIterator<Item = PathBuf>) -> Self {
        Self { dirs: dirs.into_iter().collect(), ..Self::default() }
    }
}
