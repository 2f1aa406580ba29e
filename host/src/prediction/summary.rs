//! What a prediction did, in numbers.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::ArrayCounts;
use crate::genome::SkipReason;
use crate::provenance::Provenance;
use crate::run::StageTimes;

/// The outcomes of all samples of a run: each is either predicted or skipped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PredictionSummary {
    /// Samples predicted: rows written.
    pub predicted: u64,
    /// Samples skipped, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// The values of each array of results.
    pub arrays: Vec<ArrayCounts>,
    /// What the results follow from.
    pub provenance: Provenance,
    /// Wall time.
    pub elapsed: Duration,
    /// The parts of it.
    pub stages: StageTimes,
}

impl PredictionSummary {
    /// All samples: predicted and skipped.
    pub fn samples(&self) -> u64 {
        self.predicted + self.skipped.values().sum::<u64>()
    }

    /// A sentence if there were samples and none was predicted.
    pub(super) fn nothing_predicted(&self) -> Option<String> {
        let reasons: Vec<_> = self.skipped.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        let nothing = self.predicted == 0 && !reasons.is_empty();
        nothing.then(|| format!("none of {} samples was predicted: {}", self.samples(), reasons.join(", ")))
    }
}

impl fmt::Display for PredictionSummary {
    /// A few lines: predicted, speed, skipped by reason.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.elapsed.as_secs_f64();
        let rate = if seconds > 0.0 { self.predicted as f64 / seconds } else { 0.0 };
        let (predicted, samples) = (self.predicted, self.samples());
        write!(f, "predicted {predicted} of {samples} samples, {seconds:.1} s, {rate:.0} samples/s")?;
        self.skipped.iter().try_for_each(|(reason, count)| write!(f, "\n  skipped {count}: {reason}"))?;
        if let Some(members) = self.provenance.members_line() {
            write!(f, "\n  {members}")?;
        }
        ArrayCounts::describe(&self.arrays, f)
    }
}
