//! Which scores, and what they read of a model's outputs.

use super::ChoiceError;
use crate::output_selection::{OutputAxis, OutputReduction, OutputRequest, TaskKey};
use crate::score::ScoreSelection;

/// The scores of a run, and the outputs that they are computed from.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ScoreChoice {
    /// The scores and their arguments. Default: those that the model's description names, else `diff`.
    pub scores: ScoreSelection,
    /// Outputs whose positions become tasks. Default: those of which the model's description says so, unless a score
    /// reads whole outputs.
    pub reduce: Vec<OutputReduction>,
    /// The axes of outputs that hold positions, over the model's description. Default: none.
    pub position_axes: Vec<OutputAxis>,
    /// The tasks that are scored, in the model's order. Default: empty, those that the model's description names, else
    /// all; all, too, if a score reads whole outputs.
    pub tasks: Vec<TaskKey>,
    /// Whether the reverse complement of each sequence is predicted too. Default: as the model's description says.
    pub use_rc: Option<bool>,
}

impl ScoreChoice {
    /// Checks the choice by itself.
    ///
    /// # Errors
    /// Arguments of a score that are not a map.
    pub(crate) fn validate(&self) -> Result<(), ChoiceError> {
        Ok(self.scores.check_kwargs()?)
    }

    /// What is read of the model's outputs. `with_defaults` says whether the description's reductions and tasks hold
    /// where none are chosen.
    pub(crate) fn outputs(&self, with_defaults: bool) -> OutputRequest<'_> {
        OutputRequest {
            reductions: &self.reduce,
            position_axes: &self.position_axes,
            tasks: &self.tasks,
            with_defaults,
        }
    }
}
