//! The arguments that a dataloader is tried with.

use std::path::Path;

use kipos_plugin_api::Value;

use super::ModelTestError;
use crate::description::{DataloaderSpec, NativeLoader};

/// Arguments of the native loaders that are files, each of which must be there.
const FILES: [&str; 2] = ["fasta_file", "intervals_file"];

/// Whether kipos has the dataloader.
pub(super) fn is_native(loader: &DataloaderSpec) -> bool {
    matches!(loader.native, Some(NativeLoader::SeqInterval | NativeLoader::StringSeqInterval))
}

/// The arguments that are `given`, then the examples that the description has for others, then its defaults where the
/// model has none. Paths of the description start from its own directory.
///
/// # Errors
/// A file that the loader needs and nothing names.
pub(super) fn example_args(
    loader: &DataloaderSpec,
    given: &[(String, Value)],
) -> Result<Vec<(String, Value)>, ModelTestError> {
    let directory = loader.file.parent().unwrap_or(Path::new(""));
    let defaults = match &loader.default_args {
        Value::Map(entries) => entries.as_slice(),
        _ => &[],
    };
    let has = |args: &[(String, Value)], name: &str| args.iter().any(|(known, _)| known == name);
    let mut args = given.to_vec();
    for arg in &loader.args {
        let default = arg.default.as_ref().filter(|_| !has(defaults, &arg.name));
        if let Some(value) = arg.example.as_ref().or(default)
            && !has(given, &arg.name)
        {
            args.push((arg.name.clone(), beside(directory, &arg.name, value)));
        }
    }
    let missing: Vec<&str> = FILES.into_iter().filter(|name| !has(&args, name) && !has(defaults, name)).collect();
    match missing.is_empty() {
        true => Ok(args),
        false => Err(ModelTestError::NoExample { missing, file: loader.file.clone() }),
    }
}

/// A value of the description in `directory`.
fn beside(directory: &Path, name: &str, value: &Value) -> Value {
    let Value::String(text) = value else { return value.clone() };
    let path = directory.join(text);
    match path.to_str() {
        Some(path) if FILES.contains(&name) || Path::new(path).exists() => Value::String(path.into()),
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::description::ModelDir;

    const MODEL: &str = "type: onnx\nargs: {}\ninfo: {}\nschema: {inputs: {shape: ()}, targets: {shape: ()}}\n";

    /// The arguments for a loader of which this is said, with the temporary directory replaced.
    fn args(rest: &str, given: &[(&str, &str)]) -> Result<String, String> {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("model.yaml"), MODEL).unwrap();
        let loader = format!("defined_as: kipoiseq.dataloaders.SeqIntervalDl\n{rest}");
        fs::write(directory.path().join("dataloader.yaml"), loader).unwrap();
        let model = ModelDir::open(directory.path()).unwrap();
        let given: Vec<_> = given.iter().map(|(k, v)| ((*k).to_owned(), Value::String((*v).to_owned()))).collect();
        let args = example_args(model.loader().unwrap(), &given);
        let redacted = |text: String| text.replace(&directory.path().display().to_string(), "DIR");
        let shown = args.map(|args| args.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(" "));
        shown.map(redacted).map_err(|error| redacted(error.to_string()))
    }

    #[test]
    fn examples_are_taken_unless_something_is_given() {
        let described = "\
args:
  fasta_file: {example: example/genome.fa}
  intervals_file: {example: example/in.bed}
  auto_resize_len: {default: 5}
  use_strand: {default: true}
  dtype: {doc: no example}
default_args: {auto_resize_len: 10}
";
        insta::assert_snapshot!(args(described, &[("fasta_file", "own.fa")]).unwrap(), @r#"fasta_file="own.fa" intervals_file="DIR/example/in.bed" use_strand=true"#);
    }

    #[test]
    fn missing_examples_are_named() {
        insta::assert_snapshot!(args("", &[]).unwrap_err(), @"the dataloader cannot be tried without fasta_file and intervals_file; describe them with an `example` in `args` of DIR/dataloader.yaml, or give --dataloader-args");
        insta::assert_snapshot!(args("default_args: {fasta_file: x.fa}", &[]).unwrap_err(), @"the dataloader cannot be tried without intervals_file; describe it with an `example` in `args` of DIR/dataloader.yaml, or give --dataloader-args");
    }
}
