//! Asking a run to stop.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use thiserror::Error;

/// Asks runs to stop before their outputs appear. A run asks for it between engine calls and pieces of work, removes what
/// it has written so far, and fails with [`Stopped`]. Clones ask the same runs; once asked, it stays so.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// One that nobody has asked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks all runs that have a clone to stop.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the runs are asked to stop.
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Fails if the runs are asked to stop.
    ///
    /// # Errors
    /// [`Stopped`], which does not know how far the run came.
    pub(crate) fn check(&self) -> Result<(), Stopped> {
        if self.is_asked() { Err(Stopped::default()) } else { Ok(()) }
    }
}

impl From<Arc<AtomicBool>> for Stop {
    /// Asked by whoever sets the flag: a signal handler can.
    fn from(flag: Arc<AtomicBool>) -> Self {
        Self(flag)
    }
}

/// A run that was asked to stop, and did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Error)]
#[error("stopped{}; {}", After(self.done), if self.streamed { STREAMED } else { "nothing was written" })]
pub struct Stopped {
    done: Option<(u64, &'static str)>,
    streamed: bool,
}

const STREAMED: &str = "what standard output got is not complete, and no file was written";

impl Stopped {
    /// A run that had done so many `things`, and has sent part of them to a stream, or not.
    pub(crate) fn after(done: u64, things: &'static str, streamed: bool) -> Self {
        Self { done: Some((done, things)), streamed }
    }
}

/// How far a run came.
struct After(Option<(u64, &'static str)>);

impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((1, things)) => write!(f, " after 1 {}", things.trim_end_matches('s')),
            Some((done, things)) => write!(f, " after {done} {things}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_said() {
        insta::assert_snapshot!(Stopped::default(), @"stopped; nothing was written");
        insta::assert_snapshot!(Stopped::after(0, "records", false), @"stopped after 0 records; nothing was written");
        insta::assert_snapshot!(Stopped::after(1, "samples", false), @"stopped after 1 sample; nothing was written");
        insta::assert_snapshot!(Stopped::after(7, "records", true), @"stopped after 7 records; what standard output got is not complete, and no file was written");
    }

    #[test]
    fn clones_and_flags_ask_the_same_runs() {
        let flag = Arc::new(AtomicBool::new(false));
        let stop = Stop::from(Arc::clone(&flag));
        let clone = stop.clone();
        assert_eq!((stop.is_asked(), clone.check()), (false, Ok(())));
        flag.store(true, Ordering::Relaxed);
        assert_eq!((stop.is_asked(), clone.check()), (true, Err(Stopped::default())));
        let other = Stop::new();
        other.ask();
        assert!(other.is_asked());
    }
}
