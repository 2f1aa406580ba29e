//! The files that a run reads, which its outputs must not replace.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use kipos_plugin_api::Value;
use thiserror::Error;

use crate::dataloader::SeqInterval;
use crate::description::{ExpectedFile, ModelDir};
use crate::plugin::{PluginModel, PluginRegistry};
use crate::sink::Output;

/// The output would replace what the run reads.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the output {} is the same file as {}, which the run reads; choose another name", output.display(), input.display())]
pub struct OutputIsInput {
    output: PathBuf,
    input: PathBuf,
}

/// The files that describe and hold a model: its descriptions, whatever they name, and the plugins that may run it.
pub(crate) fn model_inputs(model: &ModelDir, registry: &PluginRegistry) -> Vec<PathBuf> {
    let mut inputs = model.files().to_vec();
    add_files(&model.model().args, model.path(), &mut inputs);
    if let Ok(loader) = model.loader() {
        inputs.push(loader.file.clone());
        inputs.extend(loader.remote_files.iter().map(|remote| remote.file.clone()));
    }
    if let Some(ExpectedFile::Remote(remote)) = &model.model().test.expect {
        inputs.push(remote.file.clone());
    }
    inputs.extend(registry.libraries().iter().map(|library| library.path.clone()));
    inputs.extend(model.members().iter().flat_map(|member| model_inputs(member, registry)));
    inputs
}

/// The files that are known only once a model is loaded: those that its graph names, and those of its engine.
pub(crate) fn loaded_inputs(model: &PluginModel) -> Vec<PathBuf> {
    let engine = model.engine_release().into_iter().flat_map(|engine| &engine.libraries);
    model.files().iter().chain(engine).cloned().collect()
}

/// The files that a value may name, relative to `directory`.
fn add_files(value: &Value, directory: &Path, files: &mut Vec<PathBuf>) {
    match value {
        Value::String(text) => files.push(directory.join(text)),
        Value::List(values) => values.iter().for_each(|value| add_files(value, directory, files)),
        Value::Map(entries) => entries.iter().for_each(|(_, value)| add_files(value, directory, files)),
        _ => {}
    }
}

/// The VCF, with the indexes that lead to its regions, and files of regions.
pub(crate) fn variant_inputs(vcf: Option<&Path>, regions: [&Option<PathBuf>; 2]) -> Vec<PathBuf> {
    let indexes = vcf.into_iter().flat_map(|vcf| [".tbi", ".csi"].map(|suffix| beside(vcf, suffix)));
    let regions = regions.into_iter().flatten().map(PathBuf::as_path);
    let named = vcf.into_iter().chain(regions).map(Path::to_owned);
    named.chain(indexes).collect()
}

/// The genome with its indices, and the intervals.
pub(crate) fn loader_inputs(loader: &SeqInterval) -> Vec<PathBuf> {
    let fasta = &loader.fasta_file;
    let genome = [fasta.clone(), beside(fasta, ".fai"), beside(fasta, ".gzi")];
    genome.into_iter().chain(loader.intervals_file.clone()).collect()
}

/// The name of a file with something added.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// Refuses outputs that are among the inputs, under whatever name or link, or whose indexes are.
pub(crate) fn refuse_inputs_as_outputs(outputs: &[Output], inputs: &[PathBuf]) -> Result<(), OutputIsInput> {
    let files = outputs.iter().flat_map(Output::files);
    files.into_iter().try_for_each(|path| refuse_input_as_output(&path, inputs))
}

fn refuse_input_as_output(output: &Path, inputs: &[PathBuf]) -> Result<(), OutputIsInput> {
    match inputs.iter().find(|input| is_same_file(output, input)) {
        Some(input) => Err(OutputIsInput { output: output.to_owned(), input: input.clone() }),
        None => Ok(()),
    }
}

/// Whether both names lead to one existing file; devices such as `/dev/null` do not count.
fn is_same_file(a: &Path, b: &Path) -> bool {
    let (Ok(a_data), Ok(b_data)) = (fs::metadata(a), fs::metadata(b)) else {
        return false;
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        a_data.is_file() && (a_data.dev(), a_data.ino()) == (b_data.dev(), b_data.ino())
    }
    #[cfg(not(unix))]
    {
        a_data.is_file() && b_data.is_file() && fs::canonicalize(a).ok() == fs::canonicalize(b).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_recognised_under_any_name() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        fs::write(path("in.vcf"), "in").unwrap();
        fs::write(path("other.vcf"), "in").unwrap();
        fs::hard_link(path("in.vcf"), path("hard.vcf")).unwrap();
        let inputs = [path("absent.fa"), path("in.vcf")];
        let refused = |name: &str| refuse_input_as_output(&path(name), &inputs).unwrap_err();
        let expected = |name: &str| OutputIsInput { output: path(name), input: path("in.vcf") };
        assert_eq!(refused("in.vcf"), expected("in.vcf"));
        assert_eq!(refused("hard.vcf"), expected("hard.vcf"));
        assert!(refuse_input_as_output(&path("other.vcf"), &inputs).is_ok());
        assert!(refuse_input_as_output(&path("new.vcf"), &inputs).is_ok());
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(path("in.vcf"), path("soft.vcf")).unwrap();
            assert_eq!(refused("soft.vcf"), expected("soft.vcf"));
        }
        assert!(refuse_input_as_output(Path::new("/dev/null"), &[PathBuf::from("/dev/null")]).is_ok());
    }
}
