//! `dataloader.yaml`, or what a model says in its place.

use std::path::{Path, PathBuf};

use kipos_plugin_api::Value;
use serde_yaml::Value as Yaml;

use super::array::{ArraySpec, Structure, read_arrays};
use super::document::Document;
use super::error::{SpecError, SpecPlace, SpecWarning};
use super::metadata::{MetadataSpec, read_metadata};
use super::native_loader::NativeLoader;
use super::node::{Fields, Node};
use super::remote::{Address, RemoteFile, argument_copy, read_args_with_remotes, read_remote};
use super::variant_effects::find_section;

const FILE_KEYS: &[&str] = &[
    "type",
    "defined_as",
    "args",
    "output_schema",
    "info",
    "dependencies",
    "writers",
    "postprocessing",
    "path",
    "default_args",
];

/// Where Kipoi keeps copies of examples, which the models of a group share.
const EXAMPLES: &str = "downloaded/example_files";

/// A dataloader in its one normalised form.
#[derive(Debug, Clone, PartialEq)]
pub struct DataloaderSpec {
    /// The class or function, such as `kipoiseq.dataloaders.SeqIntervalDl`.
    pub defined_as: String,
    /// The built-in dataloader that it names, if it is one.
    pub native: Option<NativeLoader>,
    /// The description that says so: the model's own or a `dataloader.yaml`.
    pub file: PathBuf,
    /// The arguments that are given beforehand: a [`Value::Map`].
    pub default_args: Value,
    /// The arguments that take a BED file of the user's choice; none means that its intervals are fixed.
    pub bed_input: Vec<String>,
    /// The files among them that the description gives by their addresses, and those among its examples and defaults.
    pub remote_files: Vec<RemoteFile>,
    /// The arrays that it gives; empty if the description does not say.
    pub inputs: Vec<ArraySpec>,
    /// How they are handed over.
    pub inputs_structure: Structure,
    /// The arrays to compare predictions with; empty if the description does not say.
    pub targets: Vec<ArraySpec>,
    /// What it tells of its samples beside their values; empty if the description does not say.
    pub metadata: Vec<MetadataSpec>,
    /// The arguments that its description declares, in their order.
    pub args: Vec<ArgDescription>,
}

impl DataloaderSpec {
    /// Checks those of the remote files that are named by `args`, values of arguments.
    ///
    /// # Errors
    /// As [`RemoteFile::check`].
    pub fn check_remote_files<'a>(&self, args: impl IntoIterator<Item = &'a Value>) -> Result<(), SpecError> {
        fn plain(path: &Path) -> &Path {
            path.strip_prefix(".").unwrap_or(path)
        }
        let used: Vec<&Path> = args.into_iter().filter_map(|value| Some(plain(Path::new(value.as_str()?)))).collect();
        self.remote_files.iter().filter(|remote| used.contains(&plain(&remote.file))).try_for_each(RemoteFile::check)
    }
}

/// A declared argument of a dataloader.
#[derive(Debug, Clone, PartialEq)]
pub struct ArgDescription {
    /// Its name.
    pub name: String,
    /// What it does; empty if nothing is said.
    pub doc: String,
    /// The declared type, for display.
    pub type_: Option<String>,
    /// Whether it may be left out.
    pub optional: bool,
    /// A value to try the dataloader with; null is a value. Relative paths start from the directory of the description.
    pub example: Option<Value>,
    /// The value if none is given.
    pub default: Option<Value>,
}

/// Reads a dataloader that a model names in its own description: a map with `defined_as`.
pub(super) fn read_inline(node: Node<'_>, warnings: &mut Vec<SpecWarning>) -> Result<DataloaderSpec, SpecError> {
    let file = node.place().file;
    let fields = node.fields(&["defined_as", "default_args", "dependencies", "parse_dependencies"], warnings)?;
    let (defined_as, native) = read_class(fields.required("defined_as")?, warnings)?;
    let (default_args, remote_files) = read_default_args(&fields, native, warnings)?;
    Ok(DataloaderSpec { default_args, remote_files, ..bare(defined_as, native, file) })
}

