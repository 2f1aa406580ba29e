//! What a file is that LibTorch cannot read, and the command that makes a TorchScript file of it.

use std::path::Path;

use kipos_file_kind::{Ends, FileKind as Foreign};
use kipos_plugin_api::{SchemaLeaf, shell_word};

use crate::trace;

/// What a file turns out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// TorchScript.
    Script,
    /// Tensors by name, as `torch.save(model.state_dict(), ...)` writes them.
    StateDict,
    /// A pickled module, as `torch.save(model, ...)` writes it.
    PickledModule,
    /// What `torch.export.save` writes.
    Exported,
    /// The beginning of an archive.
    Truncated,
    /// What PyTorch does not write.
    Foreign(Foreign),
    /// Something else.
    Unknown,
}

/// The first bytes of what torch.save wrote before it wrote archives: a pickled number.
const OLD_PICKLE: &[u8] = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.";

/// What stands at the end of every archive.
const END_OF_ARCHIVE: &[u8] = b"PK\x05\x06";

/// Looks into a file. All these are archives (or pickles, from old releases); the names of an archive's parts stand at
/// its end, and the pickle that names the classes at its beginning.
pub fn kind_of(path: &Path) -> std::io::Result<FileKind> {
    let Ends { head, tail, length } = Ends::read(path)?;
    Ok(classify(&head, &tail, length))
}

fn classify(head: &[u8], tail: &[u8], length: u64) -> FileKind {
    let foreign = || Foreign::of_bytes(head, tail, length).map_or(FileKind::Unknown, FileKind::Foreign);
    let holds = |bytes: &[u8], text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    let is_archive = head.starts_with(b"PK\x03\x04");
    if !is_archive && !head.starts_with(OLD_PICKLE) {
        return foreign();
    }
    if is_archive && !holds(tail, END_OF_ARCHIVE) {
        return FileKind::Truncated;
    }
    if is_archive && holds(tail, b"constants.pkl") {
        return FileKind::Script;
    }
    if is_archive && (holds(tail, b"archive_format") || holds(tail, b"models/model.json")) {
        return FileKind::Exported;
    }
    if is_archive && !holds(tail, b"data.pkl") {
        return foreign();
    }
    if holds(head, b"_modules") { FileKind::PickledModule } else { FileKind::StateDict }
}

/// What to do with a file that is no TorchScript, of a model with these inputs.
pub fn advice(kind: FileKind, path: &Path, inputs: &[SchemaLeaf]) -> String {
    let trace = || trace::save(inputs);
    let file = shell_word(&path.to_string_lossy());
    let convert = |source: &str| format!("kipos model convert {source}");
    let class = "--class \"FILE.py:CLASS(ARGUMENTS)\"";
    let shapes: String = inputs.iter().map(|input| format!(" --shape {}", axes(&input.shape))).collect();
    match kind {
        FileKind::StateDict => format!(
            "holds weights without the network (a state_dict); name the class to convert it: {} {class}{shapes}",
            convert(&file)
        ),
        FileKind::PickledModule => format!(
            "is a pickled module, which needs its Python code, and runs what is in it when it is loaded; if you trust \
             it, convert it: {}{shapes}",
            convert(&file)
        ),
        FileKind::Exported => format!(
            "was written by torch.export, which LibTorch cannot run; convert the class and its state_dict: {} {class}{shapes}",
            convert("WEIGHTS")
        ),
        FileKind::Truncated => "is cut short: its end is missing; copy or download it again".into(),
        FileKind::Foreign(Foreign::Onnx | Foreign::TruncatedOnnx) => {
            "is an ONNX file, not TorchScript; choose `type: onnx`".into()
        }
        FileKind::Foreign(kind) => match kind.remedy() {
            Some(remedy) => format!("{kind}; {remedy}"),
            None if is_converted(kind) => format!("{kind}, not TorchScript; convert it: {}", convert(&file)),
            None => format!("{kind}, not TorchScript; write the model with {}", trace()),
        },
        FileKind::Script | FileKind::Unknown => {
            format!("is not a usable TorchScript file; write it again with {}", trace())
        }
    }
}

