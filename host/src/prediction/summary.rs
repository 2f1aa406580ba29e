//! What a prediction did, in numbers.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::genome::SkipReason;
use crate::provenance::Provenance;

/// The outcomes of all samples of a run: each is either predicted or skipped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PredictionSummary {
    /// Samples predicted: rows written.
    pub predicted: u64,
    /// Samples skipped, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// What the results follow from.
    pub provenance: Provenance,
    /// Wall time.
    pub elapsed: Duration,
}

impl PredictionSummary {
    /// All samples: predicted and skipped.
    pub fn samples(&self) -> u64 {
        self.predicted + self.skipped.values().sum::<u64>()
    }
}

impl fmt::Display for PredictionSummary {
    /// A few lines: predicted, speed, skipped by reason.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.elapsed.as_secs_f64();
        let rate = if seconds > 0.0 { self.predicted as f64 / seconds } else { 0.0 };
        let (predicted, samples) = (self.predicted, self.samples());
        write!(f, "predicted {predicted} of {samples} samples, {seconds:.1} s, {rate:.0} samples/s")?;
        self.skipped.iter().try_for_each(|(reason, count)| write!(f, "\n  skipped {count}: {reason}"))
    }
}
