//! Taking the typed root of a library whose description was found good.

use std::panic::catch_unwind;
use std::path::Path;

use kipos_plugin_api::ABI_VERSION;
use kipos_plugin_api::abi::PluginModule_Ref;
use kipos_plugin_api::abi_stable::library::{LibraryError, RootModuleError, lib_header_from_path};
use thiserror::Error;

/// Why a plugin whose description is good cannot be used all the same.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum LoadError {
    /// The types of the boundary are not laid out as here.
    #[error(
        "its types are laid out differently although both sides say plugin ABI {}.{} ({differences}): rebuild it \
         against the kipos-plugin-api of this kipos", ABI_VERSION.0, ABI_VERSION.1
    )]
    Layout {
        /// The kinds of difference.
        differences: String,
    },
    /// Made with another release of the crate behind the boundary.
    #[error(
        "built with another release of abi_stable or kipos-plugin-api ({0}): rebuild it against the ones of this kipos"
    )]
    Release(String),
    /// Described, but empty.
    #[error("it exports KIPOS_PLUGIN_PROBE but no plugin behind it: export both with the export_plugin! macro")]
    MissingRoot,
    /// Its own initialisation failed.
    #[error("its initialisation failed: {0}")]
    Initialisation(String),
    /// What describes its types is not what it should be.
    #[error("the description of its types is damaged: copy or build it again")]
    Damaged,
    /// The system cannot load it.
    #[error("cannot be loaded: {0}")]
    Open(String),
}

/// Loads the root of a library, which stays loaded for the life of the process.
pub(super) fn load(path: &Path) -> Result<PluginModule_Ref, LoadError> {
    // `RootModule::load_from_file` would keep one module per type and process: a second plugin would be the first.
    let root = || lib_header_from_path(path).and_then(|header| header.init_root_module::<PluginModule_Ref>());
    // The comparison of layouts panics at values that no compiler writes.
    catch_unwind(root).map_err(|_| LoadError::Damaged)?.map_err(condense)
}

/// An error of abi_stable in one sentence; a layout mismatch alone would print more than a thousand lines.
fn condense(error: LibraryError) -> LoadError {
    match error {
        LibraryError::AbiInstability(report) => {
            LoadError::Layout { differences: layout_differences(&report.to_string()) }
        }
        LibraryError::GetSymbolError { .. } => LoadError::MissingRoot,
        LibraryError::RootModule { err: RootModuleError::Returned(reason), .. } => {
            LoadError::Initialisation(joined_lines(&reason.to_string()))
        }
        LibraryError::RootModule { .. } => LoadError::Initialisation("it panicked".into()),
        LibraryError::OpenError { err, .. } => LoadError::Open(joined_lines(&err.to_string())),
        LibraryError::Many(errors) => {
            errors.into_iter().next().map_or_else(|| LoadError::Release("unknown difference".into()), condense)
        }
        LibraryError::IncompatibleVersionNumber { expected_version, actual_version, .. } => {
            LoadError::Release(format!("it has {actual_version}, this kipos {expected_version}"))
        }
        LibraryError::InvalidAbiHeader(header) => {
            LoadError::Release(format!("its header is of abi_stable {}.{}", header.abi_major, header.abi_minor))
        }
        LibraryError::InvalidCAbi { .. } => LoadError::Release("the C calling convention differs".into()),
        LibraryError::ParseVersionError(reason) => LoadError::Release(joined_lines(&reason.to_string())),
    }
}

/// The kinds of difference that abi_stable's report names, each once.
fn layout_differences(report: &str) -> String {
    let mut differences: Vec<&str> = Vec::new();
    for difference in report.lines().filter_map(|line| line.trim().strip_prefix("Error:")) {
        if !differences.contains(&difference.trim()) {
            differences.push(difference.trim());
        }
    }
    if differences.is_empty() { "difference unknown".into() } else { differences.join(", ") }
}

/// A message of several lines as one.
fn joined_lines(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layout_report_becomes_its_differences() {
        let report = "Compared <this>:\n  A\nTo <other>:\n  B\n\n\nError:too many fields\nExpected:\n    3\nFound:\n    4\n\
                      \nError:incompatible type size\nExpected:\n    24\nFound:\n    32\n\nError:too many fields\n";
        assert_eq!(layout_differences(report), "too many fields, incompatible type size");
        assert_eq!(layout_differences("nothing to see"), "difference unknown");
    }

    #[test]
    fn messages_are_joined_to_one_line() {
        assert_eq!(joined_lines("\n'x' mismatch:\n\tuser: 1\n"), "'x' mismatch: user: 1");
    }
}
