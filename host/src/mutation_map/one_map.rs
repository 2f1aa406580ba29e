//! A picture shows one map: a run that would make several is refused as early as that is known.

use std::path::Path;

use super::MutationMapError;
use crate::scored::ScoreLabel;

/// What the picture of a run asks of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct OneMap<'p> {
    /// The picture.
    pub(super) path: &'p Path,
}

impl OneMap<'_> {
    /// Refuses several scores, or several tasks of one.
    pub(super) fn check_scores(self, labels: &[ScoreLabel]) -> Result<(), MutationMapError> {
        let scores: Vec<_> = labels.iter().map(|label| label.label.as_str()).collect();
        let tasks = labels.iter().map(|label| label.columns.len()).max().unwrap_or(0);
        let of_scores = format!("{} scores ({})", scores.len(), scores.join(", "));
        match (scores.len() > 1, tasks > 1) {
            (false, false) => Ok(()),
            (true, false) => self.refuse(of_scores, "one with --scores"),
            (false, true) => self.refuse(format!("{tasks} tasks"), "one with --tasks"),
            (true, true) => {
                self.refuse(format!("{of_scores} of {tasks} tasks"), "one of each with --scores and --tasks")
            }
        }
    }

    /// Refuses several windows.
    pub(super) fn check_windows(self, windows: u64) -> Result<(), MutationMapError> {
        match windows {
            0 | 1 => Ok(()),
            _ => self.refuse("several windows".to_owned(), "one region that fits the model's window, or one variant"),
        }
    }

    fn refuse(self, found: String, choose: &'static str) -> Result<(), MutationMapError> {
        Err(MutationMapError::SeveralMaps { path: self.path.to_owned(), found, choose })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scored::ScoreOrigin;

    fn said(outcome: Result<(), MutationMapError>) -> String {
        outcome.map_or_else(|error| error.to_string(), |()| "fine".to_owned())
    }

    #[test]
    fn what_to_choose_is_said() {
        let label = |columns: &[&str]| ScoreLabel {
            label: "diff".into(),
            columns: columns.iter().map(ToString::to_string).collect(),
            background: vec![],
            origin: ScoreOrigin { plugin: "scorers".into(), version: "1".into(), scorer: "diff".into() },
        };
        let map = OneMap { path: Path::new("a.svg") };
        let (one, two) = (label(&["a"]), label(&["a", "b"]));
        let scores = |labels: &[&ScoreLabel]| {
            said(map.check_scores(&labels.iter().map(|label| (*label).clone()).collect::<Vec<_>>()))
        };
        assert_eq!(
            (scores(&[&one]), said(map.check_windows(1)), said(map.check_windows(0))),
            ("fine".into(), "fine".into(), "fine".into())
        );
        insta::assert_snapshot!(scores(&[&one, &one]), @"cannot write a.svg: a picture shows one map, and this run has 2 scores (diff, diff); choose one with --scores, or write .h5 and draw it with `kipos plot mutation-map`");
        insta::assert_snapshot!(scores(&[&two]), @"cannot write a.svg: a picture shows one map, and this run has 2 tasks; choose one with --tasks, or write .h5 and draw it with `kipos plot mutation-map`");
        insta::assert_snapshot!(scores(&[&two, &two]), @"cannot write a.svg: a picture shows one map, and this run has 2 scores (diff, diff) of 2 tasks; choose one of each with --scores and --tasks, or write .h5 and draw it with `kipos plot mutation-map`");
        insta::assert_snapshot!(said(map.check_windows(2)), @"cannot write a.svg: a picture shows one map, and this run has several windows; choose one region that fits the model's window, or one variant, or write .h5 and draw it with `kipos plot mutation-map`");
    }
}