/// The class of a dataloader, and which built-in one it is, if it is one.
fn read_class<'a>(
    node: &Node<'a>,
    warnings: &mut Vec<SpecWarning>,
) -> Result<(&'a str, Option<NativeLoader>), SpecError> {
    let defined_as = node.text()?;
    let native = NativeLoader::from_defined_as(defined_as);
    if let (None, Some(near)) = (native, NativeLoader::near_miss(defined_as)) {
        warnings.push(SpecWarning::UnknownClass { at: node.place(), near });
    }
    Ok((defined_as, native))
}

/// The dataloader that is named and nothing more.
pub(super) fn bare(defined_as: &str, native: Option<NativeLoader>, file: PathBuf) -> DataloaderSpec {
    DataloaderSpec {
        defined_as: defined_as.into(),
        native,
        file,
        default_args: Value::Map(Vec::new()),
        remote_files: Vec::new(),
        bed_input: native.map_or(&[][..], NativeLoader::bed_input).iter().map(ToString::to_string).collect(),
        inputs: Vec::new(),
        inputs_structure: Structure::One,
        targets: Vec::new(),
        metadata: Vec::new(),
        args: Vec::new(),
    }
}

/// Reads a `dataloader.yaml`.
pub(super) fn read_dataloader(
    document: &Document,
    warnings: &mut Vec<SpecWarning>,
) -> Result<DataloaderSpec, SpecError> {
    warnings.extend(document.warnings());
    let root = document.root();
    let file = root.place().file;
    let fields = root.fields(FILE_KEYS, warnings)?;
    let (defined_as, native) = read_class(fields.required("defined_as")?, warnings)?;
    // A built-in dataloader knows its own arguments and arrays.
    let section = |key: &str| if native.is_some() { Ok(fields.present(key)) } else { fields.required(key).map(Some) };
    let (args, mut remote_files) = match section("args")? {
        Some(args) if !args.is_null() => read_args(args, warnings)?,
        _ => Default::default(),
    };
    let (default_args, given) = read_default_args(&fields, native, warnings)?;
    remote_files.extend(given);
    let mut loader = DataloaderSpec { default_args, remote_files, ..bare(defined_as, native, file) };
    if let Some(schema) = section("output_schema")? {
        read_schema(schema, &mut loader, warnings)?;
    }
    if let Some(bed_input) = read_bed_input(&fields, native, &args, warnings)? {
        loader.bed_input = bed_input;
    }
    loader.args = args;
    Ok(loader)
}

/// Inputs, targets and metadata of an `output_schema`.
fn read_schema(node: &Node<'_>, loader: &mut DataloaderSpec, warnings: &mut Vec<SpecWarning>) -> Result<(), SpecError> {
    let schema = node.clone().fields(&["inputs", "targets", "metadata"], warnings)?;
    let inputs = read_arrays(schema.required("inputs")?, "input", warnings)?;
    (loader.inputs, loader.inputs_structure) = (inputs.specs, inputs.structure);
    if let Some(targets) = schema.optional("targets").filter(|node| !is_empty(node)) {
        loader.targets = read_arrays(targets, "output", warnings)?.specs;
    }
    let arrays = || loader.inputs.iter().chain(&loader.targets);
    warnings.extend(arrays().filter_map(ArraySpec::unread_labels_warning));
    let Some(metadata) = schema.optional("metadata") else { return Ok(()) };
    loader.metadata = read_metadata(metadata, warnings)?;
    let known = || loader.metadata.iter().map(|one| one.name.as_str());
    for array in loader.inputs.iter().chain(&loader.targets) {
        let unknown = array.associated_metadata.iter().find(|name| !known().any(|known| known == *name));
        warnings.extend(unknown.map(|name| SpecWarning::UnknownMetadata {
            at: array.at.clone(),
            name: name.clone(),
            known: known().collect::<Vec<_>>().join(", "),
        }));
    }
    Ok(())
}

