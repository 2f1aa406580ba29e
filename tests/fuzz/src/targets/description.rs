//! The descriptions of a model: model.yaml and dataloader.yaml, checked and read.

use std::fs;
use std::path::Path;

use kipos::{ModelDir, lint_model};

use super::{check_error, check_sentence, checked, file, place_part};
use crate::input::Input;
use crate::target::{Finding, Place, Target};

pub(crate) const TARGET: Target = Target {
    name: "description",
    about: "model.yaml and dataloader.yaml",
    place: Place::InProcess,
    seeds,
    words: WORDS,
    own_mutation: None,
    run,
};

const MODEL: &str = "model.yaml";
const LOADER: &str = "dataloader.yaml";

/// Words of descriptions.
pub(super) const WORDS: &[&[u8]] = &[
    b"type: onnx\n",
    b"args:\n",
    b"  file: model.onnx\n",
    b"schema:\n",
    b"  inputs:\n",
    b"  targets:\n",
    b"shape: (None, 4)\n",
    b"shape: (1000, 4)",
    b"shape: [1, , 2]",
    b"special_type: DNASeq\n",
    b"default_dataloader: .\n",
    b"postprocessing:\n",
    b"variant_effects:\n",
    b"seq_input: [seq]\n",
    b"scoring_functions:\n",
    b"- type: diff\n",
    b"kipos:\n",
    b"column_labels:\n",
    b"dependencies:\n",
    b"conda:\n",
    b"test:\n",
    b"expect: predictions.tsv\n",
    b"url: https://example.org/a\n",
    b"md5: 0\n",
    b"&a ",
    b"*a",
    b"<<: *a\n",
    b"!!binary ",
    b"? ",
    b"|\n",
    b">-\n",
    b"---\n",
    b"...\n",
    b"%YAML 1.2\n",
    b"{{ a }}",
    b"{% for %}",
    b"~",
    b"null",
    b"true",
    b"0x1F",
    b"1e999",
    b".inf",
    b".nan",
    b"\t",
    b"- ",
    b": ",
    b"#",
    b"'",
    b"\"",
    b"\\x00",
    b"\xef\xbb\xbf",
    b"\r\n",
];

fn seeds() -> Result<Vec<Input>, String> {
    let pairs = [
        "examples/motif-cnn",
        "examples/two-inputs",
        "examples/text-input",
        "examples/any-length",
        "examples/channels-first",
        "examples/pytorch",
        "tests/zoo/HAL",
        "tests/zoo/extended_coda",
    ];
    let alone = ["tests/zoo/Basset/model.yaml", "tests/zoo/labranchor/model.yaml"];
    let mut seeds = Vec::new();
    for directory in pairs {
        let read = |name: &str| file(&format!("{directory}/{name}"));
        seeds.push(Input::one(MODEL, read(MODEL)?).and(LOADER, read(LOADER)?));
    }
    for path in alone {
        seeds.push(Input::one(MODEL, file(path)?));
    }
    Ok(seeds)
}

fn run(input: &Input, scratch: &Path) -> Result<(), Finding> {
    let directory = scratch.join("model");
    fs::create_dir_all(&directory).ok();
    for name in [MODEL, LOADER] {
        place_part(&directory, input, name)?;
    }
    let report = lint_model(&directory);
    report.errors.iter().try_for_each(|error| check_error(error))?;
    report.warnings.iter().try_for_each(|warning| check_sentence(&warning.to_string()))?;
    let opened = checked(ModelDir::open(&directory))?;
    if let Some(model) = &opened {
        read_all(model)?;
    }
    if opened.is_none() && report.errors.is_empty() {
        return Err(Finding::own("a description that cannot be read has no errors by `model lint`"));
    }
    Ok(())
}

/// Asks everything of a description.
pub(super) fn read_all(model: &ModelDir) -> Result<(), Finding> {
    checked(model.loader())?;
    checked(model.check_agreement())?;
    model.dna_inputs();
    checked(model.dna_inputs_named(&["seq".into()]))?;
    if let Some(targets) = checked(model.model().target_tasks())? {
        (0..targets.len()).for_each(|target| drop(model.model().task_names(target, 3)));
    }
    model.warnings().iter().try_for_each(|warning| check_sentence(&warning.to_string()))
}
