//! What a run did, as its summary in JSON needs it.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use serde_json::{Map, Value as Json, json};

use kipos::{
    ArrayCounts, MapSummary, PredictionSummary, Provenance, RefDisagreement, ScoreCounts, ScoreSummary,
    SequencesWritten, SkipReason, SnvsScored, StageTimes, StepOutcome, TestReport, TrackSummary,
};

/// What a run did. What a command does not have is empty.
#[derive(Debug, Default)]
pub(super) struct RunResults {
    /// How many there were, by their names.
    pub(super) counts: Vec<(&'static str, u64)>,
    /// What was skipped, by reason.
    pub(super) skipped: BTreeMap<SkipReason, u64>,
    /// The values of each score or array.
    pub(super) values: Vec<ValueCounts>,
    pub(super) first_ref_mismatch: Option<RefDisagreement>,
    pub(super) stages: Option<StageTimes>,
    pub(super) provenance: Option<Provenance>,
}

/// The values of a score, or of an array of predictions.
#[derive(Debug)]
pub(super) struct ValueCounts {
    name: String,
    values: u64,
    /// Those of them that are NaN or infinite.
    pub(super) not_finite: u64,
    /// Alleles for which the scorer failed.
    failed: u64,
}

/// The result of a run, which is shown in words and written as JSON.
pub(super) trait RunOutcome: Display {
    /// What is written.
    fn results(&self) -> RunResults;
}

impl RunResults {
    /// The fields of a summary.
    pub(super) fn fields(&self) -> Map<String, Json> {
        let values = |value: &ValueCounts| {
            json!({
                "name": value.name,
                "values": value.values,
                "not_finite": value.not_finite,
                "failed": value.failed,
            })
        };
        let mismatch = self.first_ref_mismatch.as_ref().map(|first| {
            json!({
                "contig": first.contig,
                "position": first.position,
                "ref": first.reference,
                "genome": first.found,
            })
        });
        let counts: Map<String, Json> =
            self.counts.iter().map(|(name, count)| ((*name).to_owned(), json!(count))).collect();
        let skipped: Map<String, Json> =
            self.skipped.iter().map(|(reason, count)| (reason.to_string(), json!(count))).collect();
        Map::from_iter([
            ("counts".to_owned(), counts.into()),
            ("skipped".to_owned(), skipped.into()),
            ("values".to_owned(), self.values.iter().map(values).collect()),
            ("first_ref_mismatch".to_owned(), mismatch.unwrap_or_default()),
        ])
    }
}

fn of_scores(scores: &[ScoreCounts]) -> Vec<ValueCounts> {
    let counts = |score: &ScoreCounts| ValueCounts {
        name: score.label.clone(),
        values: score.values,
        not_finite: score.not_finite,
        failed: score.failures.values().sum::<u64>() + score.other_failures,
    };
    scores.iter().map(counts).collect()
}

impl RunOutcome for ScoreSummary {
    fn results(&self) -> RunResults {
        RunResults {
            counts: vec![
                ("records", self.records),
                ("alleles", self.alleles()),
                ("scored", self.scored),
                ("ref_overwritten", self.overwritten),
                ("ref_over_ambiguous", self.over_ambiguous),
                ("left_aligned", self.left_aligned.moved),
                ("shift_limited", self.left_aligned.limited),
                ("replaced", self.replaced),
            ],
            skipped: self.skipped.clone(),
            values: of_scores(&self.scores),
            first_ref_mismatch: self.first_ref_mismatch.clone(),
            stages: Some(self.stages),
            provenance: Some(self.provenance.clone()),
        }
    }
}

impl RunOutcome for SequencesWritten<'_> {
    fn results(&self) -> RunResults {
        self.0.results()
    }
}

impl RunOutcome for SnvsScored<'_> {
    fn results(&self) -> RunResults {
        let rows = vec![("rows", self.0.records), ("snvs", self.snvs()), ("scored", self.0.scored)];
        RunResults { counts: rows, ..self.0.results() }
    }
}

impl RunOutcome for MapSummary {
    fn results(&self) -> RunResults {
        RunResults {
            counts: vec![("windows", self.windows), ("alleles", self.alleles)],
            skipped: self.skipped.clone(),
            values: of_scores(&self.scores),
            stages: Some(self.stages),
            provenance: Some(self.provenance.clone()),
            ..RunResults::default()
        }
    }
}

impl RunOutcome for PredictionSummary {
    fn results(&self) -> RunResults {
        let counts = |array: &ArrayCounts| ValueCounts {
            name: array.name.clone(),
            values: array.values,
            not_finite: array.not_finite,
            failed: 0,
        };
        RunResults {
            counts: vec![("samples", self.samples()), ("predicted", self.predicted)],
            skipped: self.skipped.clone(),
            values: self.arrays.iter().map(counts).collect(),
            stages: Some(self.stages),
            provenance: Some(self.provenance.clone()),
            ..RunResults::default()
        }
    }
}

impl RunOutcome for TrackSummary {
    fn results(&self) -> RunResults {
        RunResults {
            counts: vec![
                ("stretches", self.stretches),
                ("lines", self.lines),
                ("bases_left_out", self.left_out),
                ("bases_beyond_contig", self.beyond),
                ("overlapping_lines", self.overlapping),
            ],
            ..RunResults::default()
        }
    }
}

/// Pictures, of which nothing is counted.
pub(super) struct Drawn;

impl Display for Drawn {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl RunOutcome for Drawn {
    fn results(&self) -> RunResults {
        RunResults::default()
    }
}

/// The tests of several models.
pub(super) fn of_tests(passed: usize, failed: usize) -> RunResults {
    let counts = [passed + failed, passed, failed].map(|count| count as u64);
    let counts = ["models", "passed", "failed"].into_iter().zip(counts).collect();
    RunResults { counts, ..RunResults::default() }
}

/// The steps of a test.
pub(super) fn of_test(report: &TestReport) -> RunResults {
    let count = |outcome| report.count(outcome) as u64;
    RunResults {
        counts: vec![
            ("steps", report.steps.len() as u64),
            ("passed", count(StepOutcome::Passed)),
            ("failed", count(StepOutcome::Failed)),
            ("skipped_steps", count(StepOutcome::Skipped)),
        ],
        ..RunResults::default()
    }
}
