//! What the section `kipos` of a model.yaml says beside its outputs, in `model info`.

use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use kipos::{ModelSpec, WindowFlanks};

use super::output_keys;

/// Writes a line for each key.
pub(super) fn write_text(out: &mut impl Write, spec: &ModelSpec) -> io::Result<()> {
    let said = &spec.kipos;
    for (one, other) in said.swap_outputs.iter().flatten() {
        let [one, other] = [one, other].map(|index| &spec.targets[*index].name);
        writeln!(out, "outputs   {one} and {other} change places on the reverse complement")?;
    }
    if let Some(tasks) = &said.default_tasks {
        writeln!(out, "tasks     {} unless --tasks says otherwise", tasks.names.join(", "))?;
    }
    for (input, keys) in spec.inputs.iter().zip(&said.inputs) {
        if let Some(constant) = keys.constant {
            writeln!(out, "constant  {} is {constant}", input.name)?;
        }
    }
    if let Some(index) = said.variant_index {
        writeln!(out, "index     {index}: the variant's in its window")?;
    }
    if let Some(WindowFlanks { left, right, rc }) = &said.flanks {
        writeln!(out, "flanks    left {left:?}, right {right:?}, reverse complement {}", rc.word())?;
    }
    if let Some(mask) = said.mask {
        writeln!(out, "mask      {}", mask.word())?;
    }
    for (key, word) in merging(spec) {
        writeln!(out, "merge     {key}: {word}")?;
    }
    Ok(())
}

/// The keys that are given, as model.yaml has them; outputs and tasks by number.
pub(super) fn json(spec: &ModelSpec) -> Json {
    let said = &spec.kipos;
    let mut section = Map::new();
    let mut add = |key: &str, value: Option<Json>| {
        if let Some(value) = value {
            section.insert(key.into(), value);
        }
    };
    let outputs = spec.targets.iter().zip(&said.outputs).map(|(target, keys)| (&target.name, output_keys::json(keys)));
    add("outputs", object(outputs.filter(|(_, keys)| *keys != json!({}))));
    add("tasks", said.default_tasks.as_ref().map(|tasks| json!({ "default": tasks.names })));
    let constants =
        spec.inputs.iter().zip(&said.inputs).filter_map(|(input, keys)| Some((&input.name, keys.constant?)));
    add("inputs", object(constants.map(|(name, constant)| (name, json!({ "constant": constant })))));
    add("variant_index", said.variant_index.map(|index| json!(index.to_string())));
    add(
        "flanks",
        said.flanks.as_ref().map(|said| json!({ "left": said.left, "right": said.right, "rc": said.rc.word() })),
    );
    add("mask", said.mask.map(|mask| json!(mask.word())));
    add("swap_outputs", said.swap_outputs.as_ref().map(|pairs| json!(pairs)));
    add("merge", object(merging(spec).map(|(key, word)| (key, json!(word)))));
    let unsupported: Vec<String> = said.unsupported.iter().map(ToString::to_string).collect();
    add("not_supported", (!unsupported.is_empty()).then(|| json!(unsupported)));
    Json::Object(section)
}

/// An object of these values, unless there are none.
fn object(values: impl Iterator<Item = (impl Into<String>, Json)>) -> Option<Json> {
    let object: Map<String, Json> = values.map(|(key, value)| (key.into(), value)).collect();
    (!object.is_empty()).then_some(Json::Object(object))
}

/// What is said of merging.
fn merging(spec: &ModelSpec) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
    let said = spec.kipos.merge;
    let words = [
        ("combine", said.combine.map(|combine| combine.word())),
        ("strands", said.strands.map(|strands| strands.word())),
        ("members", said.members.map(|members| members.word())),
        ("space", said.space.map(|space| space.word())),
    ];
    words.into_iter().filter_map(|(key, word)| Some((key, word?)))
}
