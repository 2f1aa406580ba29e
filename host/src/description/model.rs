//! `model.yaml`.

use std::path::{Path, PathBuf};

use kipos_plugin_api::Value;

use super::arg_places::ArgPlaces;
use super::array::{ArraySpec, Structure, read_arrays};
use super::backend_type::{read_type, type_place};
use super::dataloader::{DataloaderSpec, bare, read_inline};
use super::document::Document;
use super::error::{SpecError, SpecPlace, SpecWarning};
use super::info::{DescriptionInfo, read_info};
use super::kipos_section::{DEFAULT_OUTPUT, Described, KiposSection, label_by_tables, output_index, read_kipos};
use super::member_files::check_files;
use super::native_loader::NativeLoader;
use super::node::{Fields, Node};
use super::remote::{RemoteFile, read_args_with_remotes};
use super::tasks::{MOST_TASKS, TargetTasks, make_distinct, target_tasks, task_names};
use super::test_section::{TestSpec, read_test};
use super::variant_effects::{VariantEffects, find_section, read_variant_effects};

const KEYS: &[&str] = &[
    "type",
    "defined_as",
    "args",
    "info",
    "schema",
    "default_dataloader",
    "dependencies",
    "test",
    "writers",
    "postprocessing",
    "path",
    "kipos",
];

/// A model in its one normalised form.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelSpec {
    /// The name of its directory.
    pub name: String,
    /// What runs it, such as `onnx` or `pytorch`; `custom` for a class of its own.
    pub type_: String,
    /// The class, if the description names one.
    pub defined_as: Option<String>,
    /// What the backend is given: a [`Value::Map`]. Relative paths start from the directory of the description.
    /// Files that are given by their addresses stand as the paths of their copies.
    pub args: Value,
    /// Those files.
    pub remote_files: Vec<RemoteFile>,
    /// Where the type is said, or the class that tells it.
    pub type_at: SpecPlace,
    /// Where the arguments are said, all together and each.
    pub args_at: ArgPlaces,
    /// The arrays that it takes, at least one, with different names.
    pub inputs: Vec<ArraySpec>,
    /// How they are handed over.
    pub inputs_structure: Structure,
    /// Where they are described.
    pub inputs_at: SpecPlace,
    /// The arrays that it gives, at least one, with different names.
    pub targets: Vec<ArraySpec>,
    /// How they are handed over.
    pub targets_structure: Structure,
    /// What Kipoi's own keys cannot say.
    pub kipos: KiposSection,
    /// How it scores variants, if it says so.
    pub variant_effects: Option<VariantEffects>,
    /// What it should predict.
    pub test: TestSpec,
    /// Who made it and what it is.
    pub info: DescriptionInfo,
    /// The dataloader that it is used with.
    pub default_dataloader: LoaderRef,
    /// Where that is said; the first line if it is not.
    pub dataloader_at: SpecPlace,
}

/// The dataloader that a model names.
#[derive(Debug, Clone, PartialEq)]
pub enum LoaderRef {
    /// The directory of a `dataloader.yaml`, relative to that of the model.
    Path(PathBuf),
    /// A class with its arguments, in the model's own description.
    Inline(Box<DataloaderSpec>),
}

impl ModelSpec {
    /// What each target holds, in their order. No two tasks have one name: repeated labels become `x`, `x_2`, `x_3`.
    ///
    /// # Errors
    /// [`SpecError::LabelCount`] if a target has another number of labels than of tasks; [`SpecError::TooManyTasks`].
    pub fn target_tasks(&self) -> Result<Vec<TargetTasks>, SpecError> {
        let targets = self.targets.iter().zip(&self.kipos.outputs);
        let (structure, mut room) = (self.targets_structure, MOST_TASKS);
        let tasks = targets.map(|(target, keys)| target_tasks(target, structure, keys.position_axis, &mut room));
        let mut tasks = tasks.collect::<Result<Vec<_>, _>>()?;
        make_distinct(tasks.iter_mut().flat_map(|tasks| match tasks {
            TargetTasks::Tasks(names) => names.as_mut_slice(),
            TargetTasks::Profile => &mut [],
        }));
        Ok(tasks)
    }

