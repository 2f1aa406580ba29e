//! Which model, and where it runs.

use std::path::PathBuf;
use std::thread;

use kipos_plugin_api::{Device, RuntimeOptions};

use super::{ChoiceError, EditUse};
use crate::description::{MemberCombination, ModelDir, SpecError};
use crate::model::ModelOptions;
use crate::predict::MOST_ROWS;

/// A model and the engine that runs it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ModelChoice {
    /// The model's directory, which holds `model.yaml`.
    pub directory: PathBuf,
    /// A dataloader instead of the model's own: see [`ModelDir::replace_loader`]. Default: none.
    pub dataloader: Option<String>,
    /// Threads and device of the engine. Default: as many threads as the machine has processors, on the CPU.
    pub runtime: RuntimeOptions,
    /// Samples per engine call, from 1 to 65536. Default: 32. A model with a fixed batch takes that many instead.
    pub batch_size: usize,
    /// The names of the model inputs that hold DNA, if the description does not say. Default: none, the description
    /// decides.
    pub seq_input: Vec<String>,
    /// Who computes edited rows. Default: the backend, if it can.
    pub edits: EditUse,
    /// How the members of a family become one. Default: as the description says, or else by their mean.
    pub combine: Option<MemberCombination>,
}

impl ModelChoice {
    /// The model in this directory, with the defaults.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            dataloader: None,
            runtime: RuntimeOptions::new(thread::available_parallelism().map_or(1, usize::from), Device::Cpu),
            batch_size: 32,
            seq_input: Vec::new(),
            edits: EditUse::Auto,
            combine: None,
        }
    }

    /// Checks the choice by itself.
    ///
    /// # Errors
    /// A batch size of 0, or beyond 65536.
    pub fn validate(&self) -> Result<(), ChoiceError> {
        match self.batch_size {
            0 => Err(ChoiceError::EmptyBatch),
            found if found > MOST_ROWS => Err(ChoiceError::LargeBatch { found }),
            _ => Ok(()),
        }
    }

    /// How the model is loaded.
    pub(crate) fn options(&self) -> ModelOptions<'_> {
        ModelOptions { runtime: self.runtime.clone(), seq_input: &self.seq_input, combine: self.combine }
    }

    /// Reads the descriptions of the model and of the chosen dataloader.
    ///
    /// # Errors
    /// What is wrong in them, or what would change the numbers and is not supported.
    pub(crate) fn open(&self) -> Result<ModelDir, SpecError> {
        let mut directory = ModelDir::open(&self.directory)?;
        if let Some(key) = directory.model().kipos.unsupported.first() {
            return Err(SpecError::Unsupported(key.clone()));
        }
        if let Some(named) = &self.dataloader {
            directory.replace_loader(named)?;
        }
        Ok(directory)
    }
}
