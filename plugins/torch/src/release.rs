//! Which LibTorch was loaded.

use kipos_plugin_api::{EngineRelease, PluginError, Result};

use crate::ffi;

/// What stands before the version in what LibTorch says of its build.
const VERSION: &str = "TORCH_VERSION=";

/// The version and the file of the loaded LibTorch.
///
/// # Errors
/// A LibTorch that does not say how it was built.
pub fn release() -> Result<EngineRelease> {
    let configuration = ffi::configuration()
        .map_err(|message| PluginError::runtime(format!("LibTorch does not say how it was built: {message}")))?;
    let release = EngineRelease::new("LibTorch", version(&configuration).unwrap_or("unknown"));
    Ok(release.with_libraries(ffi::library().into_iter().collect()))
}

/// The version in what LibTorch says of its build, a list whose items are parted by commas.
fn version(configuration: &str) -> Option<&str> {
    let (_, rest) = configuration.split_once(VERSION)?;
    rest.split([',', '\n']).next().map(str::trim).filter(|version| !version.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loaded_library_says_which_it_is() {
        // What the build is pinned to.
        let pinned = include_str!("../../../tests/xtask/requirements-torch.txt");
        let pinned = pinned.lines().find_map(|line| line.trim().strip_prefix("torch==")).unwrap();
        let pinned = pinned.split(|c: char| !c.is_ascii_digit() && c != '.').next().unwrap();
        let found = release().unwrap();
        assert_eq!((found.name.as_str(), found.version.as_str()), ("LibTorch", pinned));
        let [library] = found.libraries.as_slice() else { panic!("{found:?}") };
        assert!(library.is_file() && library.to_string_lossy().contains("libtorch"), "{found:?}");
    }

    #[test]
    fn the_version_is_one_item_of_the_list() {
        assert_eq!(
            version("  - Build settings: BLAS_INFO=mkl, TORCH_VERSION=2.13.0, USE_CUDA=OFF, \n"),
            Some("2.13.0")
        );
        assert_eq!(version("TORCH_VERSION=2.13.0\n"), Some("2.13.0"));
        assert_eq!(version("PyTorch built with:\n"), None);
    }
}
