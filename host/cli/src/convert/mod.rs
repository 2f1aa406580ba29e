//! `model convert` and `model new`: from a published file to a directory that kipos runs.

pub mod args;

mod answer;
mod child;
mod error;
mod job;
mod licence;
mod members;
mod new_model;
mod program;
mod python;
mod source;
mod stages;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use kipos::{
    ConversionRecord, ConversionSources, LOCK_FILE, MadeUpExample, ModelDraft, SpecError, StagedDirectory, Stopped,
    write_text_file,
};
use kipos_plugin_api::{Device, RuntimeOptions};

use super::error::{CliResult, UsageError};
use super::native_code_args::NativeCodeArgs;
use super::registry::model_registry;
use super::reporter::Reporter;
use super::run_results::RunResults;
use super::stopping::stop;
use args::ConvertArgs;
use job::Job;
pub use new_model::new_model;
use program::Framework;
use python::{Python, is_auto};
use source::{Source, check_not_replaced};
use stages::Stages;

/// `kipos model convert`.
pub fn convert(args: ConvertArgs, plugin_dirs: &[PathBuf], reporter: &mut Reporter) -> CliResult {
    let source = Source::of(&args)?;
    let target = source.target(args.output.as_deref());
    reporter.log().info("licence", &source.licence());
    if is_converted(&source, &target)? {
        let message = format!("{} is converted already, and its sources have not changed", target.display());
        reporter.log().info("summary", &message);
        return Ok(());
    }
    let registry = model_registry(plugin_dirs, &target, &args.code, reporter)?;
    // A converted file is put into a directory that exists once all is done; everything is made beside it until then.
    let staged = match &source {
        Source::Files(_) => StagedDirectory::create(&target)?,
        Source::Kipoi(_) => {
            check_not_replaced(&target, source.expected_file())?;
            StagedDirectory::create(&target.join("converted"))?
        }
    };
    let stop = stop();
    let mut lost = Vec::new();
    let work = staged.path().join("work");
    let script = program::write(&work.join("script"))?;
    let mut stages = Stages::new(reporter.log(), &mut lost);
    let mut python = Python::new(args.python.as_deref(), &script, &work, &stop);
    let kinds = kinds(&source, &args, &python, &mut stages)?;
    if is_auto(args.python.as_deref()) {
        python = python.with_framework(Framework::of_kinds(&kinds), &mut stages)?;
    }
    let job = Job { args: &args, source: &source, registry: &registry, python: &python, staged: &staged, stop: &stop };
    let (draft, mut record) = match members::of(&source, &kinds).as_slice() {
        [only] => job.convert(only, "", &work.join("out"), &mut stages)?,
        members => family(&job, members, &work, &mut stages)?,
    };
    drop(stages);
    record.layers_lost = lost;
    fs::remove_dir_all(&work)?;
    if stop.is_asked() {
        return Err(Stopped::default().into());
    }
    let summary = summary(&record);
    let files: Vec<String> = record.files.keys().cloned().collect();
    let descriptions = match &source {
        Source::Files(_) => {
            let mut names = write_files(&staged, "", draft_files(&draft))?;
            staged.write(LOCK_FILE, &record.text())?;
            staged.commit()?;
            names.push(LOCK_FILE);
            names
        }
        Source::Kipoi(directory) => {
            let directory = std::path::absolute(directory.path())?;
            check_not_replaced(&directory, files.iter().map(String::as_str))?;
            for file in &files {
                fs::rename(staged.path().join(file), directory.join(file))?;
            }
            write_text_file(&directory.join(LOCK_FILE), &record.related_to(&directory).text())?;
            vec![LOCK_FILE]
        }
    };
    let written = files.iter().map(String::as_str).chain(descriptions.iter().copied());
    let written: Vec<String> = written.map(|file| target.join(file).display().to_string()).collect();
    reporter.log().info("summary", &format!("{summary}\nwrote {}", written.join(", ")));
    reporter.remember(RunResults::default(), &written);
    Ok(())
}

