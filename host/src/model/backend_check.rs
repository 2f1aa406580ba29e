//! What is wrong with the backend, arguments and files of a description, without loading anything.

use std::path::PathBuf;

use kipos_plugin_api::Value;
use kipos_plugin_api::abi::OwnedArgSpec;
use thiserror::Error;

use super::ModelError;
use crate::description::{CUSTOM, ConversionSources, ModelDir, ModelSpec, RemoteFile, SpecPlace, near_miss};
use crate::plugin::{PluginCallError, PluginRegistry};

/// The arguments that name the file of a model, and those of a family.
const FILE: &str = "file";
const FILES: &str = "files";

/// What does not go with the backend that a description names.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BackendProblem {
    /// No plugin has the backend, but one of nearly that name.
    #[error("{at}: {} must be a backend that a plugin provides (did you mean `{near}`?), found `{found}`", at.subject())]
    Misspelt {
        /// Where.
        at: SpecPlace,
        /// What stands there.
        found: String,
        /// What may have been meant.
        near: String,
    },
    /// An argument that the backend does not take.
    #[error("{at}: {} must be an argument that the backend {backend} takes ({}known: {known})", at.subject(), meant(.near))]
    UnknownArgument {
        /// Where.
        at: SpecPlace,
        /// The backend.
        backend: String,
        /// What may have been meant.
        near: Option<String>,
        /// Those that it takes.
        known: String,
    },
    /// An argument that the backend needs.
    #[error("{at}: {} must hold `{name}`, which the backend {backend} needs: {doc}", at.subject())]
    Missing {
        /// Where.
        at: SpecPlace,
        /// The argument.
        name: String,
        /// The backend.
        backend: String,
        /// What it is.
        doc: String,
    },
    /// An argument of another type.
    #[error("{at}: {} must be {expected}, found {found}", at.subject())]
    Type {
        /// Where.
        at: SpecPlace,
        /// What the backend takes.
        expected: String,
        /// What was found.
        found: String,
    },
    /// A file that is not there.
    #[error("{at}: {} names {}, which is not there; paths start from the directory of model.yaml", at.subject(), file.display())]
    NoFile {
        /// Where it is named.
        at: SpecPlace,
        /// The file.
        file: PathBuf,
    },
}

impl From<BackendProblem> for ModelError {
    fn from(problem: BackendProblem) -> Self {
        Self::Backend(Box::new(problem))
    }
}

fn meant(near: &Option<String>) -> String {
    near.as_ref().map_or_else(String::new, |near| format!("did you mean `{near}`? "))
}

/// Everything that keeps the backend from being given a model as it is described: files at addresses of which there is no
/// copy or another one, sources that have changed since they were converted, a backend that no plugin has, arguments that
/// it does not take, files that are not there.
pub fn check_backend(dir: &ModelDir, registry: &PluginRegistry) -> Vec<ModelError> {
    let spec = dir.model();
    let mut problems: Vec<ModelError> =
        spec.remote_files.iter().filter_map(|remote| RemoteFile::check(remote).err()).map(ModelError::from).collect();
    let sources = ConversionSources::read(dir.path());
    let unchanged = sources.and_then(|sources| sources.map_or(Ok(()), |sources| sources.check_beside()));
    problems.extend(unchanged.err().map(ModelError::from));
    match registry.backend_info(&spec.type_) {
        Ok(backend) => problems.extend(check_args(spec, &backend.args).into_iter().map(ModelError::from)),
        Err(error) => problems.push(misspelt(spec, registry, error)),
    }
    problems.extend(missing_files(dir).map(ModelError::from));
    problems
}

/// A backend that no plugin has.
fn misspelt(spec: &ModelSpec, registry: &PluginRegistry, error: PluginCallError) -> ModelError {
    let known = registry.backend_names();
    match near_miss(&spec.type_, known.iter().map(String::as_str)) {
        Some(near) => ModelError::from(BackendProblem::Misspelt {
            at: spec.type_at.clone(),
            found: spec.type_.clone(),
            near: near.to_owned(),
        }),
        None => error.into(),
    }
}

fn check_args(spec: &ModelSpec, known: &[OwnedArgSpec]) -> Vec<BackendProblem> {
    // `files` is the host's own: a backend is given each of them as `file`.
    let given = spec.member_files().into_iter().next().map(|member| member.args);
    let Some(Value::Map(given)) = given else { return Vec::new() };
    let backend = || spec.type_.clone();
    let is_given = |name: &str| given.iter().any(|(given, value)| given == name && *value != Value::Null);
    let mut problems = Vec::new();
    for (name, value) in &given {
        // A member's file is said where all are.
        let at = || match spec.args_at.has(name) {
            true => spec.args_at.of_arg(name).clone(),
            false => spec.args_at.of_arg(FILES).clone(),
        };
        match known.iter().find(|arg| arg.name == *name) {
            None => {
                let left = known.iter().map(|arg| arg.name.as_str()).filter(|name| !is_given(name));
                let near = near_miss(name, left).map(str::to_owned);
                let known: Vec<&str> = known.iter().map(|arg| arg.name.as_str()).collect();
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                problems.push(BackendProblem::UnknownArgument { at: at(), backend: backend(), near, known });
            }
            Some(arg) => {
                let expected = arg.expectation(value);
                problems.extend(expected.map(|expected| BackendProblem::Type {
                    at: at(),
                    expected,
                    found: value.to_string(),
                }));
            }
        }
    }
    let is_misspelt = |name: &str| {
        let near = |problem: &BackendProblem| matches!(problem, BackendProblem::UnknownArgument { near: Some(near), .. } if near == name);
        problems.iter().any(near)
    };
    let missing = known.iter().filter(|arg| arg.required && !is_given(&arg.name) && !is_misspelt(&arg.name));
    let missing: Vec<BackendProblem> = missing
        .map(|arg| BackendProblem::Missing {
            at: spec.args_at.section.clone(),
            name: arg.name.clone(),
            backend: backend(),
            doc: arg.doc.clone(),
        })
        .collect();
    problems.extend(missing);
    problems
}

/// The model's files that are named by their paths and not there.
fn missing_files(dir: &ModelDir) -> impl Iterator<Item = BackendProblem> {
    let spec = dir.model();
    // What the arguments of a class of its own mean is not known.
    let members = if spec.type_ == CUSTOM { Vec::new() } else { spec.member_files() };
    members.into_iter().filter_map(move |member| {
        let Value::Map(args) = &member.args else { return None };
        let named = args.iter().find(|(name, _)| name == FILE)?.1.as_str()?;
        let file = dir.path().join(named);
        let is_remote = spec.remote_files.iter().any(|remote| remote.file == file);
        let key = if member.name.is_empty() { FILE } else { FILES };
        let at = spec.args_at.of_arg(key).clone();
        (!is_remote && !file.exists()).then_some(BackendProblem::NoFile { at, file })
    })
}
