//! What comes before the files of a run appear, and may be stopped.

use super::Event;
use crate::stop::{Stop, Stopped};

/// Runs everything that comes before files appear under their names. If it is asked to stop meanwhile, the outcome is
/// [`Stopped`], whatever else went wrong: what was opened is dropped, and nothing appears. `things` are what
/// [`Event::Progress`] counts; `streams` says whether results also go where they cannot be taken back.
pub(crate) fn stoppable<T, E: From<Stopped>>(
    stop: &Stop,
    (things, streams): (&'static str, bool),
    observe: &mut dyn FnMut(Event),
    run: impl FnOnce(&mut dyn FnMut(Event)) -> Result<T, E>,
) -> Result<T, E> {
    let mut done = 0;
    let outcome = run(&mut |event| {
        done = records(&event).unwrap_or(done);
        observe(event);
    });
    if stop.is_asked() { Err(Stopped::after(done, things, streams).into()) } else { outcome }
}

/// How many records are done by now, if the event says so.
fn records(event: &Event) -> Option<u64> {
    match event {
        Event::Progress(progress) => Some(progress.done),
        Event::Stage(_) | Event::Warning(_) | Event::Report(_) | Event::Note(_) | Event::Estimate(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Progress;

    #[derive(Debug, thiserror::Error)]
    enum Failure {
        #[error(transparent)]
        Stopped(#[from] Stopped),
        #[error("something else")]
        Other,
    }

    #[test]
    fn a_stop_outdoes_every_other_outcome() {
        let outcome = |asked: bool, outcome: Result<u8, Failure>| {
            let (stop, mut seen) = (Stop::new(), 0);
            let run = |observe: &mut dyn FnMut(Event)| {
                observe(Event::Progress(Progress { done: 3, ..Progress::default() }));
                observe(Event::Report("none of a number".into()));
                if asked {
                    stop.ask();
                }
                outcome
            };
            let outcome = stoppable(&stop, ("records", false), &mut |_| seen += 1, run);
            assert_eq!(seen, 2, "all events are handed on");
            outcome.map_err(|error| error.to_string())
        };
        let stopped = "stopped after 3 records; nothing was written";
        assert_eq!(outcome(false, Ok(1)), Ok(1));
        assert_eq!(outcome(false, Err(Failure::Other)), Err("something else".into()));
        assert_eq!(outcome(true, Ok(1)), Err(stopped.into()));
        assert_eq!(outcome(true, Err(Failure::Other)), Err(stopped.into()));
    }
}
