//! How long a run will take, as its first chunks show.

use std::time::Duration;

use crate::run::RunEstimate;

/// As long as that a run is watched, unless a chunk of full size is done before.
const LONG_ENOUGH: Duration = Duration::from_secs(1);

/// Learns from the chunks of a run how fast it is. The first chunk does not count: libraries do much in their first calls
/// that later ones need not do again.
#[derive(Debug)]
pub(super) struct Pace {
    /// All SNVs of the run.
    snvs: u64,
    /// SNVs of a chunk of full size.
    full: u64,
    /// SNVs that are done, scored or not.
    done: u64,
    /// When the first chunk was done, and the last.
    since: Option<(Duration, Duration)>,
    /// Whether the estimate was told.
    told: bool,
}

impl Pace {
    /// Of a run of so many SNVs, whose largest chunks have `full` of them.
    pub(super) fn new(snvs: u64, full: u64) -> Self {
        Self { snvs, full, done: 0, since: None, told: false }
    }

    /// A chunk is done at this time of the run: its SNVs, and those of them that the model has seen. Tells once how long
    /// the run will take.
    pub(super) fn note(&mut self, snvs: u64, seen: u64, now: Duration) -> Option<RunEstimate> {
        self.done += snvs;
        let Some((first, last)) = self.since else {
            // Bases that have no SNVs, as at the beginning of a chromosome, say nothing.
            self.since = (seen > 0).then_some((now, now));
            return None;
        };
        self.since = Some((first, now));
        let is_enough = seen >= self.full || now.saturating_sub(first) >= LONG_ENOUGH;
        if self.told || seen == 0 || !is_enough {
            return None;
        }
        self.told = true;
        let left = self.snvs.saturating_sub(self.done);
        let each = now.saturating_sub(last).as_secs_f64() / seen as f64;
        let rest = Duration::try_from_secs_f64(each * left as f64).unwrap_or(Duration::MAX);
        Some(RunEstimate { snvs: self.snvs, duration: now.saturating_add(rest) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn a_run_is_judged_by_its_last_chunk_once_that_is_long_enough() {
        let mut pace = Pace::new(1_000, 600);
        assert_eq!(pace.note(10, 10, seconds(2.0)), None, "the first chunk");
        assert_eq!(pace.note(20, 20, seconds(2.5)), None, "too short");
        // 40 SNVs in a second; 930 are left.
        let estimate = pace.note(40, 40, seconds(3.5)).unwrap();
        assert_eq!((estimate.snvs, estimate.duration), (1_000, seconds(3.5 + 930.0 / 40.0)));
        assert_eq!(pace.note(80, 80, seconds(9.0)), None, "told already");
    }

    #[test]
    fn a_chunk_of_full_size_is_enough() {
        let mut pace = Pace::new(1_000, 20);
        assert_eq!(pace.note(10, 10, seconds(0.25)), None);
        let estimate = pace.note(20, 20, seconds(0.5)).unwrap();
        assert_eq!(estimate.duration, seconds(0.5 + 970.0 * 0.25 / 20.0));
    }

    #[test]
    fn what_the_model_does_not_see_takes_no_time() {
        let mut pace = Pace::new(1_000, 20);
        assert_eq!(pace.note(0, 0, seconds(5.0)), None);
        assert_eq!(pace.note(300, 0, seconds(6.0)), None);
        assert_eq!(pace.note(20, 20, seconds(7.0)), None, "the first that counts");
        assert_eq!(pace.note(80, 0, seconds(7.5)), None);
        // Of 60 SNVs half are seen, in a second; 540 are left.
        let estimate = pace.note(60, 30, seconds(8.5)).unwrap();
        assert_eq!(estimate.duration, seconds(8.5 + 540.0 / 30.0));
    }
}
