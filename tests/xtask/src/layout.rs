//! Where things lie: the checkout and the target directory.

use std::env;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// The directories that the tasks work in, all absolute.
pub(crate) struct Layout {
    /// The root of the checkout.
    pub(crate) root: PathBuf,
    /// This crate's own directory.
    pub(crate) xtask: PathBuf,
    /// The directory above `release/`: libraries placed in its `native/` are found by the plugins
    /// in its `release/`.
    pub(crate) target: PathBuf,
}

impl Layout {
    /// Reads both places at run time, so that a moved checkout or another target directory works.
    pub(crate) fn discover() -> Result<Self, Error> {
        let variable = "CARGO_MANIFEST_DIR";
        let xtask = env::var_os(variable).map(PathBuf::from).ok_or(Error::NotRunByCargo { variable })?;
        let root = ancestor(&xtask, 2).ok_or(Error::NotRunByCargo { variable })?;
        // Not from CARGO_TARGET_DIR: the directory may as well come from a configuration file.
        let executable = env::current_exe().map_err(|_| Error::NoTargetDirectory)?;
        let target = ancestor(&executable, 2).ok_or(Error::NoTargetDirectory)?;
        Ok(Self { root, xtask, target })
    }

    /// `path` as the user would type it in the root of the checkout.
    pub(crate) fn shown<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }
}

/// The directory `levels` above `path`.
fn ancestor(path: &Path, levels: usize) -> Option<PathBuf> {
    path.ancestors().nth(levels).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_in_the_checkout_is_shown_relative_and_any_other_in_full() {
        let layout =
            Layout { root: "/a/kipos".into(), xtask: "/a/kipos/tests/xtask".into(), target: "/b/target".into() };
        let inside = Path::new("/a/kipos/examples/motif-cnn");
        assert_eq!(layout.shown(inside), Path::new("examples/motif-cnn"));
        let outside = Path::new("/b/target/release/kipos");
        assert_eq!(layout.shown(outside), outside);
    }
}
