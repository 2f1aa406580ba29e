//! What is shown while a run lasts.

use std::time::{Duration, Instant};

use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressStyle};
use serde_json::{Value as Json, json};

use super::log::Log;
use super::reporter::Reporter;
use kipos::{Event, Extent, Progress, RunEstimate, printable};

/// How often a line is written where no line can change.
const LINE_EVERY: Duration = Duration::from_secs(60);

/// Follows a run: a changing line on a terminal, else a line now and then.
pub(super) struct Observer<'r> {
    reporter: &'r mut Reporter,
    /// What is counted, such as `records`.
    what: &'static str,
    bar: Option<ProgressBar>,
    started: Instant,
    /// When the last line was written, or the first might have been.
    last_line: Instant,
}

impl<'r> Observer<'r> {
    /// Follows a run from now on.
    pub(super) fn new(reporter: &'r mut Reporter, what: &'static str) -> Self {
        let bar = reporter.log().has_bar().then(bar);
        let now = Instant::now();
        Self { reporter, what, bar, started: now, last_line: now }
    }

    /// Shows what the run tells.
    pub(super) fn see(&mut self, event: Event) {
        match event {
            Event::Stage(stage) => {
                // What is done per second is asked of the run itself.
                self.started = Instant::now();
                self.aside(|reporter| reporter.stage(stage));
            }
            Event::Report(lines) => self.aside(|reporter| reporter.log().requested("report", &lines)),
            Event::Note(text) => self.aside(|reporter| reporter.log().note("note", &text)),
            Event::Warning(warning) => self.aside(|reporter| reporter.warn(warning)),
            Event::Progress(progress) => self.progress(&progress),
            Event::Estimate(estimate) => self.aside(|reporter| {
                reporter.log().estimate(&expected(&estimate), expected_fields(&estimate));
            }),
            _ => {}
        }
    }

    /// The run has ended.
    pub(super) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }

    fn progress(&mut self, progress: &Progress) {
        let now = Instant::now();
        let elapsed = now - self.started;
        if let Some(bar) = &self.bar {
            bar.set_message(printable(&described(progress, self.what, elapsed)).into_owned());
        } else if now - self.last_line >= LINE_EVERY {
            self.last_line = now;
            self.reporter.log().progress(&described(progress, self.what, elapsed), fields(progress, elapsed));
        }
    }

    /// Writes a message, which a changing line must not cross.
    fn aside(&mut self, message: impl FnOnce(&mut Reporter)) {
        match &self.bar {
            Some(bar) => bar.suspend(|| message(self.reporter)),
            None => message(self.reporter),
        }
    }
}

/// The stage of a command that cannot say how far it is: a changing line on a terminal, else a line for each.
pub(super) struct StageLine {
    log: Log,
    bar: Option<ProgressBar>,
}

impl StageLine {
    /// Shows nothing yet.
    pub(super) fn new(log: Log) -> Self {
        Self { log, bar: log.has_bar().then(bar) }
    }

    /// A stage begins.
    pub(super) fn begin(&mut self, name: &str) {
        match &self.bar {
            Some(bar) => bar.set_message(printable(name).into_owned()),
            None => self.log.progress(name, json!({ "stage": name })),
        }
    }

    /// Writes a message, which a changing line must not cross.
    pub(super) fn aside(&self, message: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(message),
            None => message(),
        }
    }
}

impl Drop for StageLine {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// The progress of a run in words.
fn described(progress: &Progress, what: &str, elapsed: Duration) -> String {
    let done = HumanCount(progress.done);
    let mut words = match progress.extent {
        Extent::Items(of) => format!("{done} of {} {what}", HumanCount(of)),
        Extent::Unknown | Extent::Bytes { .. } => format!("{done} {what}"),
    };
    if let Some(fraction) = progress.fraction() {
        words += &format!(" ({:.0} %)", fraction * 100.0);
    }
    if let Some(position) = &progress.position {
        words += &format!(", {position}");
    }
    if elapsed > Duration::ZERO {
        words += &format!(", {:.0}/s", progress.done as f64 / elapsed.as_secs_f64());
    }
    if let Some(left) = left(progress, elapsed) {
        words += &format!(", {} left", HumanDuration(left));
    }
    words
}

/// The same as fields of JSON.
fn fields(progress: &Progress, elapsed: Duration) -> Json {
    let of = match progress.extent {
        Extent::Items(of) => Some(of),
        Extent::Unknown | Extent::Bytes { .. } => None,
    };
    json!({
        "done": progress.done,
        "of": of,
        "fraction": progress.fraction(),
        "position": progress.position.as_ref().map(ToString::to_string),
        "seconds": elapsed.as_secs(),
        "seconds_left": left(progress, elapsed).map(|left| left.as_secs()),
    })
}

/// How long a run will take, in words.
fn expected(estimate: &RunEstimate) -> String {
    // A clock is read in whole seconds.
    let duration = estimate.duration.max(Duration::from_secs(1));
    format!("{} SNVs, about {}", HumanCount(estimate.snvs), HumanDuration(duration))
}

/// The same as fields of JSON.
fn expected_fields(estimate: &RunEstimate) -> Json {
    json!({ "snvs": estimate.snvs, "seconds_expected": estimate.duration.as_secs_f64().round() })
}

/// How long the rest takes if it is as fast as what is done.
fn left(progress: &Progress, elapsed: Duration) -> Option<Duration> {
    let fraction = progress.fraction().filter(|fraction| *fraction > 0.0)?;
    Duration::try_from_secs_f64(elapsed.as_secs_f64() * (1.0 - fraction) / fraction).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kipos::GenomePosition;

    fn progress(done: u64, extent: Extent) -> Progress {
        Progress { done, extent, position: Some(GenomePosition { contig: "chr2".into(), position: 1_234 }) }
    }

    #[test]
    fn a_known_end_gives_a_part_and_a_time() {
        let elapsed = Duration::from_secs(60);
        let said = |done, extent| described(&progress(done, extent), "records", elapsed);
        assert_eq!(
            said(12_000, Extent::Items(48_000)),
            "12,000 of 48,000 records (25 %), chr2:1234, 200/s, 3 minutes left"
        );
        let half = Extent::Bytes { read: 50, of: 100 };
        assert_eq!(said(600, half), "600 records (50 %), chr2:1234, 10/s, 60 seconds left");
        assert_eq!(said(600, Extent::Unknown), "600 records, chr2:1234, 10/s");
        assert_eq!(said(0, Extent::Items(7)), "0 of 7 records (0 %), chr2:1234, 0/s");
    }

    #[test]
    fn an_estimate_is_told_in_round_numbers() {
        let said = |snvs, seconds| expected(&RunEstimate { snvs, duration: Duration::from_secs_f64(seconds) });
        assert_eq!(said(3_000_000, 733.0), "3,000,000 SNVs, about 12 minutes");
        assert_eq!(said(600, 0.02), "600 SNVs, about 1 second");
        let fields = expected_fields(&RunEstimate { snvs: 600, duration: Duration::from_millis(1_700) });
        assert_eq!(fields, json!({ "snvs": 600, "seconds_expected": 2.0 }));
    }

    #[test]
    fn programs_get_numbers() {
        let found = fields(&progress(12, Extent::Items(48)), Duration::from_secs(60));
        let expected = json!({
            "done": 12, "of": 48, "fraction": 0.25, "position": "chr2:1234", "seconds": 60, "seconds_left": 180,
        });
        assert_eq!(found, expected);
        assert_eq!(fields(&progress(12, Extent::Unknown), Duration::from_secs(60))["seconds_left"], Json::Null);
    }
}
