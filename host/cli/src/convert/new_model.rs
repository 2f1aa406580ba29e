//! `model new`: drafts for a file that a plugin runs as it is.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use kipos::{ConversionError, DraftRequest, StagedDirectory, write_text_file};

use super::super::error::{CliResult, UsageError};
use super::super::registry::model_registry;
use super::super::reporter::Reporter;
use super::super::run_results::RunResults;
use super::args::NewModelArgs;
use super::{draft_files, runtime, write_files};

/// The descriptions that are written.
const DESCRIPTIONS: [&str; 2] = ["dataloader.yaml", "model.yaml"];

/// `kipos model new`.
pub fn new_model(args: NewModelArgs, plugin_dirs: &[PathBuf], reporter: &mut Reporter) -> CliResult {
    let is_inside = is_in(&args.from, &args.directory);
    if is_inside {
        let existing = DESCRIPTIONS.iter().map(|name| args.directory.join(name)).find(|path| path.exists());
        existing.map_or(Ok(()), |path| Err(ConversionError::WouldReplace(path)))?;
    } else {
        StagedDirectory::check_free(&args.directory)?;
    }
    let (backend, name) = backend_of(&args.from)?;
    let registry = model_registry(plugin_dirs, &args.directory, &args.code, reporter)?;
    let request = |file: PathBuf| DraftRequest {
        backend: backend.to_owned(),
        file,
        shapes: args.shape.clone(),
        runtime: runtime(&args.code),
    };
    let written = if is_inside {
        let files = draft_files(&request(args.from.clone()).draft(&registry)?);
        let path = |name: &str| args.directory.join(name);
        let existing = files.iter().map(|(name, _)| path(name)).find(|path| path.exists());
        existing.map_or(Ok(()), |path| Err(ConversionError::WouldReplace(path)))?;
        for (name, text) in &files {
            fs::create_dir_all(path(name).parent().unwrap_or(&args.directory))?;
            write_text_file(&path(name), text)?;
        }
        files.into_iter().map(|(name, _)| name).collect()
    } else {
        let mut draft = request(args.from.clone()).draft(&registry)?;
        let staged = StagedDirectory::create(&args.directory)?;
        staged.copy(&args.from, name)?;
        // A graph may have its weights in files beside it.
        let copied = request(staged.path().join(name)).draft(&registry);
        copied.map_err(|_| needs_others(&args.from, &args.directory))?;
        draft.files = vec![name.to_owned()];
        let written = write_files(&staged, "", draft_files(&draft))?;
        staged.commit()?;
        [vec![name], written].concat()
    };
    let written: Vec<String> = written.iter().map(|name| args.directory.join(name).display().to_string()).collect();
    let lint = format!("`kipos model lint {}` lists what is still to be said", args.directory.display());
    reporter.log().info("summary", &format!("wrote {}\n{lint}", written.join(", ")));
    reporter.remember(RunResults::default(), &written);
    Ok(())
}

fn needs_others(file: &Path, directory: &Path) -> UsageError {
    let (shown, name) = (file.display(), file.file_name().unwrap_or_default());
    let inside = directory.join(name);
    UsageError::from(format!(
        "{shown} does not run without the files beside it; put them all into {} yourself, and name it there: --from {}",
        directory.display(),
        inside.display()
    ))
}

/// Whether a file is in a directory already.
fn is_in(file: &Path, directory: &Path) -> bool {
    let parent = file.canonicalize().ok().and_then(|file| Some(file.parent()?.to_owned()));
    parent.is_some() && parent == directory.canonicalize().ok()
}

/// The backend that runs a file, by its first bytes, and what the file is called beside its description.
fn backend_of(file: &Path) -> CliResult<(&'static str, &'static str)> {
    let mut head = Vec::new();
    let read = File::open(file).and_then(|open| open.take(4).read_to_end(&mut head));
    read.map_err(|error| UsageError::from(format!("cannot read {}: {error}", file.display())))?;
    // TorchScript is an archive; whatever else is neither is named by the backend.
    Ok(if head == b"PK\x03\x04" { ("pytorch", "model.pt") } else { ("onnx", "model.onnx") })
}