/// Whether `kipos model convert` takes such a file.
fn is_converted(kind: Foreign) -> bool {
    matches!(kind, Foreign::Hdf5 | Foreign::Keras | Foreign::SavedModel | Foreign::GraphDef)
}

/// A shape without the batch axis, as `--shape` takes it.
fn axes(shape: &[Option<usize>]) -> String {
    let axis = |length: &Option<usize>| length.map_or("None".to_owned(), |length| length.to_string());
    shape.iter().map(axis).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(head: &[u8], tail: &[u8]) -> FileKind {
        classify(head, tail, head.len() as u64)
    }

    #[test]
    fn files_are_told_apart_by_what_they_hold() {
        let archive = |names: &[u8]| of(b"PK\x03\x04 data.pkl _parameters", &[names, END_OF_ARCHIVE].concat());
        assert_eq!(archive(b"m/data.pkl m/constants.pkl m/code/a.py"), FileKind::Script);
        assert_eq!(archive(b"m/data.pkl m/data/0"), FileKind::StateDict);
        assert_eq!(archive(b"m/models/model.json m/data.pkl"), FileKind::Exported);
        assert_eq!(archive(b"word/document.xml"), FileKind::Foreign(Foreign::Zip));
        assert_eq!(of(b"PK\x03\x04 _modules", b"m/data.pkl PK\x05\x06"), FileKind::PickledModule);
        assert_eq!(of(b"PK\x03\x04 m/data.pkl", b"m/data/0"), FileKind::Truncated);
        assert_eq!(of(OLD_PICKLE, b""), FileKind::StateDict);
        assert_eq!(of(b"\x7fELF\x02\x01", b""), FileKind::Unknown);
    }

    #[test]
    fn what_a_conversion_takes_is_answered_with_it() {
        let inputs = [SchemaLeaf::new("seq", vec![Some(4), None]), SchemaLeaf::new("side", vec![Some(2)])];
        let advice = |kind: FileKind| advice(kind, Path::new("my net.pth"), &inputs);
        let class = "--class \"FILE.py:CLASS(ARGUMENTS)\" --shape 4,None --shape 2";
        assert_eq!(
            advice(FileKind::StateDict),
            format!(
                "holds weights without the network (a state_dict); name the class to convert it: kipos model convert \
                 'my net.pth' {class}"
            )
        );
        let pickled = "if you trust it, convert it: kipos model convert 'my net.pth' --shape 4,None --shape 2";
        assert!(advice(FileKind::PickledModule).ends_with(pickled));
        assert!(advice(FileKind::Exported).ends_with(&format!("kipos model convert WEIGHTS {class}")));
    }

    #[test]
    fn what_pytorch_does_not_write_is_named() {
        let advice = |head: &[u8]| advice(of(head, head), Path::new("m.pt"), &[]);
        for (head, expected) in [
            (&b""[..], "is empty; copy or download it again"),
            (
                b"version https://git-lfs.github.com/spec/v1\n",
                "is only a pointer of Git LFS; fetch the file itself with `git lfs pull`",
            ),
            (b"<html>", "is a web page (HTML); download the file itself"),
            (
                b"\x89HDF\r\n\x1a\n",
                "is an HDF5 file, as Keras writes, not TorchScript; convert it: kipos model convert m.pt",
            ),
            (b"\x08\x08\x12\x02me", "is an ONNX file, not TorchScript; choose `type: onnx`"),
            (
                b"\x80\x04\x95\0",
                "is a Python pickle, not TorchScript; write the model with torch.jit.trace(model.eval(), \
                 EXAMPLE).save('model.pt')",
            ),
        ] {
            assert_eq!(advice(head), expected);
        }
    }
}