    /// The number of the target of this name; a single one is also called `output`, as it is without a name.
    pub fn target_index(&self, name: &str) -> Option<usize> {
        output_index(name, &self.targets, self.targets_structure)
    }

    /// The names of this many tasks that a target is reduced to: its column labels if there are as many, else numbers
    /// from 0; behind the target's name and a dot where there is a list or map of targets. Repeated labels stay so.
    pub fn task_names(&self, target: usize, tasks: usize) -> Vec<String> {
        self.targets.get(target).map(|target| task_names(target, self.targets_structure, tasks)).unwrap_or_default()
    }
}

/// Reads a `model.yaml`.
pub(super) fn read_model(document: &Document, warnings: &mut Vec<SpecWarning>) -> Result<ModelSpec, SpecError> {
    warnings.extend(document.warnings());
    let fields = document.root().fields(KEYS, warnings)?;
    let (type_, defined_as) = read_type(&fields)?;
    let (args, remote_files) = read_backend_args(document, &fields, warnings)?;
    let info = read_info(fields.required("info")?, warnings)?;
    let schema = fields.required("schema")?.clone().fields(&["inputs", "targets"], warnings)?;
    let mut inputs = read_arrays(schema.required("inputs")?, "input", warnings)?;
    warnings.extend(inputs.specs.iter().filter_map(ArraySpec::unread_labels_warning));
    let mut targets = read_arrays(schema.required("targets")?, DEFAULT_OUTPUT, warnings)?;
    label_by_tables(&fields, &mut targets, warnings)?;
    let effects = find_section(&fields, warnings)?;
    let variant_effects = effects.map(|section| read_variant_effects(section, &mut inputs, warnings)).transpose()?;
    let described = Described { inputs: Some(&inputs.specs), targets: &targets, effects: variant_effects.as_ref() };
    let kipos = read_kipos(&fields, &described)?;
    check_files(&fields, &type_)?;
    // Labels of an output with an axis of positions name what the other axes hold.
    let has_positions = |at: &SpecPlace| {
        targets.specs.iter().zip(&kipos.outputs).any(|(target, keys)| target.at == *at && keys.position_axis.is_some())
    };
    warnings.retain(|warning| !matches!(warning, SpecWarning::LabelCount { at, .. } if has_positions(at)));
    let loader = fields.optional("default_dataloader");
    Ok(ModelSpec {
        name: directory_name(document),
        type_,
        defined_as,
        args,
        remote_files,
        type_at: type_place(&fields, document),
        args_at: ArgPlaces::of(fields.required("args")?)?,
        inputs: inputs.specs,
        inputs_structure: inputs.structure,
        inputs_at: schema.required("inputs")?.place(),
        targets: targets.specs,
        targets_structure: targets.structure,
        kipos,
        variant_effects,
        test: read_test(&fields, warnings)?,
        info,
        default_dataloader: loader.map_or(Ok(LoaderRef::Path(".".into())), |node| read_loader_ref(node, warnings))?,
        dataloader_at: match loader {
            Some(node) => node.place(),
            None => SpecPlace { key: "default_dataloader".into(), ..document.place(&[]) },
        },
    })
}

