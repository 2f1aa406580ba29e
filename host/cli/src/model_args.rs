//! How a model is named: by its path, or by its name in a zoo.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::environment;
use super::error::{CliResult, UsageError};
use super::headings::INPUT;
use kipos::find_in_zoo;

/// A model.
#[derive(Debug, Args)]
pub struct ModelArgs {
    /// The model directory (with model.yaml), or with --zoo the model's name in the zoo
    pub model: PathBuf,
    /// A checkout of a zoo, in which MODEL is looked up: a directory below it, or a model of a group [default: KIPOS_ZOO of
    /// the environment, for a MODEL that does not exist as a path]
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
    /// The path of the model, as it comes from this source.
    pub fn path(&self, source: Option<SourceChoice>) -> CliResult<PathBuf> {
        self.check_source(source)?;
        match self.zoo(source) {
            Some(zoo) => Ok(find_in_zoo(&zoo, &self.model.to_string_lossy())?),
            None => Ok(self.model.clone()),
        }
    }

    /// The zoo that the model is looked up in, if it is.
    pub fn zoo(&self, source: Option<SourceChoice>) -> Option<PathBuf> {
        self.zoo.clone().or_else(|| match source {
            Some(SourceChoice::Dir) => None,
            Some(SourceChoice::Kipoi) => environment::zoo(),
            None => environment::zoo().filter(|_| !self.model.exists()),
        })
    }

    /// Rejects a `--source` that contradicts `--zoo`.
    fn check_source(&self, source: Option<SourceChoice>) -> Result<(), UsageError> {
        match (source, &self.zoo) {
            (Some(SourceChoice::Kipoi), None) if environment::zoo().is_some() => Ok(()),
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
