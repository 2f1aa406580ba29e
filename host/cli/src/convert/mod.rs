//! `model convert` and `model new`: from a published file to a directory that kipos runs.

pub mod args;

mod answer;
mod child;
mod error;
mod new_model;
mod program;
mod python;
mod source;
mod stages;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use kipos::{
    CheckedConversion, ConversionCheck, ConversionRecord, ConversionSources, LOCK_FILE, PluginRegistry, SpecError,
    StagedDirectory, Stop, write_text_file,
};
use kipos_plugin_api::{Device, RuntimeOptions};
use serde_json::{Value as Json, json};

use super::error::{CliResult, UsageError};
use super::native_code_args::NativeCodeArgs;
use super::registry::model_registry;
use super::reporter::Reporter;
use super::run_results::RunResults;
use super::stopping::stop;
use answer::Converted;
use args::ConvertArgs;
pub use new_model::new_model;
use program::Framework;
use python::{Python, is_auto};
use source::{Source, check_not_replaced};
use stages::Stages;

/// `kipos model convert`.
pub fn convert(args: ConvertArgs, plugin_dirs: &[PathBuf], reporter: &mut Reporter) -> CliResult {
    let source = Source::of(&args)?;
    let target = source.target(args.output.as_deref());
    if let Some(licence) = source.licence() {
        reporter.log().info("licence", &licence);
    }
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
            let file: Vec<String> = source.expected_file().map(str::to_owned).into_iter().collect();
            check_not_replaced(&target, &file)?;
            StagedDirectory::create(&target.join("converted"))?
        }
    };
    let stop = stop();
    let mut lost = Vec::new();
    let work = staged.path().join("work");
    let script = program::write(&work.join("script"))?;
    let mut stages = Stages::new(reporter.log(), &mut lost);
    let mut python = Python::new(args.python.as_deref(), &script, &work, &stop);
    if is_auto(args.python.as_deref()) {
        let framework = framework(&source, &args, &python, &mut stages)?;
        python = python.with_framework(framework, &mut stages)?;
    }
    let out = work.join("out");
    let answer = python.ask(&request(&source, &args, &registry, &out), "done", &mut stages)?;
    let converted = Converted::read(&answer, &source.origin()).map_err(|missing| python.lacks(missing))?;
    for file in &converted.files {
        fs::rename(out.join(file), staged.path().join(file))?;
    }
    staged.write("model.yaml", &converted.draft.model_yaml())?;
    staged.write("dataloader.yaml", &converted.draft.dataloader_yaml())?;
    let checked = match args.no_check {
        true => None,
        false => {
            stages.begin("compare with the original");
            Some(check(&staged, &out, &converted, &args.code, &registry, &stop)?)
        }
    };
    drop(stages);
    let mut record = ConversionRecord {
        kipos: env!("CARGO_PKG_VERSION").to_owned(),
        how: converted.how.clone(),
        sources: converted.sources.clone(),
        files: digests(staged.path(), &converted.files)?,
        versions: converted.versions.clone(),
        layers_lost: lost,
        checked,
    };
    fs::remove_dir_all(&work)?;
    if stop.is_asked() {
        return Err(kipos::Stopped::default().into());
    }
    let descriptions = match source {
        Source::Files(_) => {
            staged.write(LOCK_FILE, &record.text())?;
            staged.commit()?;
            &["model.yaml", "dataloader.yaml", LOCK_FILE][..]
        }
        Source::Kipoi(directory) => {
            let directory = std::path::absolute(directory.path())?;
            check_not_replaced(&directory, &converted.files)?;
            record.relate_sources(&directory);
            for file in &converted.files {
                fs::rename(staged.path().join(file), directory.join(file))?;
            }
            write_text_file(&directory.join(LOCK_FILE), &record.text())?;
            &[LOCK_FILE]
        }
    };
    let written = converted.files.iter().map(String::as_str).chain(descriptions.iter().copied());
    let written: Vec<String> = written.map(|file| target.join(file).display().to_string()).collect();
    let said = format!("{}\nwrote {}", summary(&record), written.join(", "));
    reporter.log().info("summary", &said);
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

/// The framework of a model, as its description or the content of its files tells.
fn framework(
    source: &Source,
    args: &ConvertArgs,
    python: &Python<'_>,
    stages: &mut Stages<'_>,
) -> CliResult<Framework> {
    if let Source::Kipoi(directory) = source {
        return Ok(Framework::of_kind(&directory.model().type_));
    }
    let mut request = source.request(args);
    request["do"] = json!("tell");
    let kinds = python.ask(&request, "kinds", stages)?;
    let kinds: Vec<&str> = kinds.as_array().into_iter().flatten().filter_map(|kind| kind["kind"].as_str()).collect();
    // Code beside other files is read by the framework of those.
    let kind = kinds.iter().find(|kind| **kind != "python").or(kinds.first());
    Ok(Framework::of_kind(kind.ok_or_else(|| python.lacks("kinds"))?))
}

fn request(source: &Source, args: &ConvertArgs, registry: &PluginRegistry, out: &Path) -> Json {
    let mut request = source.request(args);
    // Without a plugin that runs TorchScript, PyTorch writes ONNX.
    let runs_torchscript = registry.backend_plugin("pytorch").is_some();
    let usual = source.only_format().unwrap_or(if runs_torchscript { "auto" } else { "onnx" });
    request["do"] = json!("convert");
    request["to"] = json!(args.to.map_or(usual, args::TargetFormat::name));
    request["output"] = json!(out.to_string_lossy());
    request["trust"] = json!(args.code.trust_model);
    request
}

fn runtime(code: &NativeCodeArgs) -> RuntimeOptions {
    let threads = available_parallelism().map_or(1, usize::from);
    code.apply_to(RuntimeOptions::new(threads, Device::Cpu))
}

fn check(
    staged: &StagedDirectory,
    out: &Path,
    converted: &Converted,
    code: &NativeCodeArgs,
    registry: &PluginRegistry,
    stop: &Stop,
) -> CliResult<CheckedConversion> {
    let check = ConversionCheck {
        directory: staged.path().to_owned(),
        runtime: runtime(code),
        original: out.join(&converted.original),
        batches: converted.batches.clone(),
        gradient: converted.gradient.clone(),
        stop: stop.clone(),
    };
    Ok(check.run(registry)?)
}

fn digests(directory: &Path, files: &[String]) -> CliResult<BTreeMap<String, String>> {
    let digest = |file: &String| -> CliResult<(String, String)> {
        Ok((file.clone(), kipos::file_digest(&directory.join(file))?))
    };
    files.iter().map(digest).collect()
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
