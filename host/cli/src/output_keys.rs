//! What `kipos.outputs` says of an output, in `model info`.

use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use kipos::{ArraySpec, OutputKeys};

/// Writes a line for each key.
pub(super) fn write_text(out: &mut impl Write, target: &ArraySpec, keys: &OutputKeys) -> io::Result<()> {
    let named = |task: &usize| {
        target.column_labels.get(*task).map_or_else(|| task.to_string(), |label| format!("{task} ({label})"))
    };
    if let Some(axis) = keys.position_axis {
        writeln!(out, "  axes    positions on axis {axis}")?;
    }
    if let Some(crop) = keys.crop {
        writeln!(out, "  crop    {} bases at the start, {} at the end", crop.left, crop.right)?;
    }
    if let Some(bin) = keys.bin {
        writeln!(out, "  bin     {bin} bases a position")?;
    }
    for (one, other) in keys.swapped_tasks.iter().flatten() {
        let [one, other] = [one, other].map(named);
        writeln!(out, "  strands tasks {one} and {other} change places on the reverse complement")?;
    }
    if let Some(scale) = keys.scale {
        writeln!(out, "  scale   {}", scale.word())?;
    }
    if let Some(said) = &keys.reduce {
        writeln!(out, "  reduce  {}", said.reduction)?;
    }
    if !keys.background.is_empty() {
        writeln!(
            out,
            "  noise   tasks {}: background",
            keys.background.iter().map(named).collect::<Vec<_>>().join(", ")
        )?;
    }
    if let Some(table) = &keys.task_table {
        writeln!(out, "  table   {}", table.display())?;
    }
    Ok(())
}

/// The keys that are given, as model.yaml has them; tasks by number.
pub(super) fn json(keys: &OutputKeys) -> Json {
    let mut said = Map::new();
    let mut add = |key: &str, value: Option<Json>| {
        if let Some(value) = value {
            said.insert(key.into(), value);
        }
    };
    add("position_axis", keys.position_axis.map(|axis| json!(axis)));
    add("crop", keys.crop.map(|crop| json!([crop.left, crop.right])));
    add("bin", keys.bin.map(|bin| json!(bin)));
    add("strands", keys.swapped_tasks.as_ref().map(|pairs| json!({ "swap": pairs })));
    add("scale", keys.scale.map(|scale| json!(scale.word())));
    add("reduce", keys.reduce.as_ref().map(|said| json!(said.reduction.to_string())));
    add("background", (!keys.background.is_empty()).then(|| json!(keys.background)));
    add("task_table", keys.task_table.as_ref().map(|table| json!(table.display().to_string())));
    Json::Object(said)
}
