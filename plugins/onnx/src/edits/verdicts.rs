//! What trials of edits showed, kept for the next run of the same model. A verdict follows from the model's files, the engine,
//! this library, the instructions of the processor and the shapes of rows; files are told by their place, length and time.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use kipos_onnx_edits::Instructions;
use kipos_plugin_api::EngineRelease;

use crate::search::own_file;

/// More bytes than a verdict has.
const LONGEST: u64 = 1 << 12;

const AGREES: &str = "agrees\n";
const DIFFERS: &str = "differs: ";

/// What a trial showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Edits are those of the engine.
    Agrees,
    /// They are not, for this reason.
    Differs(String),
}

/// The verdicts on a model.
#[derive(Debug, Default)]
pub struct Verdicts {
    /// Where they are kept, and a digest of what they follow from; not there if that is not known.
    kept: Option<(PathBuf, u64)>,
}

impl Verdicts {
    /// Those of a model of these files, whose inputs and outputs have these names, on this engine.
    pub fn of(state_dir: Option<&Path>, files: &[PathBuf], names: &[&str], engine: &EngineRelease) -> Self {
        let kept = || {
            let mut hasher = DefaultHasher::new();
            let instructions = format!("{:?}", Instructions::detect());
            (env!("CARGO_PKG_VERSION"), instructions, &engine.version, names).hash(&mut hasher);
            for file in files.iter().chain(&engine.libraries).chain([&own_file()?]) {
                stamp(file)?.hash(&mut hasher);
            }
            Some((state_dir?.join("edits"), hasher.finish()))
        };
        Self { kept: kept() }
    }

    /// The verdict on rows of some shapes, if it is known.
    pub fn recall(&self, shapes: &impl Hash) -> Option<Verdict> {
        let file = self.file(shapes)?;
        let metadata = fs::metadata(&file).ok()?;
        if !metadata.is_file() || metadata.len() > LONGEST {
            return None;
        }
        match fs::read_to_string(file).ok()?.as_str() {
            AGREES => Some(Verdict::Agrees),
            text => text.strip_prefix(DIFFERS)?.strip_suffix('\n').map(|reason| Verdict::Differs(reason.to_owned())),
        }
    }

    /// Keeps a verdict. One that cannot be kept is found again.
    pub fn keep(&self, shapes: &impl Hash, verdict: &Verdict) {
        let Some(file) = self.file(shapes) else { return };
        let text = match verdict {
            Verdict::Agrees => AGREES.to_owned(),
            Verdict::Differs(reason) => format!("{DIFFERS}{reason}\n"),
        };
        // Whole or not at all; another process may do the same, and either file is right.
        let partial = file.with_extension(std::process::id().to_string());
        let written = file.parent().map(fs::create_dir_all).and_then(Result::ok).and_then(|()| {
            fs::write(&partial, text).ok()?;
            fs::rename(&partial, &file).ok()
        });
        if written.is_none() {
            let _ = fs::remove_file(&partial);
        }
    }

    fn file(&self, shapes: &impl Hash) -> Option<PathBuf> {
        let (directory, digest) = self.kept.as_ref()?;
        let mut hasher = DefaultHasher::new();
        (digest, shapes).hash(&mut hasher);
        Some(directory.join(format!("{:016x}", hasher.finish())))
    }
}

/// What tells a file from others and from earlier ones.
fn stamp(file: &Path) -> Option<(PathBuf, u64, SystemTime)> {
    let metadata = fs::metadata(file).ok()?;
    Some((file.canonicalize().ok()?, metadata.len(), metadata.modified().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_kept_by_files_and_shapes() {
        let state = tempfile::tempdir().unwrap();
        let files = ["graph", "weights"].map(|name| state.path().join(name));
        files.iter().for_each(|file| fs::write(file, "1").unwrap());
        let engine = EngineRelease::new("an engine", "1.2.3");
        let of = |files: &[PathBuf], engine: &EngineRelease| Verdicts::of(Some(state.path()), files, &["x"], engine);
        let differs = Verdict::Differs("an edit is off".into());
        let first = of(&files, &engine);
        assert_eq!(first.recall(&[1]), None);
        first.keep(&[1], &Verdict::Agrees);
        first.keep(&[2], &differs);
        let again = of(&files, &engine);
        assert_eq!([1, 2, 3].map(|shape| again.recall(&[shape])), [Some(Verdict::Agrees), Some(differs), None]);
        assert_eq!(fs::read_dir(state.path().join("edits")).unwrap().count(), 2);
        assert_eq!(of(&files, &EngineRelease::new("an engine", "1.2.4")).recall(&[1]), None);
        assert_eq!(of(&files[..1], &engine).recall(&[1]), None);
        fs::write(&files[1], "12").unwrap();
        assert_eq!(of(&files, &engine).recall(&[1]), None);
    }

    #[test]
    fn without_a_place_or_files_nothing_is_kept() {
        let state = tempfile::tempdir().unwrap();
        let engine = EngineRelease::new("an engine", "1.2.3");
        for (place, files) in [(None, vec![]), (Some(state.path()), vec![state.path().join("absent")])] {
            let verdicts = Verdicts::of(place, &files, &[], &engine);
            verdicts.keep(&[1], &Verdict::Agrees);
            assert_eq!(verdicts.recall(&[1]), None);
        }
        // What is there need not be a verdict.
        let verdicts = Verdicts::of(Some(state.path()), &[], &[], &engine);
        verdicts.keep(&[1], &Verdict::Agrees);
        let file = fs::read_dir(state.path().join("edits")).unwrap().next().unwrap().unwrap().path();
        fs::write(&file, "agreed\n").unwrap();
        assert_eq!(verdicts.recall(&[1]), None);
    }
}
