//! What an annotated record says where several windows hold its alleles.

use super::strongest_value::strongest_column;
use crate::{
    genome::{Outcome, SkipReason, VcfRecord},
    scored::{AlleleInWindow, ScoreMatrix, ScoredChunk, ScoredRecord, outcome_of},
};

/// Which of the windows that hold an allele speaks for it in a VCF. Tables always have a row for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MultiRegion {
    /// The one whose centre is closest to the middle of what the allele changes; the first of equals.
    #[default]
    Nearest,
    /// The one with the largest absolute value of the first score, whatever its task, the background left out; NaN is none,
    /// the first of equals.
    MaxAbs,
    /// Each in a record of its own.
    Records,
}

/// One record of the output.
#[derive(Debug)]
pub(super) struct RecordLine<'c> {
    /// The record of the input.
    pub(super) record: &'c VcfRecord,
    /// The pair that speaks for each ALT allele.
    pub(super) alleles: Vec<&'c AlleleInWindow>,
    /// Whether REF was written over the genome.
    pub(super) reference_overwritten: bool,
    /// The number of regions that hold any of the alleles.
    pub(super) regions: usize,
}

impl RecordLine<'_> {
    /// Whether any of the alleles is scored.
    pub(super) fn is_scored(&self) -> bool {
        self.alleles.iter().any(|pair| pair.row().is_some())
    }
}

/// Stands for an allele that does not lie in the region of a line, though another allele of its record does.
static ELSEWHERE: AlleleInWindow = AlleleInWindow::skipped(SkipReason::NoRange);

impl MultiRegion {
    /// Hands over the lines of one of the chunk's records: one, or one per region. `background` are the columns of the first
    /// score that are never the largest.
    pub(super) fn for_each_line<'c, E>(
        self,
        chunk: &'c ScoredChunk,
        scored: &'c ScoredRecord,
        background: &[usize],
        mut take: impl FnMut(RecordLine<'c>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut regions: Vec<usize> = Vec::new();
        for region in chunk.alleles(scored).flatten().filter_map(|pair| pair.region.as_ref()) {
            if !regions.contains(&region.index) {
                regions.push(region.index);
            }
        }
        let line = |alleles| RecordLine {
            record: &scored.record,
            alleles,
            reference_overwritten: scored.reference_overwritten,
            regions: regions.len(),
        };
        if self != Self::Records || regions.len() < 2 {
            let speaker = |pairs| self.speaker(pairs, &chunk.scores, background);
            return take(line(chunk.alleles(scored).filter_map(speaker).collect()));
        }
        for region in &regions {
            let here = |pair: &&AlleleInWindow| pair.region.as_ref().is_none_or(|id| id.index == *region);
            let pair_here = |pairs: &'c [AlleleInWindow]| pairs.iter().find(here).unwrap_or(&ELSEWHERE);
            take(line(chunk.alleles(scored).map(pair_here).collect()))?;
        }
        Ok(())
    }

    /// The pair that speaks for an allele which has these; `None` if there are none.
    fn speaker<'c>(
        self,
        pairs: &'c [AlleleInWindow],
        scores: &[ScoreMatrix],
        background: &[usize],
    ) -> Option<&'c AlleleInWindow> {
        if matches!(outcome_of(pairs), Outcome::Skipped(_)) {
            return pairs.first();
        }
        let mut best: Option<(&AlleleInWindow, f64)> = None;
        for pair in pairs {
            let Some(row) = pair.row() else { continue };
            let rank = match self {
                Self::MaxAbs => scores.first().map_or(0.0, |matrix| largest(matrix, row, background)),
                Self::Nearest | Self::Records => -distance_to_centre(pair),
            };
            if best.is_none_or(|(_, other)| rank > other) {
                best = Some((pair, rank));
            }
        }
        best.map(|(pair, _)| pair)
    }
}

/// From the middle of what the allele changes to the centre of its window, in bases.
fn distance_to_centre(pair: &AlleleInWindow) -> f64 {
    let length = pair.window.map_or(0, |window| window.len());
    ((pair.changed.start + pair.changed.end) as f64 / 2.0 - length as f64 / 2.0).abs()
}

