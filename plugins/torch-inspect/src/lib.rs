//! Looking into a TorchScript file before LibTorch opens it.
//!
//! Such a file is a program, and LibTorch runs a part of it when it opens the file. What could reach beyond the model is
//! refused unless the user trusts the model, and a file that is not what it says in any case, as LibTorch would read beyond
//! the end of its memory.

mod archive;
mod program;
mod tokens;
mod weights;

#[cfg(test)]
mod tests;

use std::path::Path;

use kipos_plugin_api::PluginError;

use archive::Archive;
use program::Source;

/// Why a file is not opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is not what PyTorch writes: what is wrong.
    Broken(String),
    /// It holds something that only a user can allow: what that is.
    Untrusted(String),
}

impl Refusal {
    /// The message, which begins with the file.
    pub fn of_file(self, shown: &dyn std::fmt::Display) -> PluginError {
        PluginError::new(
            kipos_plugin_api::ErrorKind::INVALID_MODEL,
            match self {
                Self::Broken(problem) => {
                    format!(
                        "{shown} is not as PyTorch writes it: {problem}; copy or download it again, or save the model again"
                    )
                }
                Self::Untrusted(found) => {
                    format!(
                        "{shown} holds {found}; give --trust-model if you trust whoever made the model with your files"
                    )
                }
            },
        )
    }
}

/// Looks into a file; `trusted`: whether the user allows its program everything.
///
/// # Errors
/// A damaged file, or a program that does what it must not do without consent.
pub fn check(path: &Path, trusted: bool) -> Result<(), Refusal> {
    let archive = Archive::open(path).map_err(Refusal::Broken)?;
    if !trusted {
        program::check(&sources(&archive)?).map_err(Refusal::Untrusted)?;
    }
    ["constants", "data"].iter().try_for_each(|pickle| weights::check(&archive, pickle, trusted))
}

/// All code of a file.
fn sources(archive: &Archive) -> Result<Vec<Source>, Refusal> {
    let is = |name: &str, end: &str| name.to_ascii_lowercase().ends_with(end);
    // Files of the first releases describe their tensors and code otherwise.
    if archive.records().iter().any(|record| record.name.eq_ignore_ascii_case("model.json")) {
        return Err(Refusal::Untrusted("a program of PyTorch before 1.1, which is not looked into".into()));
    }
    let records = archive.records().iter().filter(|record| is(&record.name, ".py"));
    let source = |record: &archive::Record| {
        let name = record.name.clone();
        let code = archive.read(record).map_err(Refusal::Broken)?;
        let code = String::from_utf8(code);
        Ok(Source { code: code.map_err(|_| Refusal::Broken(format!("record {name} is not UTF-8")))?, name })
    };
    records.map(source).collect()
}
