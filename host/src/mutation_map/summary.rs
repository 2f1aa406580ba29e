//! What a run did, in numbers.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::counted::Counted;
use crate::genome::SkipReason;
use crate::pipeline::{EVALUATED_EDITS, ScoreCounts};
use crate::provenance::Provenance;
use crate::run::StageTimes;

/// The outcomes of all windows of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MapSummary {
    /// Windows mapped.
    pub windows: u64,
    /// Windows that could not be shown and records without window, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// Alleles scored: three for each base, and where a score asks for it the sequence itself.
    pub alleles: u64,
    /// What became of each score, in the order of the request. Cells for which a scorer failed are NaN.
    pub scores: Vec<ScoreCounts>,
    /// Whether the backend computed what edits change instead of whole rows.
    pub evaluated_edits: bool,
    /// What the maps follow from.
    pub provenance: Provenance,
    /// Wall time.
    pub elapsed: Duration,
    /// The parts of it.
    pub stages: StageTimes,
}

impl fmt::Display for MapSummary {
    /// A few lines: mapped, skipped by reason, speed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.elapsed.as_secs_f64();
        let rate = if seconds > 0.0 { self.alleles as f64 / seconds } else { 0.0 };
        write!(f, "mapped {}, {seconds:.1} s, {rate:.0} alleles/s", Counted(self.windows, "window"))?;
        for (reason, count) in &self.skipped {
            write!(f, "\n  skipped {count}: {reason}")?;
        }
        if let Some(members) = self.provenance.members_line() {
            write!(f, "\n  {members}")?;
        }
        ScoreCounts::describe(&self.scores, f)?;
        if self.evaluated_edits { f.write_str(EVALUATED_EDITS) } else { Ok(()) }
    }
}
