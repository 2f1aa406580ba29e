//! Files that are no ONNX graphs, and how to come by one.

use std::path::Path;

use kipos_file_kind::FileKind;
use kipos_plugin_api::{Conversion, Result};

use crate::problem::invalid;
use crate::tensorflow::command;

/// How a file that is no graph becomes one; `None` if it is one, or nothing is known to make one of it.
///
/// # Errors
/// A file that cannot be read.
pub fn conversion(file: &Path) -> Result<Option<Conversion>> {
    let kind = FileKind::of(file).map_err(|error| invalid(format!("cannot read {}: {error}", file.display())))?;
    let found = kind.and_then(|kind| Some((kind, command_of(kind, file)?)));
    Ok(found.map(|(kind, command)| {
        let what = kind.to_string();
        Conversion::new(what.strip_prefix("is ").unwrap_or(&what), command, command::FILE)
    }))
}

/// The command that makes a graph of a file of this kind, if there is one.
fn command_of(kind: FileKind, file: &Path) -> Option<String> {
    // The command runs beside the file.
    let own = file.file_name().unwrap_or_default().to_string_lossy();
    match kind {
        FileKind::Hdf5 | FileKind::Keras | FileKind::SavedModel | FileKind::GraphDef => {
            Some(command::of_published(&own))
        }
        FileKind::TfLite => Some(command::of_lite(&own)),
        _ => None,
    }
}

/// What is the matter with a file that is no graph; `None` if its bytes do not tell.
pub fn problem(file: &Path) -> Option<String> {
    let kind = FileKind::of(file).ok()??;
    let name = file.display();
    let path = file.to_string_lossy();
    let what = match (kind, kind.remedy()) {
        (FileKind::Onnx, _) => return None,
        (_, Some(remedy)) => return Some(format!("{name} {kind}; {remedy}")),
        (FileKind::Hdf5 | FileKind::Keras | FileKind::SavedModel | FileKind::GraphDef, _) => {
            format!("convert it: {}", command::of_published(&path))
        }
        (FileKind::PyTorch, _) => {
            format!("choose `type: pytorch` if it is TorchScript, or convert it: {}", command::of_published(&path))
        }
        (FileKind::TfLite, _) => format!("convert it: {}", command::of_lite(&path)),
        _ => "export the model as ONNX".into(),
    };
    Some(format!("{name} {kind}, not an ONNX file; {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem_of(name: &str, bytes: &[u8]) -> Option<String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        Some(problem(&path)?.replace(&format!("{}/", directory.path().display()), ""))
    }

    #[test]
    fn every_kind_has_a_remedy() {
        let says = |name: &str, bytes: &[u8], expected: &str| assert_eq!(problem_of(name, bytes).unwrap(), expected);
        says("m.onnx", b"", "m.onnx is empty; copy or download it again");
        says(
            "m.onnx",
            b"version https://git-lfs.github.com/spec/v1\n",
            "m.onnx is only a pointer of Git LFS; fetch the file itself with `git lfs pull`",
        );
        says("m.onnx", b"<!DOCTYPE html>", "m.onnx is a web page (HTML); download the file itself");
        says("m.onnx", b"PK\x03\x04 a.onnx", "m.onnx is a zip archive; unpack it, and name the model file in it");
        says(
            "my m.h5",
            b"\x89HDF\r\n\x1a\n",
            "my m.h5 is an HDF5 file, as Keras writes, not an ONNX file; convert it: kipos model convert 'my m.h5'",
        );
        says(
            "m.pt",
            b"PK\x03\x04 m/data.pkl",
            "m.pt is a PyTorch file, not an ONNX file; choose `type: pytorch` if it is TorchScript, or convert it: \
             kipos model convert m.pt",
        );
        says("m.pkl", b"\x80\x04\x95", "m.pkl is a Python pickle, not an ONNX file; export the model as ONNX");
        says(
            "g.pb",
            b"\x0a\x05\x0a\x03seq",
            "g.pb is a frozen graph of TensorFlow, not an ONNX file; convert it: kipos model convert g.pb",
        );
        says(
            "saved_model.pb",
            b"\x08\x01\x12\x05\x0a\x03\x0a\x01x",
            "saved_model.pb is a saved model of TensorFlow, not an ONNX file; convert it: kipos model convert \
             saved_model.pb",
        );
        assert_eq!(problem_of("m.onnx", b"\x7fELF\x02\x01"), None);
    }
}
