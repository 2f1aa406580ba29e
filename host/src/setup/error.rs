//! Why a run cannot begin.

use thiserror::Error;

use super::{NoEdits, WindowPlanError};
use crate::dataloader::{BatchError, LoaderArgError};
use crate::description::SpecError;
use crate::genome::{ContigMapError, FastaError, IntervalError};
use crate::model::ModelError;
use crate::output_selection::OutputSelectionError;
use crate::predict::PredictError;
use crate::request::ChoiceError;
use crate::run::OutputIsInput;
use crate::score::ScoreError;

/// Why a run cannot begin.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum SetupError {
    #[error(transparent)]
    Request(#[from] ChoiceError),
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Loader(#[from] LoaderArgError),
    #[error(transparent)]
    Fasta(#[from] FastaError),
    #[error(transparent)]
    Contigs(#[from] ContigMapError),
    #[error(transparent)]
    OutputSelection(#[from] OutputSelectionError),
    #[error(transparent)]
    Score(#[from] ScoreError),
    #[error(transparent)]
    OutputIsInput(#[from] OutputIsInput),
    #[error(transparent)]
    Windows(#[from] WindowPlanError),
    #[error(transparent)]
    Batches(#[from] BatchError),
    #[error(transparent)]
    Range(#[from] IntervalError),
    #[error(transparent)]
    Predict(#[from] PredictError),
    #[error(transparent)]
    Edits(#[from] NoEdits),
}
