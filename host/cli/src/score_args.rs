//! Scores and their arguments, as typed.

use clap::{Args, ValueEnum};

use super::error::UsageError;
use super::headings::SCORES;
use kipos::{LabelSelection, MemberScores, ScoreSelection, parse_value_arg};

/// The scores of a run.
#[derive(Debug, Args)]
#[command(next_help_heading = SCORES)]
pub struct ScoreArgs {
    /// The scores to compute, or `all`, separated by spaces or commas; PLUGIN::SCORE picks the score of one plugin; give
    /// MODEL before this list [default: those that the model names]
    #[arg(short, long, value_name = "LABEL", num_args = 1..)]
    pub scores: Vec<String>,
    /// Arguments of a score, such as diff='{rc_merging: max}'; may be repeated
    #[arg(long, value_name = "LABEL=ARGS")]
    pub score_kwargs: Vec<String>,
    /// Of a family, also how far the scores of its members are spread, as SCORE_SD: their standard deviation, over n - 1
    #[arg(long, value_name = "MEASURE")]
    pub spread: Option<SpreadChoice>,
    /// Of a family, also the scores of each member, as SCORE_M1 and so on
    #[arg(long)]
    pub members: bool,
}

/// How it is told how far numbers are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SpreadChoice {
    /// The standard deviation of a sample
    Sd,
}

impl ScoreArgs {
    /// A list of labels, and arguments under their labels.
    pub(super) fn selection(self) -> Result<ScoreSelection, UsageError> {
        let mut selection = ScoreSelection {
            labels: labels(self.scores)?,
            members: MemberScores { spread: self.spread.is_some(), each: self.members },
            ..ScoreSelection::default()
        };
        for typed in self.score_kwargs {
            let (label, kwargs) = typed.split_once('=').ok_or_else(|| {
                format!("--score-kwargs expects LABEL=ARGS such as diff='{{rc_merging: max}}', found `{typed}`")
            })?;
            if selection.kwargs.iter().any(|(given, _)| given == label) {
                return Err(format!("--score-kwargs gives arguments for `{label}` twice; put them into one map").into());
            }
            selection.kwargs.push((label.into(), parse_value_arg(&[kwargs.to_owned()])?));
        }
        Ok(selection)
    }
}

/// One list of labels and, in the same order, one of arguments.
pub(super) fn kipoi_scores(scoring: Vec<String>, kwargs: &[String]) -> Result<ScoreSelection, UsageError> {
    let mut selection = ScoreSelection::default();
    if !kwargs.is_empty() {
        if scoring == ["all"] {
            return Err("--scoring_kwargs cannot be given together with --scoring all; name the scores".into());
        }
        if kwargs.len() != scoring.len() {
            return Err(format!(
                "--scoring_kwargs has {} entries for {} scores; give one for each, {{}} for none",
                kwargs.len(),
                scoring.len()
            )
            .into());
        }
        for (label, kwargs) in scoring.iter().zip(kwargs) {
            selection.kwargs.push((label.clone(), parse_value_arg(std::slice::from_ref(kwargs))?));
        }
    }
    selection.labels = labels(scoring)?;
    Ok(selection)
}

fn labels(typed: Vec<String>) -> Result<LabelSelection, UsageError> {
    match typed.as_slice() {
        [] => Ok(LabelSelection::ModelDefault),
        [all] if all == "all" => Ok(LabelSelection::All),
        several if several.iter().any(|label| label == "all") => {
            Err("`all` means every score of the model and cannot be combined with others; leave them out".into())
        }
        _ => Ok(LabelSelection::Only(typed)),
    }
}
