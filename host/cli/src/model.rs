//! `model info`.

use std::io::Write;
use std::path::Path;

use indicatif::HumanBytes;
use kipos_plugin_api::abi::OwnedArgSpec;
use kipos_plugin_api::{Capabilities, Device, EditPlan, RuntimeOptions, Signature, TensorSpec, Value};
use serde_json::{Map, Value as Json, json};

use super::error::CliResult;
use super::reporter::Reporter;
use super::standard_output::standard_output;
use super::{output_keys, section_keys};
use kipos::{
    ArgDescription, ArraySpec, DescriptionInfo, MergedOn, ModelDir, ModelError, ModelScore, ModelScores, ModelSide,
    PluginRegistry, TargetTasks, Warning, WarningCode, describe_edits, described_argument, how_bound, load_graph,
};

/// What a task list shows at most before it is cut.
const TASKS_SHOWN: usize = 8;

/// `kipos model info`: everything that the files say, and what a plugin makes of it on a device.
pub fn info(
    model: &Path,
    runtime: RuntimeOptions,
    as_json: bool,
    registry: &PluginRegistry,
    reporter: &mut Reporter,
) -> CliResult {
    let dir = ModelDir::open(model)?;
    let labels = labels(&dir, registry)?;
    let device = runtime.device;
    let loaded = loaded(&dir, runtime, registry, reporter);
    let mut out = standard_output();
    if as_json {
        out.write_lines(&format_args!("{:#}", info_json(&dir, &labels, (device, &loaded), registry)?))?;
    } else {
        write_info(&mut out, &dir, &labels, (device, &loaded), registry)?;
    }
    Ok(())
}

fn labels(dir: &ModelDir, registry: &PluginRegistry) -> CliResult<ModelScores> {
    let effects = dir.model().variant_effects.as_ref();
    let entries = effects.map(|effects| effects.scoring_functions.as_slice()).unwrap_or_default();
    Ok(ModelScores::of_model(entries, &registry.scorer_names())?)
}

/// What a model says of itself, once it is loaded.
struct LoadedFacts {
    abilities: Capabilities,
    signature: Signature,
    edits: EditPlan,
    /// The bytes that it keeps, as far as the backend knows.
    memory: Option<u64>,
    /// The files that are combined, in their order; empty if the model is a single one.
    members: Vec<String>,
    /// How they are.
    combined: Option<String>,
}

type Loaded = Result<LoadedFacts, ModelError>;

fn loaded(dir: &ModelDir, runtime: RuntimeOptions, registry: &PluginRegistry, reporter: &mut Reporter) -> Loaded {
    let graph = load_graph(dir, registry, &runtime, None)?;
    for note in graph.notes()? {
        reporter.warn(Warning::new(WarningCode::ModelNote, note));
    }
    Ok(LoadedFacts {
        abilities: graph.capabilities()?,
        signature: graph.signature().clone(),
        edits: graph.edit_plan()?,
        memory: graph.memory_bytes()?,
        members: match graph.combining() {
            Some(_) => graph.members().map(|member| member.name().to_owned()).collect(),
            None => Vec::new(),
        },
        combined: graph.combining_words(),
    })
}

/// What the loaded model says of an input or output.
fn array_spec(loaded: &Loaded, side: ModelSide, index: usize) -> Option<&TensorSpec> {
    let signature = &loaded.as_ref().ok()?.signature;
    match side {
        ModelSide::Inputs => signature.inputs.get(index),
        ModelSide::Outputs => signature.outputs.get(index),
    }
}

/// How an input or output was matched with the graph's, if the model could be loaded.
fn bound(loaded: &Loaded, side: ModelSide, index: usize, array: &ArraySpec) -> Option<String> {
    array_spec(loaded, side, index).map(|graph| how_bound(side, &array.name, graph))
}

