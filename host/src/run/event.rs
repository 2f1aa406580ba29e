//! What a run tells while it runs.

use std::time::Duration;

use crate::extent::Extent;
use crate::genome::GenomePosition;
use crate::warning::{Warning, WarningCode};

use super::RunStage;

/// News of a run, told as soon as it is known: before a run that fails later, too.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A stage of the run begins.
    Stage(RunStage),
    /// Something that the user should know.
    Warning(Warning),
    /// Something that the user asked to see: lines of text, ready to be shown.
    Report(String),
    /// What the run does that may take a while; nothing has to be done about it.
    Note(String),
    /// How far the run is.
    Progress(Progress),
    /// How long the run will take, told once, soon after its beginning.
    Estimate(RunEstimate),
}

/// How long a run will take, as its beginning shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunEstimate {
    /// All SNVs that it scores.
    pub snvs: u64,
    /// How long scoring them takes, from the first to the last.
    pub duration: Duration,
}

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// Records, samples or windows done so far, those that were skipped included.
    pub done: u64,
    /// How much there is to do.
    pub extent: Extent,
    /// Where the last of them lies.
    pub position: Option<GenomePosition>,
}

impl Progress {
    /// The part that is done, from 0 to 1, where that can be told.
    pub fn fraction(&self) -> Option<f64> {
        let (done, of) = match self.extent {
            Extent::Unknown => return None,
            Extent::Items(of) => (self.done, of),
            Extent::Bytes { read, of } => (read, of),
        };
        (of > 0).then(|| (done as f64 / of as f64).min(1.0))
    }
}

/// Tells warnings of one kind, in their order.
pub(crate) fn warn<W: ToString>(observe: &mut dyn FnMut(Event), code: WarningCode, warnings: &[W]) {
    warnings.iter().for_each(|text| observe(Event::Warning(Warning::new(code, text.to_string()))));
}

/// Tells warnings, in their order.
pub(crate) fn warn_all(observe: &mut dyn FnMut(Event), warnings: &[Warning]) {
    warnings.iter().for_each(|warning| observe(Event::Warning(warning.clone())));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_is_told_where_the_end_is_known() {
        let fraction = |done, extent| Progress { done, extent, position: None }.fraction();
        assert_eq!(fraction(3, Extent::Unknown), None);
        assert_eq!(fraction(3, Extent::Items(12)), Some(0.25));
        assert_eq!(fraction(3, Extent::Bytes { read: 50, of: 100 }), Some(0.5));
        // An index may be older than its file.
        assert_eq!(fraction(13, Extent::Items(12)), Some(1.0));
        assert_eq!(fraction(0, Extent::Items(0)), None);
    }
}