/// What is wrong with each section of a `model.yaml`, read on its own.
pub(super) fn find_errors(document: &Document, warnings: &mut Vec<SpecWarning>) -> Vec<SpecError> {
    warnings.extend(document.warnings());
    let fields = match document.root().fields(KEYS, warnings) {
        Ok(fields) => fields,
        Err(error) => return vec![error],
    };
    let mut errors = Vec::new();
    match read_type(&fields) {
        Ok((type_, _)) => errors.extend(check_files(&fields, &type_).err()),
        Err(error) => errors.push(error),
    }
    errors.extend(read_backend_args(document, &fields, warnings).err());
    errors.extend(fields.required("info").and_then(|info| read_info(info, warnings)).err());
    let schema = fields.required("schema").cloned().and_then(|node| node.fields(&["inputs", "targets"], warnings));
    match schema {
        Ok(schema) => {
            let inputs = schema.required("inputs").and_then(|node| read_arrays(node, "input", warnings));
            let targets = schema.required("targets").and_then(|node| read_arrays(node, DEFAULT_OUTPUT, warnings));
            let mut effects = None;
            let inputs = match inputs {
                Ok(mut inputs) => {
                    let section = find_section(&fields, warnings);
                    let read = section.and_then(|section| {
                        section.map(|section| read_variant_effects(section, &mut inputs, warnings)).transpose()
                    });
                    effects = read.map_err(|error| errors.push(error)).ok().flatten();
                    Some(inputs.specs)
                }
                Err(error) => {
                    errors.push(error);
                    None
                }
            };
            let kipos = targets.and_then(|targets| {
                let described = Described { inputs: inputs.as_deref(), targets: &targets, effects: effects.as_ref() };
                read_kipos(&fields, &described)
            });
            errors.extend(kipos.err());
        }
        Err(error) => errors.push(error),
    }
    errors.extend(read_test(&fields, warnings).err());
    errors.extend(fields.optional("default_dataloader").and_then(|node| read_loader_ref(node, warnings).err()));
    errors
}

/// The dataloader that a `model.yaml` names and where, if that part of it can be read.
pub(super) fn read_loader_ref_of(document: &Document) -> Option<(LoaderRef, SpecPlace)> {
    let mut unheard = Vec::new();
    let fields = document.root().fields(KEYS, &mut unheard).ok()?;
    match fields.optional("default_dataloader") {
        Some(node) => Some((read_loader_ref(node, &mut unheard).ok()?, node.place())),
        None => {
            Some((LoaderRef::Path(".".into()), SpecPlace { key: "default_dataloader".into(), ..document.place(&[]) }))
        }
    }
}

/// The directory as it was given; one given as `.` or `..` is looked up.
fn directory_name(document: &Document) -> String {
    let directory = document.directory();
    let name = directory.file_name().map(ToOwned::to_owned);
    let name = name.or_else(|| directory.canonicalize().ok()?.file_name().map(ToOwned::to_owned));
    name.map_or_else(|| "model".into(), |name| name.to_string_lossy().into_owned())
}

fn read_backend_args(
    document: &Document,
    fields: &Fields<'_>,
    warnings: &mut Vec<SpecWarning>,
) -> Result<(Value, Vec<RemoteFile>), SpecError> {
    read_args_with_remotes(fields.required("args")?, Path::new(""), &document.downloads("model_files"), warnings)
}