/// A dataloader without targets may say so with an empty map or list.
fn is_empty(node: &Node<'_>) -> bool {
    match node.yaml() {
        Yaml::Mapping(map) => map.is_empty(),
        Yaml::Sequence(list) => list.is_empty(),
        _ => false,
    }
}

fn read_default_args(
    fields: &Fields<'_>,
    native: Option<NativeLoader>,
    warnings: &mut Vec<SpecWarning>,
) -> Result<(Value, Vec<RemoteFile>), SpecError> {
    let Some(node) = fields.optional("default_args") else {
        return Ok((Value::Map(Vec::new()), Vec::new()));
    };
    if let (true, Some(native)) = (node.is_map(), native) {
        let known = native.argument_names();
        for (name, child) in node.entries()? {
            if !known.contains(&name.as_str()) {
                let at = SpecPlace { line: child.place().line, ..node.place() };
                return Err(SpecError::unknown_name(at, &name, known.iter().copied()));
            }
            // A map is a file at an address.
            if !child.is_map()
                && !child.is_question()
                && let Some(expected) = native.unfit(&name, &child.value()?)
            {
                return Err(child.unexpected(expected));
            }
        }
    }
    // Unlike those of a model, paths among the arguments of a dataloader start from where kipos is run.
    let document = node.document();
    let folder = document.downloads("dataloader_files");
    let (mut args, remotes) = read_args_with_remotes(node, document.directory(), &folder, warnings)?;
    if let (Value::Map(args), true) = (&mut args, node.is_map()) {
        let open = node.entries()?.into_iter().filter(|(_, child)| child.is_question());
        let open: Vec<String> = open.map(|(name, _)| name).collect();
        args.retain(|(name, _)| !open.contains(name));
    }
    Ok((args, remotes))
}

fn read_args(
    node: &Node<'_>,
    warnings: &mut Vec<SpecWarning>,
) -> Result<(Vec<ArgDescription>, Vec<RemoteFile>), SpecError> {
    const KEYS: &[&str] = &["doc", "example", "default", "name", "type", "optional", "tags"];
    let mut remotes = Vec::new();
    let mut args = Vec::new();
    for (name, node) in node.entries()? {
        let document = node.document();
        let fields = node.fields(KEYS, warnings)?;
        let mut value = |key: &str, copy: &dyn Fn(&Address) -> PathBuf| -> Result<Option<Value>, SpecError> {
            let Some(node) = fields.present(key) else { return Ok(None) };
            match read_remote(node, copy, warnings)? {
                Some((path, remote)) => {
                    remotes.push(remote);
                    Ok(Some(Value::String(path.to_string_lossy().into_owned())))
                }
                None => node.value().map(Some),
            }
        };
        let example = |address: &Address| Path::new(EXAMPLES).join(address.name.as_ref().unwrap_or(&name));
        let folder = document.downloads("dataloader_files");
        let default = |address: &Address| argument_copy(&folder, &name)(address);
        args.push(ArgDescription {
            example: value("example", &example)?,
            default: value("default", &default)?,
            doc: fields.text("doc")?.unwrap_or_default(),
            type_: fields.text("type")?,
            optional: fields.flag("optional")?,
            name,
        });
    }
    Ok((args, remotes))
}

/// `None`: the file does not say.
fn read_bed_input(
    fields: &Fields<'_>,
    native: Option<NativeLoader>,
    args: &[ArgDescription],
    warnings: &mut Vec<SpecWarning>,
) -> Result<Option<Vec<String>>, SpecError> {
    let Some(section) = find_section(fields, warnings)? else {
        return Ok(None);
    };
    let section = section.fields(&["bed_input", "scoring_functions"], warnings)?;
    let Some(node) = section.optional("bed_input") else {
        return Ok(None);
    };
    let names = node.texts()?;
    let known: Vec<&str> = match native {
        Some(native) => native.argument_names().to_vec(),
        None => args.iter().map(|arg| arg.name.as_str()).collect(),
    };
    match names.iter().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(node.unknown_name(name, known)),
        None => Ok(Some(names)),
    }
}