/// Whether the target is what these sources become.
///
/// # Errors
/// Sources that have changed, of a directory that is not Kipoi's: what was written for it may have been edited.
fn is_converted(source: &Source, target: &Path) -> CliResult<bool> {
    let Some(sources) = ConversionSources::read(target)? else { return Ok(false) };
    match (sources.check_all(), source) {
        (Ok(()), Source::Kipoi(_)) => Ok(source.expected_file().is_some_and(|file| target.join(file).exists())),
        (Ok(()), Source::Files(files)) => {
            let known = |file: &PathBuf| sources.digests.keys().any(|path| Path::new(path).starts_with(file));
            Ok(files.iter().all(known))
        }
        (Err(SpecError::ChangedSource { .. }), Source::Kipoi(_)) => Ok(false),
        (Err(SpecError::ChangedSource { file, .. }), Source::Files(_)) => {
            let (file, target) = (file.display(), target.display());
            let message = format!(
                "{file} has changed since {target} was converted from it; remove {target} and convert again, or name another \
                 directory with -o"
            );
            Err(UsageError::from(message).into())
        }
        (Err(error), _) => Err(error.into()),
    }
}

/// The kind of each source, by its content; that of a description is its type. Nothing is asked where one file is converted
/// by a Python that is there.
fn kinds(source: &Source, args: &ConvertArgs, python: &Python<'_>, stages: &mut Stages<'_>) -> CliResult<Vec<String>> {
    match source {
        Source::Kipoi(directory) => Ok(vec![directory.model().type_.clone()]),
        Source::Files(files) if files.len() > 1 || is_auto(args.python.as_deref()) => python.kinds(files, stages),
        Source::Files(_) => Ok(Vec::new()),
    }
}

/// Converts the members of a family, each into a directory of its own, and describes them as one model.
fn family(
    job: &Job<'_>,
    members: &[Vec<PathBuf>],
    work: &Path,
    stages: &mut Stages<'_>,
) -> CliResult<(ModelDraft, ConversionRecord)> {
    let mut whole: Option<(ModelDraft, ConversionRecord)> = None;
    for (member, number) in members.iter().zip(1..) {
        stages.begin(&format!("member {number} of {}", members.len()));
        let folder = format!("{number}/");
        let (draft, record) = job.convert(member, &folder, &work.join(format!("out-{number}")), stages)?;
        // They were for the check of this member alone.
        for (name, _) in descriptions(&draft) {
            fs::remove_file(job.staged.path().join(&folder).join(name))?;
        }
        whole = Some(match whole {
            None => (draft, record),
            Some((family, records)) => (family.with_member(draft)?, records.with_member(record)),
        });
    }
    Ok(whole.ok_or_else(|| UsageError::from("no source is named"))?)
}

/// A file that is written, by its path in a directory, and its text.
type TextFile = (&'static str, String);

/// Both descriptions of a draft.
fn descriptions(draft: &ModelDraft) -> Vec<TextFile> {
    vec![("model.yaml", draft.model_yaml()), ("dataloader.yaml", draft.dataloader_yaml())]
}

/// The descriptions, and the files that their examples name.
fn draft_files(draft: &ModelDraft) -> Vec<TextFile> {
    let mut files = descriptions(draft);
    if let Some(MadeUpExample { fasta, intervals }) = draft.example() {
        files.extend([(MadeUpExample::FASTA, fasta), (MadeUpExample::INTERVALS, intervals)]);
    }
    files
}

/// Writes files into a folder of a directory, and gives their names.
fn write_files(staged: &StagedDirectory, folder: &str, files: Vec<TextFile>) -> CliResult<Vec<&'static str>> {
    files.iter().try_for_each(|(name, text)| staged.write(&format!("{folder}{name}"), text))?;
    Ok(files.into_iter().map(|(name, _)| name).collect())
}

fn runtime(code: &NativeCodeArgs) -> RuntimeOptions {
    let threads = available_parallelism().map_or(1, usize::from);
    code.apply_to(RuntimeOptions::new(threads, Device::Cpu))
}

/// What was done, in words.
fn summary(record: &ConversionRecord) -> String {
    let how = &record.how;
    let Some(checked) = &record.checked else {
        return format!("converted by {how}; not compared with the original");
    };
    let largest = |arrays: &[kipos::ArrayDifference]| arrays.iter().map(|array| array.difference).fold(0.0, f64::max);
    let gradients = match &checked.no_gradients {
        Some(reason) => format!("gradients not compared: {reason}"),
        None => format!("gradients by {:.1e}", largest(&checked.gradients)),
    };
    format!(
        "converted by {how}; predictions differ from the original by at most {:.1e} of the largest, {gradients}",
        largest(&checked.outputs)
    )
}
