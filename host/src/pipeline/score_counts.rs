//! What became of each score of a run, in numbers.

use std::collections::BTreeMap;
use std::fmt;

use crate::counted::Counted;
use crate::not_finite::{self, NotFinite};
use crate::printable::printable;
use crate::scored::{ScoreLabel, ScoreMatrix};

/// Messages of a scorer that are kept apart; one that names the allele in each would fill the memory.
const MESSAGES: usize = 5;

/// How many values a score has, and how many it lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreCounts {
    /// The name under which the score was asked for.
    pub label: String,
    /// Its values: one per task of each allele for which the scorer did not fail. Here an allele counts in each of its
    /// windows.
    pub values: u64,
    /// Those of them that are NaN or infinite.
    pub not_finite: u64,
    /// Alleles for which the scorer failed, by what it said.
    pub failures: BTreeMap<String, u64>,
    /// Further ones, for which it said something else each time.
    pub other_failures: u64,
}

impl ScoreCounts {
    /// Nothing counted yet, for each label.
    pub(crate) fn of(labels: &[ScoreLabel]) -> Vec<Self> {
        let none = |label: &ScoreLabel| Self {
            label: label.label.clone(),
            values: 0,
            not_finite: 0,
            failures: BTreeMap::new(),
            other_failures: 0,
        };
        labels.iter().map(none).collect()
    }

    /// Counts all failures of a matrix, and the values of `rows`.
    pub(crate) fn add(&mut self, matrix: &ScoreMatrix, rows: impl Iterator<Item = usize>) {
        for row in rows.filter_map(|row| matrix.row(row)) {
            self.values += row.len() as u64;
            self.not_finite += row.iter().filter(|value| !value.is_finite()).count() as u64;
        }
        for message in matrix.failures.values() {
            if let Some(count) = self.failures.get_mut(message) {
                *count += 1;
            } else if self.failures.len() < MESSAGES {
                self.failures.insert(message.clone(), 1);
            } else {
                self.other_failures += 1;
            }
        }
    }

    /// Lines of a summary, each after a line break: failures by score and message, then values that are not finite.
    pub(crate) fn describe(scores: &[Self], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Self { label, failures, other_failures, .. } in scores {
            let label = printable(label);
            for (message, count) in failures {
                let message = printable(message);
                write!(f, "\n  score `{label}` failed for {}: {message}", Counted(*count, "allele"))?;
            }
            if *other_failures > 0 {
                write!(f, "\n  score `{label}` failed for {} with other messages", Counted(*other_failures, "allele"))?;
            }
        }
        let counts = scores.iter().map(|&Self { ref label, not_finite, values, .. }| NotFinite {
            name: label,
            not_finite,
            values,
        });
        not_finite::describe(counts, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scored::ScoreOrigin;

    struct Described(Vec<ScoreCounts>);

    impl fmt::Display for Described {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            ScoreCounts::describe(&self.0, f)
        }
    }

    fn counts(labels: &[&str]) -> Vec<ScoreCounts> {
        let origin = ScoreOrigin { plugin: "p".into(), version: "1".into(), scorer: "s".into() };
        let label = |label: &&str| ScoreLabel {
            label: (*label).into(),
            columns: vec!["a".into()],
            background: vec![],
            origin: origin.clone(),
        };
        ScoreCounts::of(&labels.iter().map(label).collect::<Vec<_>>())
    }

    fn matrix(width: usize, values: &[f32], failures: &[(usize, &str)]) -> ScoreMatrix {
        let failures = failures.iter().map(|&(row, message)| (row, message.to_owned())).collect();
        ScoreMatrix { width, values: values.to_vec(), failures }
    }

    #[test]
    fn values_that_are_not_finite_are_counted_by_score() {
        let mut scores = counts(&["logit", "diff", "log2fc"]);
        let nan = f32::NAN;
        scores[0].add(&matrix(3, &[nan, 1.0, f32::INFINITY, nan, nan, nan], &[]), 0..1);
        scores[1].add(&matrix(1, &[1.0, 2.0], &[]), 0..2);
        scores[2].add(&matrix(1, &[nan, nan, 3.0], &[(0, "no")]), 0..3);
        assert_eq!((scores[0].values, scores[0].not_finite), (3, 2));
        let found = Described(scores).to_string();
        insta::assert_snapshot!(found.trim_start(), @r"
        score `log2fc` failed for 1 allele: no
          not finite: logit 2 of 3, log2fc 1 of 2
        ");
    }

    #[test]
    fn a_run_in_which_all_is_finite_says_nothing() {
        let mut scores = counts(&["diff"]);
        scores[0].add(&matrix(1, &[1.0, f32::MAX], &[]), 0..2);
        assert_eq!(Described(scores).to_string(), "");
    }

    #[test]
    fn messages_are_kept_apart_up_to_a_few() {
        let mut scores = counts(&["s"]);
        let texts: Vec<String> = (0..8).map(|row| format!("bad {row}")).collect();
        let failures: Vec<(usize, &str)> = texts.iter().map(String::as_str).enumerate().collect();
        for _ in 0..2 {
            scores[0].add(&matrix(1, &[f32::NAN; 8], &failures), 0..8);
        }
        assert_eq!((scores[0].values, scores[0].failures.len(), scores[0].other_failures), (0, MESSAGES, 6));
        let found = Described(scores).to_string();
        assert!(found.starts_with("\n  score `s` failed for 2 alleles: bad 0\n"), "{found}");
        assert!(found.ends_with("\n  score `s` failed for 6 alleles with other messages"), "{found}");
    }
}
