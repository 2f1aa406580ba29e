//! Which model, and where it runs.

use std::path::{Path, PathBuf};
use std::thread;

use kipos_plugin_api::{Device, RuntimeOptions};

use super::{ChoiceError, EditUse};
use crate::description::{MemberCombination, ModelDir, SpecError};
use crate::model::ModelOptions;
use crate::predict::MOST_ROWS;
use crate::sequence::SampleRows;

/// Samples per engine call: more made no engine faster that was tried.
const CALL_ROWS: usize = 32;

/// One-hot sequences of an engine call, in bytes: 32 windows of 4096 bases. What a model keeps of a row grows with its length.
const CALL_BYTES: usize = 2 << 20;

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
    /// Samples per engine call, from 1 to 65536. Default: 32, or where their one-hot sequences take more than 2 MiB, as many as
    /// take less, but one at least. A model with a fixed batch takes that many instead.
    pub batch_size: Option<usize>,
    /// The names of the model inputs that hold DNA, if the description does not say. Default: none, the description
    /// decides.
    pub seq_input: Vec<String>,
    /// Who computes edited rows. Default: the backend, if it can.
    pub edits: EditUse,
    /// How the members of a family become one. Default: as the description says, or else by their mean.
    pub combine: Option<MemberCombination>,
    /// The directories of further models, which are combined with the first to one. Default: none.
    pub members: Vec<PathBuf>,
    /// What the models together are called. Default: as the directory that all are in, or else as all of them.
    pub family_name: Option<String>,
}

impl ModelChoice {
    /// The model in this directory, with the defaults.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            dataloader: None,
            runtime: RuntimeOptions::new(thread::available_parallelism().map_or(1, usize::from), Device::Cpu),
            batch_size: None,
            seq_input: Vec::new(),
            edits: EditUse::Auto,
            combine: None,
            members: Vec::new(),
            family_name: None,
        }
    }

    /// Checks the choice by itself.
    ///
    /// # Errors
    /// A batch size of 0, or beyond 65536; several models without a word on how they are combined.
    pub fn validate(&self) -> Result<(), ChoiceError> {
        if !self.members.is_empty() && self.combine.is_none() {
            return Err(ChoiceError::NotCombined { models: 1 + self.members.len() });
        }
        match self.batch_size {
            Some(0) => Err(ChoiceError::EmptyBatch),
            Some(found) if found > MOST_ROWS => Err(ChoiceError::LargeBatch { found }),
            _ => Ok(()),
        }
    }

    /// Samples per engine call, of samples like these.
    pub(crate) fn rows_per_call(&self, samples: &SampleRows) -> usize {
        self.batch_size.unwrap_or_else(|| (CALL_BYTES / samples.row_bytes().max(1)).clamp(1, CALL_ROWS))
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
        let mut directory = open_supported(&self.directory)?;
        if !self.members.is_empty() {
            let members = self.members.iter().map(|member| open_supported(member)).collect::<Result<_, _>>()?;
            directory = directory.with_members(members, self.family_name.clone())?;
        }
        if let Some(named) = &self.dataloader {
            directory.replace_loader(named)?;
        }
        Ok(directory)
    }
}

/// A model that says nothing that is not obeyed.
fn open_supported(path: &Path) -> Result<ModelDir, SpecError> {
    let directory = ModelDir::open(path)?;
    match directory.model().kipos.unsupported.first() {
        Some(key) => Err(SpecError::Unsupported(key.clone())),
        None => Ok(directory),
    }
}

#[cfg(test)]
mod tests {
    use kipos_plugin_api::DType;

    use super::*;
    use crate::sequence::{DnaRows, InputRows, OneHotLayout};

    #[test]
    fn long_windows_make_small_calls_unless_a_number_is_chosen() {
        let mut choice = ModelChoice::new("model");
        let rows_of = |choice: &ModelChoice, bases: usize, inputs: usize| {
            let layout = OneHotLayout::new(bases, 1, None).unwrap();
            let input = || InputRows::OneHot(DnaRows::new(DType::F32, layout.clone(), "ACGT", 0.25).unwrap().unwrap());
            choice.rows_per_call(&SampleRows::new((0..inputs).map(|_| input()).collect()))
        };
        // Four numbers of four bytes a base.
        let found = [(200, 1), (4096, 1), (4096, 2), (10_000, 1), (131_072, 1), (524_288, 1), (200, 0)];
        assert_eq!(found.map(|(bases, inputs)| rows_of(&choice, bases, inputs)), [32, 32, 16, 13, 1, 1, 32]);
        choice.batch_size = Some(64);
        assert_eq!(rows_of(&choice, 524_288, 1), 64);
    }
}
