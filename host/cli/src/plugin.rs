//! `plugin list` and `plugin inspect`.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value as Json, json};

use super::error::{CliResult, UsageError};
use super::standard_output::standard_output;
use kipos::{ComponentInfo, LibraryInfo, PluginRegistry, PluginStatus};

/// `kipos plugin list`.
pub fn list(as_json: bool, registry: &PluginRegistry) -> CliResult {
    let mut out = standard_output();
    if as_json {
        let libraries: Vec<Json> = registry.libraries().iter().map(library_json).collect();
        let problems: Vec<Json> = registry.problems().iter().map(|problem| json!(problem.to_string())).collect();
        writeln!(out, "{:#}", json!({ "libraries": libraries, "problems": problems }))?;
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
    let path = Path::new(plugin).canonicalize().ok();
    let is_meant =
        |library: &&LibraryInfo| library.name == plugin || path.is_some() && library.path.canonicalize().ok() == path;
    let found: Vec<&LibraryInfo> = registry.libraries().iter().filter(is_meant).collect();
    if found.is_empty() && Path::new(plugin).is_file() {
        let message = format!(
            "{plugin} is not named like a plugin; expected libkipos_plugin_NAME with the suffix of a shared library"
        );
        return Err(UsageError::from(message).into());
    }
    if found.is_empty() {
        let known: Vec<&str> = registry.libraries().iter().map(|library| library.name.as_str()).collect();
        let message = format!("unknown plugin `{plugin}` (found: {}); see `kipos plugin list`", known.join(", "));
        return Err(UsageError::from(message).into());
    }
    let mut out = standard_output();
    if as_json {
        writeln!(out, "{:#}", found.into_iter().map(library_json).collect::<Json>())?;
        return Ok(());
    }
    for library in found {
        writeln!(out, "{} {}", library.name, library.version)?;
        writeln!(out, "  file    {}", library.path.display())?;
        writeln!(out, "  ABI     {}", library.abi)?;
        writeln!(out, "  rustc   {}", library.rustc)?;
        writeln!(out, "  target  {}", library.target)?;
        writeln!(out, "  status  {}", library.status)?;
        for (kind, components) in [("backend", &library.backends), ("score", &library.scorers)] {
            for component in components {
                write_component(&mut out, kind, component)?;
            }
        }
    }
    Ok(())
}

fn write_component(out: &mut impl Write, kind: &str, component: &ComponentInfo) -> io::Result<()> {
    writeln!(out, "  {kind} {}: {}", component.name, component.doc)?;
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
