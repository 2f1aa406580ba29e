//! `model lint` and `model ls`: what can be said from files alone.

use std::io::Write;
use std::path::Path;

use serde_json::json;

use super::error::{BadModel, CliResult, UsageError};
use super::standard_output::standard_output;
use kipos::{ListedModels, PluginRegistry, RequestError, error_chain, lint_with_plugins, list_models};

/// `kipos model lint`: everything that is wrong or strange in the descriptions; fails if something is wrong.
pub fn lint(model: &Path, as_json: bool, registry: &PluginRegistry) -> CliResult {
    let lint = lint_with_plugins(model, registry);
    let errors: Vec<String> = lint.errors.iter().map(|error| error_chain(error)).collect();
    let class = lint.errors.first().map(RequestError::class);
    let mut out = standard_output();
    if as_json {
        let warnings: Vec<String> = lint.warnings.iter().map(ToString::to_string).collect();
        let notes: Vec<String> = lint.notes.iter().map(ToString::to_string).collect();
        out.write_lines(&format_args!("{:#}", json!({ "errors": errors, "warnings": warnings, "notes": notes })))?;
    } else {
        for error in &errors {
            writeln!(out, "error    {error}")?;
        }
        for warning in &lint.warnings {
            writeln!(out, "warning  {warning}")?;
        }
        for note in &lint.notes {
            writeln!(out, "note     {note}")?;
        }
    }
    let Some(class) = class else { return Ok(()) };
    let (n, plural) = (errors.len(), if errors.len() == 1 { "" } else { "s" });
    let message = format!("{n} error{plural} in the descriptions of {}", model.display());
    Err(BadModel { message, class }.into())
}

/// `kipos model ls`: the models of a tree, each group on one line. A tree that is a group shows its models.
pub fn ls(tree: &Path, as_json: bool) -> CliResult {
    if !tree.is_dir() {
        return Err(UsageError::from(format!("{} is not a directory", tree.display())).into());
    }
    let listed = list_models(tree)?;
    let mut out = standard_output();
    if as_json {
        let entries = listed.iter().map(|listed| match listed {
            ListedModels::Model(name) => json!({ "model": name }),
            ListedModels::Group { name, members } => json!({ "group": name, "models": members }),
            ListedModels::Unreadable { name, error } => json!({ "group": name, "error": error.to_string() }),
        });
        out.write_lines(&format_args!("{:#}", entries.collect::<serde_json::Value>()))?;
        return first_error(listed);
    }
    for listed in &listed {
        match listed {
            ListedModels::Model(name) => writeln!(out, "{name}")?,
            ListedModels::Group { name, members } if name.is_empty() => {
                members.iter().try_for_each(|member| writeln!(out, "{member}"))?;
            }
            ListedModels::Group { name, members } => writeln!(out, "{name}/ ({})", members.len())?,
            ListedModels::Unreadable { .. } => {}
        }
    }
    first_error(listed)
}

/// What is wrong with the first group that could not be read.
fn first_error(listed: Vec<ListedModels>) -> CliResult {
    let error = listed.into_iter().find_map(|listed| match listed {
        ListedModels::Unreadable { error, .. } => Some(error),
        ListedModels::Model(_) | ListedModels::Group { .. } => None,
    });
    Ok(error.map_or(Ok(()), Err)?)
}
