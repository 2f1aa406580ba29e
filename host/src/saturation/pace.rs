//! How long a run will take, as its first chunks show.

use std::time::Duration;

use crate::run::RunEstimate;

/// As long as that a run is watched, unless a chunk of full size is done before. Shorter, and whatever else the machine
/// does meanwhile would weigh too much.
const LONG_ENOUGH: Duration = Duration::from_secs(5);

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
    /// When the first chunk was done, and the SNVs that the model has seen since.
    since_first: Option<(Duration, u64)>,
    /// Whether the estimate was told.
    told: bool,
}

impl Pace {
    /// Of a run of so many SNVs, whose largest chunks have `full` of them.
    pub(super) fn new(snvs: u64, full: u64) -> Self {
        Self { snvs, full, done: 0, since_first: None, told: false }
    }

    /// A chunk is done at this time of the run: its SNVs, and those of them that the model has seen. Tells once how long
    /// the run will take.
    pub(super) fn note(&mut self, snvs: u64, seen: u64, now: Duration) -> Option<RunEstimate> {
        self.done += snvs;
        let Some((first, measured)) = &mut self.since_first else {
            // Bases that have no SNVs, as at the beginning of a chromosome, say nothing.
            self.since_first = (seen > 0).then_some((now, 0));
            return None;
        };
        *measured += seen;
        let spent = now.saturating_sub(*first);
        let is_enough = seen >= self.full || spent >= LONG_ENOUGH;
        if self.told || *measured == 0 || !is_enough {
            return None;
        }
        self.told = true;
        let left = self.snvs.saturating_sub(self.done);
        let rest = spent.as_secs_f64() * left as f64 / *measured as f64;
        let rest = Duration::try_from_secs_f64(rest).unwrap_or(Duration::MAX);
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
    fn a_run_is_judged_once_it_was_watched_for_long_enough() {
        let mut pace = Pace::new(1_000, 600);
        assert_eq!(pace.note(10, 10, seconds(2.0)), None, "the first chunk");
        assert_eq!(pace.note(20, 20, seconds(3.0)), None, "too short");
        // 60 SNVs in six seconds; 930 are left.
        let estimate = pace.note(40, 40, seconds(8.0)).unwrap();
        assert_eq!((estimate.snvs, estimate.duration), (1_000, seconds(8.0 + 93.0)));
        assert_eq!(pace.note(80, 80, seconds(90.0)), None, "told already");
    }

    #[test]
    fn a_chunk_of_full_size_is_enough() {
        let mut pace = Pace::new(1_000, 20);
        assert_eq!(pace.note(10, 10, seconds(0.25)), None);
        let estimate = pace.note(20, 20, seconds(0.5)).unwrap();
        assert_eq!(estimate.duration, seconds(0.5 + 970.0 * 0.25 / 20.0));
    }

    #[test]
    fn what_the_model_does_not_see_is_no_measure() {
        let mut pace = Pace::new(1_000, 20);
        assert_eq!(pace.note(0, 0, seconds(5.0)), None);
        assert_eq!(pace.note(300, 0, seconds(6.0)), None);
        assert_eq!(pace.note(20, 20, seconds(7.0)), None, "the first that counts");
        assert_eq!(pace.note(80, 0, seconds(19.0)), None);
        // Of 60 SNVs half are seen; 540 are left.
        let estimate = pace.note(60, 30, seconds(22.0)).unwrap();
        assert_eq!(estimate.duration, seconds(22.0 + 540.0 * 15.0 / 30.0));
    }
}