fn read_loader_ref(node: &Node<'_>, warnings: &mut Vec<SpecWarning>) -> Result<LoaderRef, SpecError> {
    if node.is_map() {
        return Ok(LoaderRef::Inline(Box::new(read_inline(node.clone(), warnings)?)));
    }
    let expected = "the directory of a dataloader.yaml, or a map with `defined_as`";
    let text = node.text().map_err(|_| node.unexpected(expected))?;
    Ok(match NativeLoader::from_defined_as(text) {
        Some(native) => LoaderRef::Inline(Box::new(bare(text, Some(native), node.place().file))),
        None => LoaderRef::Path(text.into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use crate::description::dataloader::read_dataloader;

    const TINY: &str = "\
type: onnx
args:
  file: model.onnx
default_dataloader:
  defined_as: kipoiseq.dataloaders.SeqIntervalDl
  default_args:
    auto_resize_len: 200
    dtype: np.float32
info:
  authors:
    - name: kipos
  doc: a small model
schema:
  inputs:
    name: seq
    special_type: DNASeq
    shape: (200, 4)
    associated_metadata: ranges
  targets:
    name: out
    shape: (2,)
    column_labels: [t0, t1]
postprocessing:
  variant_effects:
    seq_input: [seq]
    use_rc: true
    scoring_functions:
      - type: diff
";

    fn read(text: &str) -> Result<(ModelSpec, Vec<SpecWarning>), String> {
        let mut warnings = Vec::new();
        let document = Document::parse(Path::new("tiny/model.yaml"), text.into()).map_err(|e| e.to_string())?;
        let model = read_model(&document, &mut warnings).map_err(|error| error.to_string())?;
        Ok((model, warnings))
    }

    /// The message for the small model with one text in it replaced.
    fn message(from: &str, to: &str) -> String {
        assert!(TINY.contains(from));
        read(&TINY.replacen(from, to, 1)).unwrap_err()
    }

    #[test]
    fn a_model_is_read() {
        let (model, warnings) = read(TINY).unwrap();
        assert_eq!(warnings, []);
        assert_eq!((model.name.as_str(), model.type_.as_str()), ("tiny", "onnx"));
        assert_eq!(model.args.get("file").and_then(Value::as_str), Some("model.onnx"));
        assert_eq!(model.inputs[0].name, "seq");
        assert_eq!(model.inputs[0].at.line, 14);
        assert_eq!(model.target_tasks().unwrap(), [TargetTasks::Tasks(vec!["t0".into(), "t1".into()])]);
        let LoaderRef::Inline(loader) = model.default_dataloader else { panic!() };
        assert_eq!(loader.native, Some(NativeLoader::SeqInterval));
        assert_eq!(loader.bed_input, ["intervals_file"]);
        assert_eq!(loader.default_args.get("auto_resize_len"), Some(&Value::Int(200)));
    }

    #[test]
    fn classes_name_their_backend() {
        for (class, type_) in [
            ("kipoi.model.KerasModel", "keras"),
            ("kipoi.model.PyTorchModel", "pytorch"),
            ("kipoi.model.TensorFlow2Model", "tensorflow2"),
            ("kipoi.model.OnnxModel", "onnx"),
            ("model.HALModel", "custom"),
        ] {
            let (model, _) = read(&TINY.replace("type: onnx", &format!("defined_as: {class}"))).unwrap();
            assert_eq!((model.type_.as_str(), model.defined_as.as_deref()), (type_, Some(class)));
        }
        let (both, _) = read(&format!("defined_as: kipoi.model.KerasModel\n{TINY}")).unwrap();
        assert_eq!(both.type_, "onnx");
    }

    #[test]
    fn a_dataloader_is_a_directory_or_a_class() {
        let head = &TINY[..TINY.find("default_dataloader").unwrap()];
        let tail = &TINY[TINY.find("info:").unwrap()..];
        let (default, _) = read(&format!("{head}{tail}")).unwrap();
        assert_eq!(default.default_dataloader, LoaderRef::Path(".".into()));
        let (path, _) = read(&format!("{head}default_dataloader: ../x\n{tail}")).unwrap();
        assert_eq!(path.default_dataloader, LoaderRef::Path("../x".into()));
        let (class, _) =
            read(&format!("{head}default_dataloader: kipoiseq.dataloaders.StringSeqIntervalDl\n{tail}")).unwrap();
        assert!(matches!(class.default_dataloader, LoaderRef::Inline(_)));
    }

    #[test]
    fn an_unnamed_input_takes_the_name_that_seq_input_gives_it() {
        let (model, _) = read(&TINY.replace("    name: seq\n", "")).unwrap();
        assert_eq!(model.inputs[0].name, "seq");
    }

    #[test]
    fn unknown_keys_are_warned_about() {
        let text =
            TINY.replace("    use_rc", "    use_rcs: x\n    use_rc").replace("  doc:", "  docs:") + "channels: [x]\n";
        let (_, warnings) = read(&text).unwrap();
        let warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(warnings.join("\n"), @r#"
        tiny/model.yaml:30: unknown key `channels` is ignored
        tiny/model.yaml:12: unknown key `info.docs` is ignored (did you mean `doc`?)
        tiny/model.yaml:26: unknown key `postprocessing.variant_effects.use_rcs` is ignored (did you mean `use_rc`?)
        "#);
    }

    #[test]
    fn errors_name_line_and_key() {
        insta::assert_snapshot!(message("    shape: (200", "    shpae: (200"), @"tiny/model.yaml:17: missing key `shape` in `schema.inputs` (found `shpae`, did you mean `shape`?)");
        insta::assert_snapshot!(message("type: onnx", "typo: onnx"), @"tiny/model.yaml:1: missing key `type` at the top level (found `typo`, did you mean `type`?)");
        insta::assert_snapshot!(message("type: onnx\n", ""), @"tiny/model.yaml:1: missing key `type` at the top level (found `args`, `default_dataloader`, `info`, `schema`, `postprocessing`)");
        insta::assert_snapshot!(message("type: onnx", "defined_as: kipoi.model.Onnx"), @r#"tiny/model.yaml:1: `defined_as` must be a class such as `kipoi.model.PyTorchModel`, found "kipoi.model.Onnx""#);
        insta::assert_snapshot!(message("type: onnx", "type: [onnx]"), @"tiny/model.yaml:1: `type` must be a string, found a list of 1 item");
        insta::assert_snapshot!(message("args:\n  file: model.onnx", "args: model.onnx"), @r#"tiny/model.yaml:2: `args` must be a map of names to values, found "model.onnx""#);
        insta::assert_snapshot!(message("args:\n  file: model.onnx\n", ""), @"tiny/model.yaml:1: missing key `args` at the top level (found `type`, `default_dataloader`, `info`, `schema`, `postprocessing`)");
        insta::assert_snapshot!(message("    - name: kipos", "    - nmae: kipos"), @"tiny/model.yaml:11: missing key `name` in `info.authors[0]` (found `nmae`, did you mean `name`?)");
        insta::assert_snapshot!(message("    - name: kipos", "    - kipos"), @r#"tiny/model.yaml:11: `info.authors[0]` must be a map, found "kipos""#);
        insta::assert_snapshot!(message("  inputs:", "  inptus:"), @"tiny/model.yaml:14: missing key `inputs` in `schema` (found `inptus`, did you mean `inputs`?)");
        insta::assert_snapshot!(message("    name: out\n    shape: (2,)\n    column_labels: [t0, t1]\n", ""), @"tiny/model.yaml:19: `schema.targets` must be an array description with a `shape`, or a map or list of them, found nothing");
        insta::assert_snapshot!(message("shape: (2,)", "shape: 2"), @"tiny/model.yaml:21: `schema.targets.shape` must be a shape such as `(1000, 4)`, `(None, 4)` or `(1,)` (did you mean `(2,)`?), found 2");
        insta::assert_snapshot!(message("special_type: DNASeq", "special_type: dna"), @"tiny/model.yaml:16: unknown name `dna` in `schema.inputs.special_type` (known: DNASeq, DNAStringSeq, bigwig, v-plot, Array)");
        insta::assert_snapshot!(message("  defined_as: kipoiseq", "  definedas: kipoiseq"), @"tiny/model.yaml:5: missing key `defined_as` in `default_dataloader` (found `definedas`, did you mean `defined_as`?)");
        insta::assert_snapshot!(message("    dtype:", "    dytpe:"), @"tiny/model.yaml:8: unknown name `dytpe` in `default_dataloader.default_args` (known: intervals_file, fasta_file, num_chr_fasta, label_dtype, auto_resize_len, use_strand, ignore_targets, alphabet_axis, dummy_axis, alphabet, dtype, neutral_value)");
        insta::assert_snapshot!(message("seq_input: [seq]", "seq_input: [dna]"), @"tiny/model.yaml:25: unknown name `dna` in `postprocessing.variant_effects.seq_input` (known: seq)");
        insta::assert_snapshot!(message("      - type: diff", "      - diff"), @r#"tiny/model.yaml:28: `postprocessing.variant_effects.scoring_functions[0]` must be a map, found "diff""#);
        insta::assert_snapshot!(read("").unwrap_err(), @"tiny/model.yaml:1: the file must be a map, found nothing");
        insta::assert_snapshot!(read("- a\n- b").unwrap_err(), @"tiny/model.yaml:1: the file must be a map, found a list of 2 items");
    }

    /// Sections that `TINY` lacks.
    const ADDRESSES: &str = "\
defined_as: kipoi.model.PyTorchModel
args:
  weights:
    url: https://example.org/weights?download=1
    md5: 4878981d84499eb575abd0f3b45570d3
default_dataloader: ../loader
info: {authors: [{name: a}], doc: d, trained_on: x}
schema:
  inputs: {seq: {a: {shape: '(None, 4)', doc: d}}, other: {shape: '()', doc: d}}
  targets: [{shape: '(1, )', doc: d}]
test:
  expect: {url: https://example.org/expect.h5, md5: ''}
  precision_decimal: 4
";

    const LOADER: &str = "\
defined_as: dataloader.py::Loader
type: Dataset
args:
  intervals_file:
    doc: intervals
    type: str
    example:
      url: https://example.org/intervals.bed
      md5: 4878981d84499eb575abd0f3b45570d3
  letters:
    doc: letters
    optional: true
    default: [A, 'C', {n: null}]
default_args: {letters: ACGT}
info: {authors: [{name: a}], doc: d}
dependencies: {conda: [python=3.8], pip: []}
output_schema:
  inputs:
    seq: {shape: '(200, 4)', special_type: DNASeq, doc: d, associated_metadata: [ranges, n/a]}
  targets: {shape: '(1,)', doc: d}
  metadata:
    ranges: {type: GenomicRanges, doc: d}
    n:
      a: {type: str, doc: d}
postprocessing:
  variant_effects: {bed_input: [intervals_file]}
";

    #[test]
    fn what_is_damaged_below_is_whole() {
        let parse = |text: &str| Document::parse(Path::new("no-such-directory/x.yaml"), text.into()).unwrap();
        let mut warnings = Vec::new();
        let model = read_model(&parse(ADDRESSES), &mut warnings).unwrap();
        assert_eq!((model.remote_files.len(), model.test.precision_decimal), (1, 4));
        let loader = read_dataloader(&parse(LOADER), &mut warnings).unwrap();
        assert_eq!((loader.remote_files.len(), loader.metadata.len(), loader.targets.len()), (1, 2, 1));
        let warnings = warnings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        insta::assert_snapshot!(warnings, @"no-such-directory/x.yaml:12: `test.expect` has no `md5`, so that its file cannot be checked");
    }

    /// Both readers, whatever the first of them says.
    fn read_both(bytes: Vec<u8>) {
        if let Ok(document) = Document::parse(Path::new("no-such-directory/x.yaml"), bytes) {
            let _ = read_model(&document, &mut Vec::new()).map(|model| model.target_tasks());
            let _ = read_dataloader(&document, &mut Vec::new());
        }
    }

    proptest! {
        #[test]
        fn random_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            read_both(bytes);
        }

        #[test]
        fn random_damage_does_no_harm(
            text in prop_oneof![Just(TINY), Just(ADDRESSES), Just(LOADER)],
            edits in proptest::collection::vec((0..LOADER.len(), 0usize..30, "[ -~\n]{0,6}"), 1..4)
        ) {
            let mut text = text.as_bytes().to_vec();
            for (start, length, insert) in edits {
                let start = start.min(text.len());
                let end = (start + length).min(text.len());
                text.splice(start..end, insert.into_bytes());
            }
            read_both(text);
        }

        #[test]
        fn random_structures_do_no_harm(lines in proptest::collection::vec(
            (0usize..4, "(- )?(type|defined_as|args|info|schema|inputs|targets|shape|postprocessing|variant_effects|seq_input|output_schema)?(: )?(\\(1,\\)|x|\\[\\]|\\{\\})?"),
            0..20,
        )) {
            let text: String = lines.iter().map(|(depth, line)| format!("{}{line}\n", "  ".repeat(*depth))).collect();
            read_both(text.into_bytes());
        }
    }
}
