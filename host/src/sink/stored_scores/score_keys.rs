//! The scores of an annotated VCF, by the header lines of their keys.

use crate::genome::Declaration;
use crate::sink::info_key::percent_decode;
use crate::sink::kipoi_info::SCORE_DESCRIPTION;

/// A score, and where its values are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ScoreKeys {
    /// The label; behind the model's name and a slash where several models have it.
    pub(super) name: String,
    model: String,
    pub(super) values: KeyValues,
}

/// How values are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KeyValues {
    /// All tasks in one key, joined by bars.
    Packed {
        key: String,
        tasks: Vec<String>,
        /// The keys of the largest value and its task, if there are such: background tasks are left out of these.
        largest: Option<(String, String)>,
    },
    /// A key for each task.
    PerTask(Vec<(String, String)>),
}

/// What begins the description of a native score.
const SCORE: &str = "Score ";
/// What comes between a score's name and the model's.
const OF_MODEL: &str = " of model ";
/// What comes before the names of packed tasks.
const TASKS: &str = ". Format: ";

/// The scores that a header declares, in its order.
pub(super) fn score_keys(declared: &[Declaration]) -> Vec<ScoreKeys> {
    let mut scores: Vec<ScoreKeys> = Vec::new();
    for line in declared {
        let Some(found) = native(line, declared).or_else(|| kipoi(line)) else { continue };
        match scores.iter_mut().find(|known| known.name == found.name && known.model == found.model) {
            Some(ScoreKeys { values: KeyValues::PerTask(known), .. }) => {
                if let KeyValues::PerTask(more) = found.values {
                    known.extend(more);
                }
            }
            Some(_) => {}
            None => scores.push(found),
        }
    }
    let is_shared: Vec<bool> =
        scores.iter().map(|score| scores.iter().filter(|other| other.name == score.name).count() > 1).collect();
    for (score, is_shared) in scores.iter_mut().zip(is_shared) {
        if is_shared {
            score.name = format!("{}/{}", score.model, score.name);
        }
    }
    scores
}

/// A key in the native style.
fn native(line: &Declaration, declared: &[Declaration]) -> Option<ScoreKeys> {
    let about = line.description.as_deref().filter(|_| line.id.starts_with("KV_"))?.strip_prefix(SCORE)?;
    let (label, rest) = about.split_once(OF_MODEL)?;
    let (model, rest) = rest.split_once(' ')?;
    let values = if let Some((_, tasks)) = rest.split_once(TASKS) {
        let [largest, top] = ["MAXABS", "TOP"].map(|part| format!("{}_{part}", line.id));
        let is_declared = |id: &String| declared.iter().any(|line| line.id == *id);
        let largest = (is_declared(&largest) && is_declared(&top)).then_some((largest, top));
        KeyValues::Packed { key: line.id.clone(), tasks: tasks.split('|').map(percent_decode).collect(), largest }
    } else {
        // The key of the largest of packed values has no origin in its description.
        let (task, _origin) = rest.strip_prefix("for ")?.rsplit_once(" (")?;
        KeyValues::PerTask(vec![(line.id.clone(), task.to_owned())])
    };
    Some(ScoreKeys { name: percent_decode(label), model: percent_decode(model), values })
}

/// A key in Kipoi's style.
fn kipoi(line: &Declaration) -> Option<ScoreKeys> {
    let (label, tasks) = line.description.as_deref()?.split_once(SCORE_DESCRIPTION)?;
    let model = line.id.strip_prefix("KV:")?.rsplit_once(':')?.0;
    let tasks = tasks.split('|').map(str::to_owned).collect();
    let values = KeyValues::Packed { key: line.id.clone(), tasks, largest: None };
    Some(ScoreKeys { name: label.to_owned(), model: model.to_owned(), values })
}
