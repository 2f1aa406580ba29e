//! Everything that can be said of a model from its descriptions, its files and the plugins, without loading it.

use std::path::Path;

use thiserror::Error;

use crate::description::{ModelDir, SpecError, SpecWarning, UnsupportedKey, lint_model};
use crate::internal::{InternalError, caught};
use crate::model::{ModelError, check_backend, check_described_loader};
use crate::plugin::PluginRegistry;
use crate::score::{DescribedScores, ScoreError};

/// What there is to say about a model.
#[derive(Debug, Default)]
pub struct ModelLint {
    /// What must be mended before the model can be used, each thing once.
    pub errors: Vec<LintError>,
    /// What is strange, or not on this machine.
    pub warnings: Vec<LintWarning>,
    /// Keys that are right, and that this version does not obey: it runs no model that has some.
    pub notes: Vec<UnsupportedKey>,
}

/// What must be mended.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum LintError {
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Score(#[from] ScoreError),
    #[error(transparent)]
    Internal(#[from] InternalError),
}

/// What is strange.
#[derive(Debug, Error)]
pub enum LintWarning {
    /// In a description.
    #[error("{0}")]
    Spec(SpecWarning),
    /// A file at an address, of which there is no copy: nothing is wrong with the description.
    #[error("{0}")]
    NotDownloaded(SpecError),
}

/// Reads the descriptions of the model at `path`, and compares them with its files and with the plugins: what `model lint`
/// says, the first step of a test, and why a model is not loaded. `path` is what [`ModelDir::open`] takes.
pub fn lint_with_plugins(path: impl AsRef<Path>, registry: &PluginRegistry) -> ModelLint {
    let path = path.as_ref();
    let failed = |error| ModelLint { errors: vec![LintError::Internal(error)], ..ModelLint::default() };
    caught(|| lint(path, registry)).unwrap_or_else(failed)
}

fn lint(path: &Path, registry: &PluginRegistry) -> ModelLint {
    let described = lint_model(path);
    let mut lint = ModelLint {
        errors: described.errors.into_iter().map(LintError::Spec).collect(),
        warnings: described.warnings.into_iter().map(LintWarning::Spec).collect(),
        notes: described.notes,
    };
    let Ok(directory) = ModelDir::open(path) else { return lint };
    if lint.errors.is_empty() {
        lint.errors.extend(check_described_loader(&directory).err().map(LintError::Model));
    }
    let errors = check_backend(&directory, registry).into_iter().map(LintError::Model);
    let errors = errors.chain(DescribedScores::of(directory.model()).check(registry).into_iter().map(LintError::Score));
    for error in errors {
        match error {
            LintError::Model(ModelError::Spec(absent @ SpecError::NotDownloaded(_))) => {
                lint.warnings.push(LintWarning::NotDownloaded(absent));
            }
            error if lint.errors.iter().any(|known| known.to_string() == error.to_string()) => {}
            error => lint.errors.push(error),
        }
    }
    lint
}
