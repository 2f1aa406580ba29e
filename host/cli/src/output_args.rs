//! What scores read of a model's outputs, in both spellings.

use std::path::PathBuf;

use clap::Args;

use super::error::UsageError;
use super::headings::SCORES;
use kipos::{OutputAxis, OutputReduction, ScoreChoice, ScoreSelection, TaskKey};

/// Reductions and tasks.
#[derive(Debug, Args)]
#[command(next_help_heading = SCORES)]
pub struct OutputArgs {
    /// Reduce the positions of an output (a profile) to one value per task: sum, mean or max over all positions, or
    /// center:N, the mean of the N in the middle. OUTPUT= may be left out if the model has one output; may be repeated
    #[arg(long, value_name = "[OUTPUT=]HOW")]
    pub reduce: Vec<OutputReduction>,
    /// The position axis of an output, from 0 without the batch axis; overrides model.yaml [default: inferred from column
    /// labels and lengths]; OUTPUT= as above; may be repeated
    #[arg(long, alias = "position_axis", value_name = "[OUTPUT=]N")]
    pub position_axis: Vec<OutputAxis>,
    /// Score only these tasks, by name, by a pattern of names such as 'CTCF*', or by number from 0, separated by spaces or
    /// commas; give MODEL before this list
    #[arg(long, alias = "model_outputs", value_name = "TASK", num_args = 1..)]
    pub tasks: Vec<String>,
    /// Score only the tasks whose names are lines of a file; lines that begin with # are passed over
    #[arg(long, value_name = "FILE", conflicts_with_all = ["tasks", "task_index"])]
    pub tasks_file: Option<PathBuf>,
    /// The same, by number only, for tasks whose names are numbers
    #[arg(long, aliases = ["task_index", "model_outputs_i"], value_name = "N", num_args = 1.., value_delimiter = ',', conflicts_with = "tasks")]
    pub task_index: Vec<usize>,
    /// Also predict reverse complements; overrides the model's own setting
    #[arg(long, alias = "use_rc", value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub use_rc: Option<bool>,
}

impl OutputArgs {
    /// The choice of these scores, and of what they read.
    ///
    /// # Errors
    /// A list of tasks that cannot be read.
    pub(super) fn choice(self, scores: ScoreSelection) -> Result<ScoreChoice, UsageError> {
        let listed = self
            .tasks_file
            .as_deref()
            .map(|path| TaskKey::read_list(path).map_err(|error| format!("--tasks-file {}: {error}", path.display())));
        let typed = self.tasks.into_iter().map(TaskKey::Typed).chain(listed.transpose()?.unwrap_or_default());
        let mut choice = ScoreChoice::default();
        choice.scores = scores;
        choice.reduce = self.reduce;
        choice.position_axes = self.position_axis;
        choice.tasks = typed.chain(self.task_index.into_iter().map(TaskKey::Index)).collect();
        choice.use_rc = self.use_rc;
        Ok(choice)
    }
}
