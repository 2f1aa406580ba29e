//! The conversion of one model: ask Python, take its files, hold the result to the original.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use kipos::{
    CheckedConversion, ConversionCheck, ConversionRecord, ModelDraft, PluginRegistry, StagedDirectory, Stop,
    file_digest,
};
use serde_json::{Value as Json, json};

use super::super::error::CliResult;
use super::answer::Converted;
use super::args::{ConvertArgs, TargetFormat};
use super::python::Python;
use super::source::Source;
use super::stages::Stages;
use super::{descriptions, runtime, write_files};

/// What conversions are done with.
pub struct Job<'a> {
    pub args: &'a ConvertArgs,
    pub source: &'a Source,
    pub registry: &'a PluginRegistry,
    pub python: &'a Python<'a>,
    pub staged: &'a StagedDirectory,
    pub stop: &'a Stop,
}

impl Job<'_> {
    /// Converts a model of these files into a folder of the staged directory, empty or with a slash at its end; Python
    /// works in `out`.
    ///
    /// # Errors
    /// What Python refuses; a result that is not the original.
    pub fn convert(
        &self,
        files: &[PathBuf],
        folder: &str,
        out: &Path,
        stages: &mut Stages<'_>,
    ) -> CliResult<(ModelDraft, ConversionRecord)> {
        let answer = self.python.ask(&self.request(files, out), "done", stages)?;
        let mut converted =
            Converted::read(&answer, &self.source.origin(files)).map_err(|missing| self.python.lacks(missing))?;
        let directory = self.staged.path().join(folder);
        fs::create_dir_all(&directory)?;
        for file in &converted.files {
            fs::rename(out.join(file), directory.join(file))?;
        }
        write_files(self.staged, folder, descriptions(&converted.draft))?;
        let checked = match self.args.no_check {
            true => None,
            false => {
                stages.begin("compare with the original");
                Some(self.check(directory, out, &converted)?)
            }
        };
        converted.draft.files.iter_mut().for_each(|file| file.insert_str(0, folder));
        let record = ConversionRecord {
            kipos: env!("CARGO_PKG_VERSION").to_owned(),
            sources: converted.sources,
            files: self.digests(folder, &converted.files)?,
            how: converted.how,
            versions: converted.versions,
            layers_lost: Vec::new(),
            checked,
        };
        Ok((converted.draft, record))
    }

    fn request(&self, files: &[PathBuf], out: &Path) -> Json {
        let mut request = self.source.request(files, self.args);
        // Without a plugin that runs TorchScript, PyTorch writes ONNX.
        let runs_torchscript = self.registry.backend_plugin("pytorch").is_some();
        let usual = self.source.only_format().unwrap_or(if runs_torchscript { "auto" } else { "onnx" });
        request["do"] = json!("convert");
        request["to"] = json!(self.args.to.map_or(usual, TargetFormat::name));
        request["output"] = json!(out.to_string_lossy());
        request["trust"] = json!(self.args.code.trust_model);
        request
    }

    fn check(&self, directory: PathBuf, out: &Path, converted: &Converted) -> CliResult<CheckedConversion> {
        let check = ConversionCheck {
            directory,
            runtime: runtime(&self.args.code),
            original: out.join(&converted.original),
            batches: converted.batches.clone(),
            gradient: converted.gradient.clone(),
            stop: self.stop.clone(),
        };
        Ok(check.run(self.registry)?)
    }

    fn digests(&self, folder: &str, files: &[String]) -> CliResult<BTreeMap<String, String>> {
        let digest = |file: &String| -> CliResult<(String, String)> {
            let file = format!("{folder}{file}");
            let digest = file_digest(&self.staged.path().join(&file))?;
            Ok((file, digest))
        };
        files.iter().map(digest).collect()
    }
}
