//! The stages of a run, and how long they took.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::{Consumer, Event, WorkSource};
use crate::sink::SinkError;

/// A stage of a run. They follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RunStage {
    /// Reading the descriptions and opening the files.
    Open,
    /// Loading the model, choosing scores, opening the outputs.
    Load,
    /// Reading, predicting, scoring and writing, at the same time.
    Run,
    /// Completing the outputs and putting them under their names.
    Commit,
}

impl fmt::Display for RunStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Load => "load",
            Self::Run => "run",
            Self::Commit => "commit",
        })
    }
}

/// How long each stage took, and how long each part of [`RunStage::Run`] was busy. Its parts overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StageTimes {
    /// [`RunStage::Open`].
    pub open: Duration,
    /// [`RunStage::Load`].
    pub load: Duration,
    /// [`RunStage::Run`].
    pub run: Duration,
    /// [`RunStage::Commit`].
    pub commit: Duration,
    /// Reading and encoding.
    pub read: Duration,
    /// Calls of the model.
    pub model: Duration,
    /// Calls of the scorers.
    pub score: Duration,
    /// Writing, without completing the files.
    pub write: Duration,
}

/// Times the stages of a run and tells when each begins.
pub(crate) struct StageClock {
    started: Instant,
    stage: RunStage,
    since: Instant,
    times: StageTimes,
}

impl StageClock {
    /// Begins with [`RunStage::Open`].
    pub(crate) fn start(observe: &mut dyn FnMut(Event)) -> Self {
        observe(Event::Stage(RunStage::Open));
        let now = Instant::now();
        Self { started: now, stage: RunStage::Open, since: now, times: StageTimes::default() }
    }

    /// The next stage begins.
    pub(crate) fn enter(&mut self, stage: RunStage, observe: &mut dyn FnMut(Event)) {
        self.leave();
        self.stage = stage;
        observe(Event::Stage(stage));
    }

    /// The run has ended: how long its stages took, with the parts that were `busy`, and how long all of it took.
    pub(crate) fn finish(mut self, busy: &BusyTimes) -> (StageTimes, Duration) {
        self.leave();
        let BusyTimes { read, model, score, write } = busy;
        let [read, model, score, write] = [read, model, score, write].map(BusyTime::total);
        (StageTimes { read, model, score, write, ..self.times }, self.started.elapsed())
    }

    fn leave(&mut self) {
        let now = Instant::now();
        let spent = now - self.since;
        *match self.stage {
            RunStage::Open => &mut self.times.open,
            RunStage::Load => &mut self.times.load,
            RunStage::Run => &mut self.times.run,
            RunStage::Commit => &mut self.times.commit,
        } += spent;
        self.since = now;
    }
}

/// How long the parts of a run are busy.
#[derive(Debug, Clone, Default)]
pub(crate) struct BusyTimes {
    pub(crate) read: BusyTime,
    pub(crate) model: BusyTime,
    pub(crate) score: BusyTime,
    pub(crate) write: BusyTime,
}

/// How long something is busy, whichever thread it runs on.
#[derive(Debug, Clone, Default)]
pub(crate) struct BusyTime(Arc<AtomicU64>);

impl BusyTime {
    /// Does something and adds the time that it took.
    pub(crate) fn spend<T>(&self, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let done = work();
        let spent = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.0.fetch_add(spent, Ordering::Relaxed);
        done
    }

    /// The time so far.
    fn total(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }
}

/// A source or an end of a run whose work is timed.
pub(crate) struct Timed<T> {
    inner: T,
    busy: BusyTime,
}

impl<T> Timed<T> {
    /// Adds the times of `inner` to `busy`.
    pub(crate) fn new(inner: T, busy: &BusyTime) -> Self {
        Self { inner, busy: busy.clone() }
    }

    /// What was timed.
    pub(crate) fn into_inner(self) -> T {
        self.inner
    }
}

impl<S: WorkSource> WorkSource for Timed<S> {
    type Work = S::Work;
    type Recycled = S::Recycled;
    type Error = S::Error;

    fn buffer(&self) -> S::Recycled {
        self.inner.buffer()
    }

    fn next(&mut self, buffer: S::Recycled) -> Result<Option<S::Work>, S::Error> {
        self.busy.spend(|| self.inner.next(buffer))
    }
}

impl<T: Consumer> Consumer for Timed<T> {
    type Item = T::Item;

    fn take(&mut self, item: T::Item) -> Result<(), SinkError> {
        self.busy.spend(|| self.inner.take(item))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_told_in_their_order_and_add_up() {
        let mut told = Vec::new();
        let mut observe = |event| told.push(event);
        let mut clock = StageClock::start(&mut observe);
        for stage in [RunStage::Load, RunStage::Run, RunStage::Commit] {
            clock.enter(stage, &mut observe);
        }
        let busy = BusyTimes::default();
        assert_eq!(busy.model.spend(|| 7), 7);
        let (times, elapsed) = clock.finish(&busy);
        assert_eq!(told, [RunStage::Open, RunStage::Load, RunStage::Run, RunStage::Commit].map(Event::Stage));
        assert!(times.open + times.load + times.run + times.commit <= elapsed, "{times:?} {elapsed:?}");
        assert_eq!(times.model, busy.model.total());
        assert_eq!(times.read, Duration::ZERO);
    }
}
