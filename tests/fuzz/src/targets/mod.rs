//! The targets, one a file.

pub(crate) mod bcf;
pub(crate) mod bed;
pub(crate) mod description;
pub(crate) mod engine;
pub(crate) mod fasta;
pub(crate) mod file_kind;
pub(crate) mod group;
pub(crate) mod hdf5;
pub(crate) mod library;
pub(crate) mod number;
pub(crate) mod onnx;
pub(crate) mod plugin_file;
pub(crate) mod torch_archive;
pub(crate) mod typed;
pub(crate) mod variant_index;
pub(crate) mod vcf;

use std::error::Error;
use std::fs;
use std::path::Path;

use kipos::error_chain;

use crate::input::Input;
use crate::target::{Finding, project};

/// An error is a fine answer, unless it says that something happened which cannot happen.
fn check_error(error: &(dyn Error + 'static)) -> Result<(), Finding> {
    check_sentence(&error_chain(error))
}

/// The same of the text of an error.
fn check_sentence(text: &str) -> Result<(), Finding> {
    match text {
        _ if text.contains("internal error") => Err(Finding::own(text)),
        _ if text.trim().is_empty() => Err(Finding::own("an error without a text")),
        _ => Ok(()),
    }
}

/// Checks the error of a result, and gives its value.
fn checked<T, E: Error + 'static>(result: Result<T, E>) -> Result<Option<T>, Finding> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) => check_error(&error).map(|()| None),
    }
}

/// Reads a file of the project, named from its root.
fn file(path: &str) -> Result<Vec<u8>, String> {
    let path = project().join(path);
    fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// Files of the project as inputs of one part each.
fn files(part: &str, paths: &[&str]) -> Result<Vec<Input>, String> {
    paths.iter().map(|path| Ok(Input::one(part, file(path)?))).collect()
}

/// Writes a file of an input; a machine without room for it is no finding.
fn place(directory: &Path, name: &str, bytes: &[u8]) -> Result<(), Finding> {
    let path = directory.join(name);
    fs::write(&path, bytes).map_err(|error| Finding::foreign(format!("cannot write {}: {error}", path.display())))
}

/// Writes a file that an input may have. If it has none, what an earlier input left is removed.
fn place_part(directory: &Path, input: &Input, name: &str) -> Result<(), Finding> {
    match input.bytes(name) {
        Some(bytes) => place(directory, name, bytes),
        None => {
            clear(directory, name);
            Ok(())
        }
    }
}

/// Removes a file that an earlier input may have left.
fn clear(directory: &Path, name: &str) {
    fs::remove_file(directory.join(name)).ok();
}