/// The largest absolute value of a row outside of the background; -1 if there is none.
fn largest(matrix: &ScoreMatrix, row: usize, background: &[usize]) -> f64 {
    let values = &matrix.values[row * matrix.width..][..matrix.width];
    strongest_column(values, background).map_or(-1.0, |(_, value)| f64::from(value.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        genome::Outcome::{Done, Skipped},
        scored::LeftAligned,
        sink::test_input::{matrix, pair, records},
    };
    use std::convert::Infallible;

    /// What stands in each line for each ALT: the row, or the reason; and the number of regions.
    fn lines(rule: MultiRegion, alleles: Vec<Vec<AlleleInWindow>>, scores: &[f32]) -> Vec<(Vec<String>, usize)> {
        lines_without(&[], rule, alleles, scores)
    }

    /// The same with columns that are background.
    fn lines_without(
        background: &[usize],
        rule: MultiRegion,
        alleles: Vec<Vec<AlleleInWindow>>,
        scores: &[f32],
    ) -> Vec<(Vec<String>, usize)> {
        let mut pairs = Vec::new();
        let mut ranges = Vec::new();
        for allele in alleles {
            let start = pairs.len();
            pairs.extend(allele);
            ranges.push(start..pairs.len());
        }
        let record = records("c\t7\t.\tA\tC,G").remove(0);
        let records = vec![ScoredRecord {
            record,
            alleles: ranges,
            reference_overwritten: false,
            reference_over_ambiguous: false,
            left_aligned: LeftAligned::default(),
        }];
        let chunk = ScoredChunk { records, pairs, scores: vec![matrix(2, scores)] };
        let mut lines = Vec::new();
        let take = |line: RecordLine<'_>| {
            let shown = |pair: &&AlleleInWindow| match pair.outcome {
                Done(row) => row.to_string(),
                Skipped(reason) => reason.as_str().to_owned(),
            };
            lines.push((line.alleles.iter().map(shown).collect(), line.regions));
            Ok::<_, Infallible>(())
        };
        let Ok(()) = rule.for_each_line(&chunk, &chunk.records[0], background, take);
        lines
    }

    /// A pair in a region whose window of six bases holds the allele at `position`.
    fn at(region: usize, position: i64, outcome: Outcome<usize>) -> AlleleInWindow {
        AlleleInWindow { changed: position..position + 1, ..pair(Some((region, "r")), outcome) }
    }

    fn shown(alleles: &[&str], regions: usize) -> (Vec<String>, usize) {
        (alleles.iter().map(ToString::to_string).collect(), regions)
    }

    /// The first ALT lies in three regions, in one of which its scorer failed; the second in one of them.
    fn two_alleles() -> Vec<Vec<AlleleInWindow>> {
        let first = vec![at(4, 0, Done(0)), at(5, 3, Skipped(SkipReason::PluginError)), at(6, 2, Done(1))];
        vec![first, vec![at(6, 5, Done(2))]]
    }

    #[test]
    fn the_nearest_centre_or_the_largest_score_speaks() {
        let scores = [0.0, -3.0, 2.0, f32::NAN, 1.0, 1.0];
        assert_eq!(lines(MultiRegion::Nearest, two_alleles(), &scores), [shown(&["1", "2"], 3)]);
        assert_eq!(lines(MultiRegion::MaxAbs, two_alleles(), &scores), [shown(&["0", "2"], 3)]);
        // The largest of the first column is in the other row.
        assert_eq!(lines_without(&[1], MultiRegion::MaxAbs, two_alleles(), &scores), [shown(&["1", "2"], 3)]);
    }

    #[test]
    fn equals_go_to_the_first() {
        // Positions 2 and 3 of six are equally far from the middle.
        let alleles = || vec![vec![at(0, 2, Done(1)), at(1, 3, Done(0))]];
        for rule in [MultiRegion::Nearest, MultiRegion::MaxAbs] {
            assert_eq!(lines(rule, alleles(), &[1.0, 0.0, 0.0, -1.0]), [shown(&["1"], 2)], "{rule:?}");
        }
        let nothing = vec![vec![at(0, 2, Done(1)), at(1, 3, Done(0))]];
        assert_eq!(lines(MultiRegion::MaxAbs, nothing, &[f32::NAN; 4]), [shown(&["1"], 2)]);
    }

    #[test]
    fn regions_may_have_a_record_each() {
        let written = lines(MultiRegion::Records, two_alleles(), &[0.0; 6]);
        let expected = [shown(&["0", "no_range"], 3), shown(&["plugin_error", "no_range"], 3), shown(&["1", "2"], 3)];
        assert_eq!(written, expected);
        let unscored =
            vec![vec![at(0, 1, Done(0)), at(1, 1, Done(1))], vec![AlleleInWindow::skipped(SkipReason::Symbolic)]];
        let written = lines(MultiRegion::Records, unscored, &[0.0; 4]);
        assert_eq!(written, [shown(&["0", "symbolic"], 2), shown(&["1", "symbolic"], 2)]);
    }

    #[test]
    fn the_first_reason_stands_for_an_allele_without_score() {
        let alleles =
            || vec![vec![at(0, 1, Skipped(SkipReason::TooManyN)), at(1, 1, Skipped(SkipReason::PluginError))]];
        assert_eq!(lines(MultiRegion::Nearest, alleles(), &[]), [shown(&["too_many_n"], 2)]);
    }
}
