//! `plugin list` and `plugin inspect`.

use std::io::{self, Write};
use std::path::{Path, absolute};

use serde_json::{Value as Json, json};

use super::error::{CliResult, UsageError};
use super::registry::open_library;
use super::score_traits::ScoreTraits;
use super::standard_output::standard_output;
use kipos::{ComponentInfo, LibraryInfo, PluginRegistry, PluginStatus};

/// How files of plugins are named.
const NAMED_SO: &str = "libkipos_plugin_NAME with the suffix of a shared library";

/// `kipos plugin list`.
pub fn list(as_json: bool, registry: &PluginRegistry) -> CliResult {
    let mut out = standard_output();
    if as_json {
        let libraries: Vec<Json> = registry.libraries().iter().map(library_json).collect();
        let problems: Vec<Json> = registry.problems().iter().map(|problem| json!(problem.to_string())).collect();
        let passed_over: Vec<String> = registry.passed_over().iter().map(|path| path.display().to_string()).collect();
        let list = json!({ "libraries": libraries, "passed_over": passed_over, "problems": problems });
        out.write_lines(&format_args!("{list:#}"))?;
        return Ok(());
    }
    for library in registry.libraries() {
        writeln!(out, "{} {}  {}", library.name, library.version, library.path.display())?;
        match &library.status {
            PluginStatus::Loaded => {}
            other => writeln!(out, "    {other}")?,
        }
        for backend in &library.backends {
            let note = if backend.shadowed { " (shadowed by an earlier plugin)" } else { "" };
            writeln!(out, "    backend {}: {}{note}", backend.name, backend.doc)?;
        }
        for score in &library.scorers {
            let plugin = if score.shadowed { format!("{}::", library.name) } else { String::new() };
            writeln!(out, "    score {plugin}{}: {}", score.name, score.doc)?;
        }
    }
    for path in registry.passed_over() {
        writeln!(out, "passed over: {}, as it is not named {NAMED_SO}", path.display())?;
    }
    for problem in registry.problems() {
        writeln!(out, "problem: {problem}")?;
    }
    if registry.libraries().is_empty() {
        writeln!(out, "no plugins found in {}", registry.searched())?;
    }
    Ok(())
}

/// `kipos plugin inspect`.
pub fn inspect(plugin: &str, as_json: bool, registry: &PluginRegistry) -> CliResult {
    let found: Vec<&LibraryInfo> = registry.libraries().iter().filter(|library| library.name == plugin).collect();
    if found.is_empty() && Path::new(plugin).is_file() {
        return Err(UsageError::from(format!("{plugin} is not named like a plugin; expected {NAMED_SO}")).into());
    }
    if found.is_empty() {
        let known: Vec<&str> = registry.libraries().iter().map(|library| library.name.as_str()).collect();
        let message = format!("unknown plugin `{plugin}` (found: {}); see `kipos plugin list`", known.join(", "));
        return Err(UsageError::from(message).into());
    }
    show(found, as_json, registry)
}

/// `kipos plugin inspect` of a library, which is opened alone.
pub fn inspect_file(library: &Path, as_json: bool) -> CliResult {
    // The system's loader takes a path without a slash for the name of a library that it should search itself.
    let registry = open_library(absolute(library)?);
    show(registry.libraries().iter().collect(), as_json, &registry)
}

fn show(found: Vec<&LibraryInfo>, as_json: bool, registry: &PluginRegistry) -> CliResult {
    let mut out = standard_output();
    if as_json {
        let inspected = |library: &LibraryInfo| {
            let mut json = library_json(library);
            let scorers = library.scorers.iter().map(|score| {
                let mut json = component_json(score);
                let traits = traits(library, score, registry);
                json["needs"] = traits.as_ref().map_or(Json::Null, ScoreTraits::needs_json);
                json["properties"] = traits.as_ref().map_or(Json::Null, ScoreTraits::properties_json);
                json
            });
            json["scorers"] = scorers.collect();
            json
        };
        out.write_lines(&format_args!("{:#}", found.into_iter().map(inspected).collect::<Json>()))?;
        return Ok(());
    }
    for library in found {
        writeln!(out, "{} {}", library.name, library.version)?;
        writeln!(out, "  file    {}", library.path.display())?;
        writeln!(out, "  ABI     {}", library.abi)?;
        writeln!(out, "  rustc   {}", library.rustc)?;
        writeln!(out, "  target  {}", library.target)?;
        writeln!(out, "  status  {}", library.status)?;
        for backend in &library.backends {
            write_component(&mut out, "backend", backend)?;
            write_arguments(&mut out, backend)?;
        }
        for score in &library.scorers {
            write_component(&mut out, "score", score)?;
            let traits = traits(library, score, registry);
            writeln!(out, "      reads: {}", traits.as_ref().map_or(UNKNOWN.into(), ScoreTraits::reads))?;
            if let Some(always) = traits.and_then(|traits| traits.always()) {
                writeln!(out, "      always: {always}")?;
            }
            write_arguments(&mut out, score)?;
        }
    }
    Ok(())
}

/// What is said of a score that cannot be made without arguments.
const UNKNOWN: &str = "unknown, as it cannot be made without arguments";

/// What a score reads and promises with its default arguments; `None` if it cannot be made with them.
fn traits(library: &LibraryInfo, score: &ComponentInfo, registry: &PluginRegistry) -> Option<ScoreTraits> {
    let scorer = registry.create_scorer_from(&library.name, &score.name, &kipos_plugin_api::Value::Null).ok()?;
    Some(ScoreTraits { needs: scorer.needs().ok()?, properties: scorer.properties().ok()? })
}

fn write_component(out: &mut impl Write, kind: &str, component: &ComponentInfo) -> io::Result<()> {
    writeln!(out, "  {kind} {}: {}", component.name, component.doc)
}

fn write_arguments(out: &mut impl Write, component: &ComponentInfo) -> io::Result<()> {
    for arg in &component.args {
        let default = match (&arg.default, arg.required) {
            (_, true) => ", required".to_owned(),
            (kipos_plugin_api::Value::Null, false) => String::new(),
            (value, false) => format!(", default {value}"),
        };
        writeln!(out, "      {} ({}{default}): {}", arg.name, arg.kind, arg.doc)?;
    }
    Ok(())
}

fn library_json(library: &LibraryInfo) -> Json {
    json!({
        "name": library.name,
        "version": library.version,
        "path": library.path.display().to_string(),
        "abi": library.abi,
        "rustc": library.rustc,
        "target": library.target,
        "status": library.status.to_string(),
        "backends": library.backends.iter().map(component_json).collect::<Json>(),
        "scorers": library.scorers.iter().map(component_json).collect::<Json>(),
    })
}

fn component_json(component: &ComponentInfo) -> Json {
    let args = component.args.iter().map(|arg| {
        json!({
            "name": arg.name,
            "type": arg.kind,
            "required": arg.required,
            "default": super::value_json(&arg.default),
            "doc": arg.doc,
        })
    });
    json!({
        "name": component.name,
        "doc": component.doc,
        "shadowed": component.shadowed,
        "args": args.collect::<Json>(),
    })
}
