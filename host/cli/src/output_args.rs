//! What scores read of a model's outputs, in both spellings.

use clap::Args;

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
    /// Score only these tasks, by name or by number from 0, separated by spaces or commas; give MODEL before this list
    #[arg(long, alias = "model_outputs", value_name = "TASK", num_args = 1..)]
    pub tasks: Vec<String>,
    /// The same, by number only, for tasks whose names are numbers
    #[arg(long, aliases = ["task_index", "model_outputs_i"], value_name = "N", num_args = 1.., value_delimiter = ',', conflicts_with = "tasks")]
    pub task_index: Vec<usize>,
    /// Also predict reverse complements; overrides the model's own setting
    #[arg(long, alias = "use_rc", value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub use_rc: Option<bool>,
}

impl OutputArgs {
    /// The choice of these scores, and of what they read.
    pub(super) fn choice(self, scores: ScoreSelection) -> ScoreChoice {
        let typed = self.tasks.into_iter().map(TaskKey::Typed);
        let mut choice = ScoreChoice::default();
        choice.scores = scores;
        choice.reduce = self.reduce;
        choice.position_axes = self.position_axis;
        choice.tasks = typed.chain(self.task_index.into_iter().map(TaskKey::Index)).collect();
        choice.use_rc = self.use_rc;
        choice
    }
}