fn write_info(
    out: &mut impl Write,
    dir: &ModelDir,
    labels: &ModelScores,
    (device, loaded): (Device, &Loaded),
    registry: &PluginRegistry,
) -> CliResult {
    let spec = dir.model();
    writeln!(out, "{}", spec.name)?;
    if !spec.info.doc.trim().is_empty() {
        writeln!(out, "  {}", spec.info.doc.split_whitespace().collect::<Vec<_>>().join(" "))?;
    }
    let authors: Vec<&str> = spec.info.authors.iter().map(|author| author.name.as_str()).collect();
    if !authors.is_empty() {
        writeln!(out, "authors   {}", authors.join(", "))?;
    }
    for (key, text) in facts_of(&spec.info) {
        // `cite_as` and such are cut to what the column holds.
        let word = key.split('_').next().unwrap_or_default();
        writeln!(out, "{word:10}{}", text.split_whitespace().collect::<Vec<_>>().join(" "))?;
    }
    let provider = match registry.backend_library(&spec.type_) {
        Some(library) => {
            let file = library.path.file_name().unwrap_or_default().to_string_lossy();
            format!("plugin {} {}, {file}", library.name, library.version)
        }
        None => "no plugin provides it; see `kipos plugin list`".to_owned(),
    };
    writeln!(out, "backend   {} ({provider})", spec.type_)?;
    match loaded {
        Ok(facts) => {
            let yes = |able: bool| if able { "yes" } else { "no" };
            let (layers, gradients) = (yes(facts.abilities.layers), yes(facts.abilities.gradients));
            writeln!(out, "device    {device}; layers: {layers}, gradients: {gradients}")?;
            writeln!(out, "edits     {}", describe_edits(&facts.edits))?;
            if let Some(combined) = &facts.combined {
                writeln!(out, "members   {combined}")?;
                facts.members.iter().try_for_each(|member| writeln!(out, "  member  {member}"))?;
            }
            if let Some(bytes) = facts.memory {
                writeln!(out, "memory    {} or more", HumanBytes(bytes))?;
            }
        }
        Err(error) => writeln!(out, "device    {device}: {error}")?,
    }
    writeln!(out, "args      {}", spec.args)?;
    for (index, input) in spec.inputs.iter().enumerate() {
        writeln!(out, "input     {}", array_line(input))?;
        if let Some(how) = bound(loaded, ModelSide::Inputs, index, input) {
            writeln!(out, "  bound   {how}")?;
        }
    }
    let tasks = spec.target_tasks();
    for (index, target) in spec.targets.iter().enumerate() {
        writeln!(out, "output    {}", array_line(target))?;
        if let Some(how) = bound(loaded, ModelSide::Outputs, index, target) {
            writeln!(out, "  bound   {how}")?;
        }
        match tasks.as_ref().map(|tasks| tasks.get(index)) {
            Ok(Some(TargetTasks::Tasks(tasks))) => writeln!(out, "  tasks   {}", shortened(tasks))?,
            Ok(Some(TargetTasks::Profile)) => match &spec.kipos.outputs[index].reduce {
                Some(said) => {
                    writeln!(out, "  tasks   made by the reduction {}; --reduce says otherwise", said.reduction)?
                }
                None => writeln!(
                    out,
                    "  tasks   none: it has a position axis; --reduce {}=mean makes tasks of it",
                    target.name
                )?,
            },
            Ok(None) | Err(_) => {}
        }
        output_keys::write_text(out, target, &spec.kipos.outputs[index])?;
    }
    section_keys::write_text(out, spec)?;
    if let Err(error) = &tasks {
        writeln!(out, "  tasks   {error}")?;
    }
    match dir.loader() {
        Ok(loader) => {
            writeln!(out, "loader    {}", loader.defined_as)?;
            writeln!(out, "  args    {}", loader.default_args)?;
            for arg in &loader.args {
                writeln!(out, "  {}", loader_arg_line(arg))?;
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
        for (arg, value) in score_args(label, spec.kipos.merge.strands, registry) {
            let value = if value == Value::Null { String::new() } else { format!(" = {value}") };
            writeln!(out, "  {}{value} ({}): {}", arg.name, arg.kind, arg.doc)?;
        }
    }
    for warning in dir.warnings() {
        writeln!(out, "warning   {warning}")?;
    }
    for key in &spec.kipos.unsupported {
        writeln!(out, "note      {key}")?;
    }
    Ok(())
}

/// What `info` says besides name, text and authors, in the words of model.yaml.
fn facts_of(info: &DescriptionInfo) -> Vec<(&'static str, String)> {
    let DescriptionInfo { version, license, tags, cite_as, trained_on, training_procedure, assembly, .. } = info;
    let tags = (!tags.is_empty()).then(|| tags.join(", "));
    let facts = [
        ("version", version),
        ("license", license),
        ("cite_as", cite_as),
        ("assembly", assembly),
        ("trained_on", trained_on),
        ("training_procedure", training_procedure),
        ("tags", &tags),
    ];
    facts.into_iter().filter_map(|(name, text)| Some((name, text.clone()?))).collect()
}

/// Name, type, default, example and doc of a loader's argument.
fn loader_arg_line(arg: &ArgDescription) -> String {
    let mut facts = vec![arg.type_.as_deref().unwrap_or("str").to_owned()];
    facts.extend(arg.optional.then(|| "optional".to_owned()));
    facts.extend(arg.default.as_ref().map(|value| format!("default {value}")));
    facts.extend(arg.example.as_ref().map(|value| format!("example {value}")));
    format!("{} ({}): {}", arg.name, facts.join(", "), arg.doc)
}

/// The arguments of the scorer behind a label, each with the value that it has unless the user says otherwise; null if
/// it has none.
fn score_args<'a>(
    label: &'a ModelScore,
    strands: Option<MergedOn>,
    registry: &'a PluginRegistry,
) -> impl Iterator<Item = (&'a OwnedArgSpec, Value)> + 'a {
    let info = registry.scorer_info(&label.scorer, label.plugin.as_deref());
    info.into_iter().flat_map(|info| &info.args).map(move |arg| {
        let own = label.kwargs.as_ref().and_then(|kwargs| kwargs.iter().find(|(name, _)| *name == arg.name));
        let described = || described_argument(arg, strands).unwrap_or_else(|| arg.default.clone());
        (arg, own.map_or_else(described, |(_, value)| value.clone()))
    })
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

fn info_json(
    dir: &ModelDir,
    labels: &ModelScores,
    (device, loaded): (Device, &Loaded),
    registry: &PluginRegistry,
) -> CliResult<Json> {
    let spec = dir.model();
    let array = |side: ModelSide, index: usize, array: &ArraySpec| {
        json!({
            "name": array.name,
            "shape": array.shape.to_vec(),
            "special_type": array.special_type.map(|special| special.name()),
            "doc": array.doc,
            "bound": bound(loaded, side, index, array),
            "graph_name": array_spec(loaded, side, index).and_then(|graph| graph.name.as_ref()),
        })
    };
    let facts = loaded.as_ref().ok();
    let tasks = spec.target_tasks();
    let targets = spec.targets.iter().enumerate().map(|(index, target)| {
        let mut object = array(ModelSide::Outputs, index, target);
        match tasks.as_ref().map(|tasks| tasks.get(index)) {
            Ok(Some(TargetTasks::Tasks(tasks))) => object["tasks"] = json!(tasks),
            Ok(_) => object["tasks"] = Json::Null,
            Err(error) => object["tasks_error"] = json!(error.to_string()),
        }
        object
    });
    let loader = match dir.loader() {
        Ok(loader) => json!({
            "defined_as": loader.defined_as,
            "default_args": super::value_json(&loader.default_args),
            "bed_input": loader.bed_input,
            "args": loader.args.iter().map(loader_arg_json).collect::<Json>(),
        }),
        Err(error) => json!({ "error": error.to_string() }),
    };
    let library = registry.backend_library(&spec.type_);
    Ok(json!({
        "name": spec.name,
        "doc": spec.info.doc,
        "authors": spec.info.authors.iter().map(|author| &author.name).collect::<Vec<_>>(),
        "info": facts_of(&spec.info).into_iter().map(|(name, text)| (name.to_owned(), text.into())).collect::<Map<_, Json>>(),
        "backend": spec.type_,
        "backend_plugin": registry.backend_plugin(&spec.type_),
        "backend_version": library.map(|library| &library.version),
        "backend_library": library.map(|library| library.path.display().to_string()),
        "device": device.to_string(),
        "layers": facts.map(|facts| facts.abilities.layers),
        "gradients": facts.map(|facts| facts.abilities.gradients),
        "edits": facts.map(|facts| json!({
            "supported": facts.edits.supported,
            "cost_ratio": facts.edits.cost_ratio,
            "node": facts.edits.node,
            "reason": facts.edits.reason,
        })),
        "members": facts.map(|facts| &facts.members),
        "memory_bytes": facts.and_then(|facts| facts.memory),
        "load_error": loaded.as_ref().err().map(ToString::to_string),
        "args": super::value_json(&spec.args),
        "inputs": spec.inputs.iter().enumerate().map(|(at, input)| array(ModelSide::Inputs, at, input)).collect::<Json>(),
        "outputs": targets.collect::<Json>(),
        "dataloader": loader,
        "dna_inputs": dir.dna_inputs().into_iter().map(|input| input.name).collect::<Json>(),
        "kipos": section_keys::json(spec),
        "use_rc": spec.variant_effects.as_ref().is_some_and(|effects| effects.use_rc),
        "scores": labels.iter().map(|label| score_json(label, spec.kipos.merge.strands, registry)).collect::<Json>(),
        "warnings": dir.warnings().iter().map(ToString::to_string).collect::<Json>(),
    }))
}

fn loader_arg_json(arg: &ArgDescription) -> Json {
    json!({
        "name": arg.name,
        "type": arg.type_,
        "optional": arg.optional,
        "default": arg.default.as_ref().map(super::value_json),
        "example": arg.example.as_ref().map(super::value_json),
        "doc": arg.doc,
    })
}

fn score_json(label: &ModelScore, strands: Option<MergedOn>, registry: &PluginRegistry) -> Json {
    let args = score_args(label, strands, registry).map(|(arg, value)| {
        json!({ "name": arg.name, "type": arg.kind, "value": super::value_json(&value), "doc": arg.doc })
    });
    json!({
        "label": label.label,
        "default": label.default,
        "scorer": label.scorer,
        "args": args.collect::<Json>(),
    })
}
