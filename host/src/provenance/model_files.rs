//! Digests of the files that make a model.

use std::path::{Path, PathBuf};

use kipos_plugin_api::Value;

use super::{FileDigests, Provenance};
use crate::description::ModelDir;

/// The digests of the files of a model: its descriptions, the files that its arguments name, and those that it was
/// `loaded` from. Their names are those in the model's directory. What cannot be read has no digest.
pub(crate) fn model_files(directory: &ModelDir, loaded: &[PathBuf], digests: FileDigests<'_>) -> Provenance {
    let of_one = |directory: &ModelDir| {
        let mut files: Vec<PathBuf> = directory.description_files().into_iter().map(Path::to_owned).collect();
        named_files(&directory.model().args, directory.path(), &mut files);
        files
    };
    let members = directory.members();
    if !members.is_empty() {
        // In the order in which they are combined, each below its name.
        let group = |all: Provenance, member: &ModelDir| {
            let of_member = |file: &&PathBuf| file.starts_with(member.path());
            let files = of_one(member).into_iter().chain(loaded.iter().filter(of_member).cloned()).collect();
            let name = member.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
            all.with_group(name, digested(files, member.path(), digests))
        };
        return [directory].into_iter().chain(members).fold(Provenance::new(), group);
    }
    let mut files = of_one(directory);
    files.extend_from_slice(loaded);
    digested(files, directory.path(), digests)
}

/// The digests of files, each under its name in `directory` and once.
fn digested(files: Vec<PathBuf>, directory: &Path, digests: FileDigests<'_>) -> Provenance {
    let mut all = Provenance::new();
    let mut seen: Vec<String> = Vec::new();
    for file in files {
        let name = shown_name(&file, directory);
        if !seen.contains(&name)
            && let Ok(digest) = digests.of(&file)
        {
            all = all.with(&name, digest);
            seen.push(name);
        }
    }
    all
}

/// Adds the files that arguments name.
fn named_files(args: &Value, directory: &Path, files: &mut Vec<PathBuf>) {
    match args {
        Value::String(text) => {
            let file = directory.join(text);
            if file.is_file() {
                files.push(file);
            }
        }
        Value::List(items) => items.iter().for_each(|item| named_files(item, directory, files)),
        Value::Map(entries) => entries.iter().for_each(|(_, value)| named_files(value, directory, files)),
        _ => {}
    }
}

/// The name of a file in the model's directory, or its last part if it lies elsewhere: where that is differs from machine
/// to machine.
fn shown_name(file: &Path, directory: &Path) -> String {
    let inside = file.strip_prefix(directory).ok().filter(|inside| inside.is_relative());
    let name = inside.or(file.file_name().map(Path::new)).unwrap_or(file);
    let parts: Vec<_> = name.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::sha256::sha256;

    const MODEL: &str = "type: onnx\ninfo: {doc: a test}\nargs:\n  file: files/a.onnx\n  more: [b, absent, 3]\n\
                         schema: {inputs: {shape: '(4,)'}, targets: {shape: '(1,)'}}\n";

    #[test]
    fn all_files_of_a_model_have_digests_under_their_names_in_its_directory() {
        let directory = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(directory.path().join(name), text).unwrap();
        fs::create_dir(directory.path().join("files")).unwrap();
        write("model.yaml", MODEL);
        write("dataloader.yaml", "defined_as: kipoiseq.dataloaders.SeqIntervalDl\n");
        write("files/a.onnx", "graph");
        write("files/of any name", "weights");
        write("files/a.onnx.data", "no weights");
        write("b", "more");
        let opened = ModelDir::open(directory.path()).unwrap();
        let loaded = ["files/a.onnx", "files/of any name"].map(|name| directory.path().join(name));
        let files = model_files(&opened, &loaded, FileDigests::new(None));
        let found: Vec<_> =
            files.texts().into_iter().map(|(names, text)| (names[0].to_owned(), text.to_owned())).collect();
        let expected = [
            ("model.yaml", MODEL),
            ("dataloader.yaml", "defined_as: kipoiseq.dataloaders.SeqIntervalDl\n"),
            ("files/a.onnx", "graph"),
            ("b", "more"),
            ("files/of any name", "weights"),
        ];
        let expected = expected.map(|(name, text)| (name.to_owned(), format!("sha256:{}", sha256(text))));
        assert_eq!(found, expected);
    }

    #[test]
    fn a_file_elsewhere_is_called_by_its_last_name() {
        let name = |file: &str| shown_name(Path::new(file), Path::new("/models/m"));
        assert_eq!((name("/models/m/x/y"), name("/data/loader.yaml")), ("x/y".into(), "loader.yaml".into()));
        assert_eq!(shown_name(Path::new("./m/model.yaml"), Path::new("m")), "model.yaml");
    }
}
