//! Scores of the members of a family: merging them, how far they are spread, and each by itself.

use super::{MemberScores, SelectedScorer};
use crate::description::MemberCombination;
use crate::plugin::combine_numbers;
use crate::scored::{ScoreLabel, ScoreMatrix};

/// What is made of the scores of the members of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberPlan {
    /// How many members there are, at least two.
    pub count: usize,
    /// How their scores become one; `None` if their predictions do.
    pub merge: Option<MemberCombination>,
    /// What is reported of them besides.
    pub report: MemberScores,
}

impl MemberPlan {
    /// Whether the predictions of each member are needed.
    pub fn reads_members(&self) -> bool {
        self.merge.is_some() || self.report != MemberScores::default()
    }

    /// The labels that a score has, itself first.
    pub(super) fn labels(&self, label: ScoreLabel) -> Vec<ScoreLabel> {
        let suffixes = self.suffixes();
        let derived = suffixes.iter().map(|suffix| {
            let name = format!("{}_{suffix}", label.label);
            ScoreLabel { label: name, ..label.clone() }
        });
        let derived: Vec<_> = derived.collect();
        [label].into_iter().chain(derived).collect()
    }

    /// What is added to the names of scores.
    pub(super) fn suffixes(&self) -> Vec<String> {
        let spread = self.report.spread.then(|| "sd".to_owned());
        let members = (1..=self.count).filter(|_| self.report.each).map(|number| format!("m{number}"));
        spread.into_iter().chain(members).collect()
    }

    /// The matrices of a score, in the order of [`labels`](Self::labels): of that of the combined predictions, which is absent
    /// if scores are merged, and those of the members.
    pub(super) fn matrices(&self, combined: Option<ScoreMatrix>, members: Vec<ScoreMatrix>) -> Vec<ScoreMatrix> {
        let merged = self.merge.map(|by| across(&members, |values| combine_numbers(by, values)));
        let spread = self.report.spread.then(|| across(&members, standard_deviation));
        let members = members.into_iter().filter(|_| self.report.each);
        combined.into_iter().chain(merged).chain(spread).chain(members).collect()
    }
}

impl SelectedScorer {
    /// Whether its name, or one that is derived from it, is that of another.
    pub(super) fn clashes(&self, suffixes: &[String], other: &Self) -> bool {
        suffixes.iter().any(|suffix| format!("{}_{suffix}", self.label) == other.label)
    }
}

/// One number of those that the members have at each place. An allele for which the scorer failed in one of them has none.
fn across(members: &[ScoreMatrix], of: impl Fn(&mut [f64]) -> f64) -> ScoreMatrix {
    let Some(first) = members.first() else {
        return ScoreMatrix { width: 0, values: Vec::new(), failures: Default::default() };
    };
    let mut at_place = vec![0.0; members.len()];
    let values = (0..first.values.len()).map(|place| {
        for (one, member) in at_place.iter_mut().zip(members) {
            *one = member.values.get(place).copied().map_or(f64::NAN, f64::from);
        }
        of(&mut at_place) as f32
    });
    let values = values.collect();
    let mut failures = first.failures.clone();
    for member in members {
        member.failures.iter().for_each(|(row, message)| {
            failures.entry(*row).or_insert_with(|| message.clone());
        });
    }
    ScoreMatrix { width: first.width, values, failures }
}

/// The standard deviation of a sample of at least two: the square root of the sum of squares about the mean over n - 1.
fn standard_deviation(values: &mut [f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn matrix(values: &[f32], failures: &[(usize, &str)]) -> ScoreMatrix {
        let failures: BTreeMap<usize, String> = failures.iter().map(|&(row, text)| (row, text.to_owned())).collect();
        ScoreMatrix { width: 2, values: values.to_vec(), failures: failures.into_iter().collect() }
    }

    fn plan(merge: Option<MemberCombination>, spread: bool, each: bool) -> MemberPlan {
        MemberPlan { count: 3, merge, report: MemberScores { spread, each } }
    }

    #[test]
    fn the_spread_is_that_of_a_sample() {
        // Of 2, 4 and 9 the mean is 5 and the sum of squares about it 26; of 1, 1 and 1 they are 1 and 0.
        let members = vec![matrix(&[2.0, 1.0], &[]), matrix(&[4.0, 1.0], &[]), matrix(&[9.0, 1.0], &[])];
        let combined = matrix(&[7.0, 7.0], &[]);
        let found = plan(None, true, false).matrices(Some(combined.clone()), members.clone());
        assert_eq!((found[0].values.clone(), found.len()), (combined.values.clone(), 2));
        assert_eq!(found[1].values, [13f64.sqrt() as f32, 0.0]);
        let all = plan(None, true, true);
        assert_eq!(all.suffixes(), ["sd", "m1", "m2", "m3"]);
        assert_eq!(all.matrices(Some(combined), members).len(), 5);
    }

    #[test]
    fn scores_are_merged_where_predictions_are_not() {
        let members = || vec![matrix(&[2.0, 1.0], &[]), matrix(&[4.0, f32::NAN], &[]), matrix(&[9.0, 3.0], &[])];
        let merged = |by| plan(Some(by), false, false).matrices(None, members()).remove(0).values;
        assert_eq!(merged(MemberCombination::Mean)[0], 5.0);
        assert_eq!(merged(MemberCombination::Median)[0], 4.0);
        assert!(merged(MemberCombination::Mean)[1].is_nan() && merged(MemberCombination::Median)[1].is_nan());
    }

    #[test]
    fn an_allele_that_fails_in_one_member_fails() {
        let members = vec![matrix(&[0.0; 4], &[]), matrix(&[0.0; 4], &[(1, "no")]), matrix(&[0.0; 4], &[(1, "never")])];
        let found = plan(Some(MemberCombination::Mean), true, true).matrices(None, members);
        let rows: Vec<bool> = found.iter().map(|matrix| matrix.row(1).is_some()).collect();
        assert_eq!(rows, [false, false, true, false, false]);
        assert_eq!(found[0].failures.get(&1).map(String::as_str), Some("no"));
    }
}
