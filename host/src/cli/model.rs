//! `model info`.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value as Json, json};

use super::CliResult;
use crate::plugin::PluginRegistry;
use crate::score::Labels;
use crate::spec::{ArraySpec, ModelDir, TargetTasks};

/// What a task list shows at most before it is cut.
const TASKS_SHOWN: usize = 8;

/// `kipos model info`: everything that the files say, and whether a plugin can run it.
pub fn info(model: &Path, as_json: bool, registry: &PluginRegistry) -> CliResult {
    let dir = ModelDir::open(model)?;
    let labels = labels(&dir, registry)?;
    let mut out = io::stdout().lock();
    if as_json {
        writeln!(out, "{:#}", info_json(&dir, &labels, registry)?)?;
    } else {
        write_info(&mut out, &dir, &labels, registry)?;
    }
    Ok(())
}

fn labels(dir: &ModelDir, registry: &PluginRegistry) -> Result<Labels, Box<dyn std::error::Error>> {
    let effects = dir.model().variant_effects.as_ref();
    let entries = effects.map(|effects| effects.scoring_functions.as_slice()).unwrap_or_default();
    Ok(Labels::of_model(entries, &registry.scorer_names())?)
}

fn write_info(out: &mut impl Write, dir: &ModelDir, labels: &Labels, registry: &PluginRegistry) -> CliResult {
    let spec = dir.model();
    writeln!(out, "{}", spec.name)?;
    if !spec.info.doc.trim().is_empty() {
        writeln!(out, "  {}", spec.info.doc.split_whitespace().collect::<Vec<_>>().join(" "))?;
    }
    let authors: Vec<&str> = spec.info.authors.iter().map(|author| author.name.as_str()).collect();
    if !authors.is_empty() {
        writeln!(out, "authors   {}", authors.join(", "))?;
    }
    let provider = match registry.backend_plugin(&spec.type_) {
        Some(plugin) => format!("plugin {plugin}"),
        None => "no plugin provides it; see `kipos plugin list`".to_owned(),
    };
    writeln!(out, "backend   {} ({provider})", spec.type_)?;
    writeln!(out, "args      {}", spec.args)?;
    for input in &spec.inputs {
        writeln!(out, "input     {}", array_line(input))?;
    }
    for (target, tasks) in spec.targets.iter().zip(spec.target_tasks()?) {
        writeln!(out, "output    {}", array_line(target))?;
        match tasks {
            TargetTasks::Tasks(tasks) => writeln!(out, "  tasks   {}", shortened(&tasks))?,
            TargetTasks::Profile => {
                writeln!(
                    out,
                    "  tasks   none: it has a position axis; --reduce {}=mean makes tasks of it",
                    target.name
                )?;
            }
        }
    }
    match dir.loader() {
        Ok(loader) => {
            writeln!(out, "loader    {}", loader.defined_as)?;
            writeln!(out, "  args    {}", loader.default_args)?;
            for arg in &loader.args {
                let optional = if arg.optional { ", optional" } else { "" };
                let kind = arg.type_.as_deref().unwrap_or("str");
                writeln!(out, "  {} ({kind}{optional}): {}", arg.name, arg.doc)?;
            }
        }
        Err(error) => writeln!(out, "loader    {error}")?,
    }
    let dna: Vec<String> = dir.dna_inputs().into_iter().map(|input| input.name).collect();
    let strands = match spec.variant_effects.as_ref().is_some_and(|effects| effects.use_rc) {
        true => "both strands",
        false => "forward strand",
    };
    match dna.as_slice() {
        [] => writeln!(out, "variants  no DNA input is known; name one with --seq-input")?,
        names => writeln!(out, "variants  in {}, {strands}", names.join(", "))?,
    }
    for label in labels.iter() {
        let mark = if label.default { " (default)" } else { "" };
        writeln!(out, "score     {}{mark}", label.label)?;
    }
    for warning in dir.warnings() {
        writeln!(out, "warning   {warning}")?;
    }
    Ok(())
}

fn array_line(array: &ArraySpec) -> String {
    let special = array.special_type.map(|special| format!(" {}", special.name())).unwrap_or_default();
    let doc = if array.doc.is_empty() { String::new() } else { format!(": {}", array.doc) };
    format!("{} {}{special}{doc}", array.name, array.shape)
}

fn shortened(tasks: &[String]) -> String {
    let shown = tasks.iter().take(TASKS_SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match tasks.len().checked_sub(TASKS_SHOWN) {
        Some(more) if more > 0 => format!("{shown} and {more} more"),
        _ => shown,
    }
}

fn info_json(dir: &ModelDir, labels: &Labels, registry: &PluginRegistry) -> Result<Json, Box<dyn std::error::Error>> {
    let spec = dir.model();
    let array = |array: &ArraySpec| {
        json!({
            "name": array.name,
            "shape": array.shape.to_vec(),
            "special_type": array.special_type.map(|special| special.name()),
            "doc": array.doc,
        })
    };
    let targets = spec.targets.iter().zip(spec.target_tasks()?).map(|(target, tasks)| {
        let mut object = array(target);
        object["tasks"] = match tasks {
            TargetTasks::Tasks(tasks) => json!(tasks),
            TargetTasks::Profile => Json::Null,
        };
        object
    });
    let loader = match dir.loader() {
        Ok(loader) => json!({
            "defined_as": loader.defined_as,
            "default_args": super::value_json(&loader.default_args),
            "bed_input": loader.bed_input,
        }),
        Err(error) => json!({ "error": error.to_string() }),
    };
    Ok(json!({
        "name": spec.name,
        "doc": spec.info.doc,
        "backend": spec.type_,
        "backend_plugin": registry.backend_plugin(&spec.type_),
        "args": super::value_json(&spec.args),
        "inputs": spec.inputs.iter().map(array).collect::<Json>(),
        "outputs": targets.collect::<Json>(),
        "dataloader": loader,
        "dna_inputs": dir.dna_inputs().into_iter().map(|input| input.name).collect::<Json>(),
        "use_rc": spec.variant_effects.as_ref().is_some_and(|effects| effects.use_rc),
        "scores": labels.iter().map(|l| json!({ "label": l.label, "default": l.default })).collect::<Json>(),
        "warnings": dir.warnings().iter().map(ToString::to_string).collect::<Json>(),
    }))
}
