//! What came of a trial, kept for the next run of the same model.

use std::ffi::OsString;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use kipos_plugin_api::Value;

use super::trial::Verdict;
use crate::description::ModelDir;
use crate::plugin::PluginRegistry;
use crate::provenance::FileDigests;
use crate::state_file;

const APART: &str = "apart\n";
const MIXED: &str = "mixed\n";
/// More bytes than a verdict has.
const LONGEST: u64 = 1 << 6;

/// Where the verdict on one model is kept.
pub(super) struct Memory {
    file: PathBuf,
}

impl Memory {
    /// That of a model; `None` without a state directory, or if its files cannot be read.
    pub fn of(dir: &ModelDir, registry: &PluginRegistry) -> Option<Self> {
        let digest = digest(dir, registry)?;
        Some(Self { file: registry.state_dir()?.join("rows").join(format!("{digest:016x}")) })
    }

    pub fn recall(&self) -> Option<Verdict> {
        match state_file::read(&self.file, LONGEST)?.as_str() {
            APART => Some(Verdict::Apart),
            MIXED => Some(Verdict::Mixed),
            _ => None,
        }
    }

    /// Keeps a verdict; a model that could not be tried is tried again, perhaps with other lengths.
    pub fn keep(&self, verdict: Verdict) {
        let word = match verdict {
            Verdict::Apart => APART,
            Verdict::Mixed => MIXED,
            Verdict::Random | Verdict::Untried => return,
        };
        // A verdict that cannot be kept is found again.
        let _ = state_file::write(&self.file, word);
    }
}

/// A digest of everything that the verdict follows from: kipos, the plugin, the description and the files that it names.
fn digest(dir: &ModelDir, registry: &PluginRegistry) -> Option<u64> {
    let spec = dir.model();
    let mut hasher = DefaultHasher::new();
    let plugin = registry.backend_library(&spec.type_).map(|library| (&library.name, &library.version));
    (env!("CARGO_PKG_VERSION"), &spec.type_, plugin, spec.args.to_string()).hash(&mut hasher);
    for array in spec.inputs.iter().chain(&spec.targets) {
        (&array.name, array.shape.to_string()).hash(&mut hasher);
    }
    let mut files = Vec::new();
    files_in(&spec.args, dir.path(), &mut files);
    for member in dir.members() {
        member.model().args.to_string().hash(&mut hasher);
        files_in(&member.model().args, member.path(), &mut files);
    }
    let digests = FileDigests::new(registry.state_dir());
    for file in files {
        digests.of(&file).ok()?.hash(&mut hasher);
        beside(&file)?.hash(&mut hasher);
    }
    Some(hasher.finish())
}

/// Name, length and time of all files beside this one: a graph may keep its weights in some of them.
fn beside(file: &Path) -> Option<Vec<(OsString, u64, Option<SystemTime>)>> {
    let about = |entry: fs::DirEntry| {
        let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
        Some((entry.file_name(), metadata.len(), metadata.modified().ok()))
    };
    let entries = fs::read_dir(file.parent()?).ok()?;
    let mut all: Vec<_> = entries.filter_map(|entry| about(entry.ok()?)).collect();
    all.sort();
    Some(all)
}

/// The files that arguments name.
fn files_in(args: &Value, directory: &Path, files: &mut Vec<PathBuf>) {
    match args {
        Value::String(text) => files.extend(Some(directory.join(text)).filter(|file| file.is_file())),
        Value::List(items) => items.iter().for_each(|item| files_in(item, directory, files)),
        Value::Map(entries) => entries.iter().for_each(|(_, value)| files_in(value, directory, files)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use tempfile::tempdir;

    use super::*;

    #[test]
    fn a_verdict_is_kept_and_an_attempt_is_not() {
        let dir = tempdir().unwrap();
        let memory = Memory { file: dir.path().join("state/rows/0001") };
        for verdict in [Verdict::Untried, Verdict::Random] {
            memory.keep(verdict);
            assert_eq!(memory.recall(), None);
        }
        for verdict in [Verdict::Mixed, Verdict::Apart] {
            memory.keep(verdict);
            assert_eq!(memory.recall(), Some(verdict));
        }
        fs::write(&memory.file, "something else").unwrap();
        assert_eq!(memory.recall(), None);
        assert_eq!(fs::read_dir(dir.path().join("state/rows")).unwrap().count(), 1, "no partial file stays");
    }

    #[test]
    fn all_files_that_arguments_name_count() {
        let dir = tempdir().unwrap();
        fs::write(dir.path().join("a.onnx"), "a").unwrap();
        fs::write(dir.path().join("b"), "b").unwrap();
        let text = |text: &str| Value::String(text.into());
        let args = Value::Map(vec![
            ("file".into(), text("a.onnx")),
            ("more".into(), Value::List(vec![text("b"), text("absent"), Value::Int(3)])),
        ]);
        let mut files = Vec::new();
        files_in(&args, dir.path(), &mut files);
        assert_eq!(files, [dir.path().join("a.onnx"), dir.path().join("b")]);
        let before = beside(&files[0]).unwrap();
        assert_eq!(before.len(), 2);
        fs::write(dir.path().join("weights.bin"), "more").unwrap();
        assert_ne!(beside(&files[0]).unwrap(), before, "weights in another file count");
    }
}
