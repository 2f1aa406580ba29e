//! How a model is named: by its path, or by its name in a zoo.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::error::UsageError;
use super::headings::INPUT;
use kipos::{SpecError, find_in_zoo};

/// A model.
#[derive(Debug, Args)]
pub struct ModelArgs {
    /// The model directory (with model.yaml), or with --zoo the model's name in the zoo
    pub model: PathBuf,
    /// A checkout of a zoo, in which MODEL is looked up: a directory below it, or a model of a group
    #[arg(help_heading = INPUT, long, value_name = "DIR")]
    pub zoo: Option<PathBuf>,
}

/// Where models come from, in Kipoi's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SourceChoice {
    /// A directory on this machine
    Dir,
    /// A checkout of the zoo
    Kipoi,
}

impl ModelArgs {
    /// The path of the model.
    pub fn path(&self) -> Result<PathBuf, SpecError> {
        match &self.zoo {
            Some(zoo) => find_in_zoo(zoo, &self.model.to_string_lossy()),
            None => Ok(self.model.clone()),
        }
    }

    /// Rejects a `--source` that contradicts `--zoo`.
    pub fn check_source(&self, source: Option<SourceChoice>) -> Result<(), UsageError> {
        match (source, &self.zoo) {
            (Some(SourceChoice::Kipoi), None) => Err("--source kipoi needs --zoo DIR, a checkout of the zoo".into()),
            (Some(SourceChoice::Dir), Some(_)) => {
                Err("--zoo looks MODEL up in a zoo, but --source dir takes it as a path; add --source kipoi or leave \
                     out --zoo"
                    .into())
            }
            _ => Ok(()),
        }
    }
}