/// The description of the dataloader in `directory`, if there is one.
pub(super) fn find_dataloader(directory: &Path) -> Option<PathBuf> {
    ["dataloader.yaml", "dataloader.yml"].iter().map(|name| directory.join(name)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<DataloaderSpec, String> {
        let document = Document::parse(Path::new("dataloader.yaml"), text.into()).unwrap();
        read_dataloader(&document, &mut Vec::new()).map_err(|error| error.to_string())
    }

    const NATIVE: &str = "defined_as: kipoiseq.dataloaders.SeqIntervalDl\n";

    #[test]
    fn a_built_in_loader_brings_its_own_bed_input() {
        let bed_input = |rest: &str| read(&format!("{NATIVE}{rest}")).unwrap().bed_input;
        assert_eq!(bed_input(""), ["intervals_file"]);
        assert_eq!(bed_input("postprocessing:\n"), ["intervals_file"]);
        assert_eq!(bed_input("postprocessing: {variant_effects: }"), ["intervals_file"]);
        assert_eq!(bed_input("postprocessing: {variant_effects: {bed_input: [intervals_file]}}"), ["intervals_file"]);
        assert!(bed_input("postprocessing: {variant_effects: {bed_input: []}}").is_empty());
    }

    #[test]
    fn a_loader_of_its_own_says_everything() {
        let text = "\
defined_as: dataloader.py::Own
type: Dataset
args:
  regions: {doc: where, example: x.bed, optional: yes}
  flag: {example: null, default: 3}
output_schema:
  inputs:
    seq: {shape: '(200, 4)', special_type: DNASeq, associated_metadata: ranges}
  metadata: {ranges: {doc: x, type: GenomicRanges}}
postprocessing: {variant_effects: {bed_input: [regions]}}
";
        let loader = read(text).unwrap();
        assert_eq!(loader.native, None);
        assert_eq!(loader.bed_input, ["regions"]);
        assert_eq!((loader.inputs[0].name.as_str(), loader.inputs_structure), ("seq", Structure::Map));
        let [regions, flag] = loader.args.as_slice() else { panic!() };
        assert!(regions.optional && regions.default.is_none());
        assert_eq!((&flag.example, &flag.default), (&Some(Value::Null), &Some(Value::Int(3))));
    }

    #[test]
    fn targets_and_metadata_are_read() {
        let text = "\
defined_as: own.Own
args:
output_schema:
  inputs: {seq: {shape: '(4,)', associated_metadata: 'ranges, other'}}
  targets: {y: {shape: '(1,)', column_labels: no.txt}}
  metadata: {ranges: {type: GenomicRanges, doc: x}, n: {a: {type: int}}}
";
        let document = Document::parse(Path::new("dataloader.yaml"), text.into()).unwrap();
        let mut warnings = Vec::new();
        let loader = read_dataloader(&document, &mut warnings).unwrap();
        assert_eq!(loader.targets[0].name, "y");
        let names: Vec<&str> = loader.metadata.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["ranges", "n/a"]);
        let warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(warnings.join("\n"), @r"
        dataloader.yaml:5: cannot read the column labels ./no.txt of `output_schema.targets.y`: No such file or directory (os error 2)
        dataloader.yaml:4: `output_schema.inputs.seq` refers to `other`, which is not among the metadata (known: ranges, n/a)
        ");
        for nothing in ["{}", "[]", ""] {
            let loader = read(&text.replace("{y: {shape: '(1,)', column_labels: no.txt}}", nothing)).unwrap();
            assert!(loader.targets.is_empty());
        }
    }

    #[test]
    fn files_at_addresses_have_their_places() {
        let text = format!(
            "{NATIVE}args:\n  fasta_file: {{example: {{url: u/f, md5: ''}}}}\n  intervals_file: {{default: {{url: u/i}}}}\n\
             default_args: {{fasta_file: {{url: u/g}}}}"
        );
        let document = Document::parse(Path::new("d/dataloader.yaml"), text.into()).unwrap();
        let loader = read_dataloader(&document, &mut Vec::new()).unwrap();
        let copy = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).unwrap().to_owned();
        assert_eq!(copy(&loader.args[0].example), "downloaded/example_files/fasta_file");
        assert_eq!(copy(&loader.args[1].default), "downloaded/dataloader_files/intervals_file/file");
        let given = Value::String("d/downloaded/dataloader_files/fasta_file/file".into());
        assert_eq!(loader.default_args.get("fasta_file"), Some(&given));
        let files: Vec<_> = loader.remote_files.iter().map(|remote| remote.file.display().to_string()).collect();
        assert_eq!(
            files,
            [
                "d/downloaded/example_files/fasta_file",
                "d/downloaded/dataloader_files/intervals_file/file",
                "d/downloaded/dataloader_files/fasta_file/file",
            ]
        );
        let error = loader.check_remote_files([&given]).unwrap_err().to_string();
        insta::assert_snapshot!(error, @"d/dataloader.yaml:5: `default_args.fasta_file` is not on this machine: download u/g to d/downloaded/dataloader_files/fasta_file/file");
        assert!(loader.check_remote_files([&Value::String("else".into()), &Value::Int(5)]).is_ok());
    }

    #[test]
    fn errors_name_line_and_key() {
        let message = |text: &str| read(text).unwrap_err();
        insta::assert_snapshot!(message("type: Dataset\ndefinedas: x"), @"dataloader.yaml:2: missing key `defined_as` at the top level (found `definedas`, did you mean `defined_as`?)");
        insta::assert_snapshot!(message("defined_as: own.Own\nagrs: {}"), @"dataloader.yaml:2: missing key `args` at the top level (found `agrs`, did you mean `args`?)");
        insta::assert_snapshot!(message("defined_as: own.Own\nargs:\n"), @"dataloader.yaml:1: missing key `output_schema` at the top level (found `defined_as`, `args`)");
        insta::assert_snapshot!(message("defined_as: own.Own\nargs:\noutput_schema:\n  input: {shape: ()}"), @"dataloader.yaml:4: missing key `inputs` in `output_schema` (found `input`, did you mean `inputs`?)");
        insta::assert_snapshot!(message(&format!("{NATIVE}default_args:\n  auto_resize: 5")), @"dataloader.yaml:3: unknown name `auto_resize` in `default_args` (known: intervals_file, fasta_file, num_chr_fasta, label_dtype, auto_resize_len, use_strand, ignore_targets, alphabet_axis, dummy_axis, alphabet, dtype, neutral_value)");
        insta::assert_snapshot!(message(&format!("{NATIVE}default_args:\n  use_strand: true\n  auto_resize_len: -5")), @"dataloader.yaml:4: `default_args.auto_resize_len` must be a length in bases, found -5");
        insta::assert_snapshot!(message(&format!("{NATIVE}default_args: {{dtype: np.float33}}")), @r#"dataloader.yaml:2: `default_args.dtype` must be a type such as np.float32, found "np.float33""#);
        insta::assert_snapshot!(message(&format!("{NATIVE}default_args: {{alphabet_axis: 3}}")), @"dataloader.yaml:2: `default_args.alphabet_axis` must be an axis: 0, 1 or 2, found 3");
        insta::assert_snapshot!(message(&format!("{NATIVE}default_args: [5]")), @"dataloader.yaml:2: `default_args` must be a map of names to values, found a list of 1 item");
        insta::assert_snapshot!(message(&format!("{NATIVE}args:\n  x: text")), @r#"dataloader.yaml:3: `args.x` must be a map, found "text""#);
        insta::assert_snapshot!(
            message(&format!("{NATIVE}postprocessing:\n  variant_effects:\n    bed_input: [intervals]")),
            @"dataloader.yaml:4: unknown name `intervals` in `postprocessing.variant_effects.bed_input` (known: intervals_file, fasta_file, num_chr_fasta, label_dtype, auto_resize_len, use_strand, ignore_targets, alphabet_axis, dummy_axis, alphabet, dtype, neutral_value)"
        );
    }
}
