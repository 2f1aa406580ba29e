//! The three threads of a run.

use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;

use super::threads::{ThreadError, join, start};
use crate::internal::InternalError;
use crate::sink::SinkError;
use crate::stop::{Stop, Stopped};

/// Pieces of work that may wait before and behind the model.
const AHEAD: usize = 1;
/// Buffers of a run: one being filled, those that wait, one at the model.
const BUFFERS: usize = AHEAD + 2;

/// What a run reads.
pub(crate) trait WorkSource: Send {
    /// A piece of work for the model.
    type Work: Send;
    /// The part of it whose memory is used again.
    type Recycled: Send;
    /// Why reading may fail.
    type Error: Send;

    /// An empty buffer for a first piece of work.
    fn buffer(&self) -> Self::Recycled;

    /// The next piece of work, in a buffer that is empty. `None` at the end, once what only the end tells is checked.
    ///
    /// # Errors
    /// Whatever stops the run.
    fn next(&mut self, buffer: Self::Recycled) -> Result<Option<Self::Work>, Self::Error>;
}

/// Where results go.
pub(crate) trait Consumer: Send {
    /// What comes of a piece of work.
    type Item: Send;

    /// Takes the next result, in the order of reading.
    ///
    /// # Errors
    /// A file that cannot be written.
    fn take(&mut self, item: Self::Item) -> Result<(), SinkError>;
}

/// What is done with a piece of work between reading and writing: its result, and the emptied buffer.
pub(crate) type Stage<'a, S, T, E> =
    dyn FnMut(<S as WorkSource>::Work) -> Result<(<T as Consumer>::Item, <S as WorkSource>::Recycled), E> + 'a;

/// Runs the three threads: reading ahead, `stage` on this one, writing behind. Work stays in order because each channel
/// has one end on either side. `stage` gives a result and the emptied buffer back. Returns the consumer, which has got
/// everything. Each thread asks `stop` before each piece.
///
/// # Errors
/// The first of what `stage`, writing and reading say, a thread that cannot be started, or [`Stopped`].
pub(crate) fn drive<S: WorkSource, T: Consumer, E>(
    stop: &Stop,
    source: S,
    stage: &mut Stage<'_, S, T, E>,
    end: T,
) -> Result<T, E>
where
    E: From<S::Error> + From<SinkError> + From<InternalError> + From<ThreadError> + From<Stopped>,
{
    thread::scope(|scope| {
        let (to_model, work) = sync_channel(AHEAD);
        let (to_end, results) = sync_channel(AHEAD);
        // Buffers go round: their rows are large, and memory that is freed and asked for anew all the time is never
        // all given back. Their number is fixed, so that a long run needs no more of them than a short one.
        let (give_back, used) = channel();
        (0..BUFFERS).map(|_| source.buffer()).for_each(|buffer| drop(give_back.send(buffer)));
        let reading = start(scope, "reading", move || read(stop, source, &to_model, &used))?;
        let writing = start(scope, "writing", move || write(stop, end, &results))?;
        let staging = (|| {
            for piece in &work {
                if stop.is_asked() {
                    break;
                }
                let (result, buffer) = stage(piece)?;
                // The reader may already have stopped.
                let _ = give_back.send(buffer);
                if to_end.send(result).is_err() {
                    // The consumer has failed; its thread knows why.
                    break;
                }
            }
            Ok::<(), E>(())
        })();
        // Both neighbours stop when their channel closes.
        drop((work, to_end, give_back));
        let read = join(reading, "reading");
        let written = join(writing, "writing");
        staging?;
        let end = written??;
        read??;
        // Whoever was asked to stop has left out the rest.
        stop.check()?;
        Ok(end)
    })
}

fn read<S: WorkSource>(
    stop: &Stop,
    mut source: S,
    to_model: &SyncSender<S::Work>,
    used: &Receiver<S::Recycled>,
) -> Result<(), S::Error> {
    // Without a buffer or a taker, the model's thread has failed and knows why.
    while !stop.is_asked()
        && let Ok(buffer) = used.recv()
    {
        let Some(work) = source.next(buffer)? else {
            return Ok(());
        };
        if to_model.send(work).is_err() {
            break;
        }
    }
    Ok(())
}

fn write<T: Consumer>(stop: &Stop, mut end: T, results: &Receiver<T::Item>) -> Result<T, SinkError> {
    for result in results {
        if stop.is_asked() {
            break;
        }
        end.take(result)?;
    }
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ErrorClass, RequestError};

    /// Gives 0, 1, 2 and so on, and breaks at `last`.
    struct Numbers<F> {
        next: u64,
        last: u64,
        broken: F,
    }

    impl<F: Fn() -> Result<Option<u64>, SinkError> + Send> WorkSource for Numbers<F> {
        type Work = u64;
        type Recycled = ();
        type Error = SinkError;

        fn buffer(&self) {}

        fn next(&mut self, (): ()) -> Result<Option<u64>, SinkError> {
            if self.next == self.last {
                return (self.broken)();
            }
            self.next += 1;
            Ok(Some(self.next - 1))
        }
    }

    /// Keeps all numbers but one, which cannot come.
    struct Kept {
        all: Vec<u64>,
        impossible: Option<u64>,
    }

    impl Consumer for Kept {
        type Item = u64;

        fn take(&mut self, item: u64) -> Result<(), SinkError> {
            if self.impossible == Some(item) {
                InternalError::new("this number never comes").unwind();
            }
            self.all.push(item);
            Ok(())
        }
    }

    #[derive(Debug, thiserror::Error)]
    enum Failure {
        #[error(transparent)]
        Sink(#[from] SinkError),
        #[error(transparent)]
        Internal(#[from] InternalError),
        #[error(transparent)]
        Thread(#[from] ThreadError),
        #[error(transparent)]
        Stopped(#[from] Stopped),
    }

    fn run(
        broken: impl Fn() -> Result<Option<u64>, SinkError> + Send,
        impossible: Option<u64>,
    ) -> Result<Vec<u64>, Failure> {
        let source = Numbers { next: 0, last: 9, broken };
        let end = Kept { all: Vec::new(), impossible };
        Ok(drive::<_, _, Failure>(&Stop::new(), source, &mut |number| Ok((number, ())), end)?.all)
    }

    #[test]
    fn no_thread_goes_on_once_it_is_asked_to_stop() {
        let (stop, mut staged) = (Stop::new(), 0);
        // A source without an end.
        let source = Numbers { next: 0, last: u64::MAX, broken: || Ok(None) };
        let mut stage = |number| {
            staged += 1;
            if number == 4 {
                stop.ask();
            }
            Ok((number, ()))
        };
        let end = Kept { all: Vec::new(), impossible: None };
        let stopped = drive::<_, _, Failure>(&stop, source, &mut stage, end).err().unwrap();
        assert!(matches!(stopped, Failure::Stopped(_)), "{stopped}");
        assert_eq!(staged, 5);
    }

    #[test]
    fn work_stays_in_order() {
        assert_eq!(run(|| Ok(None), None).unwrap(), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn a_thread_that_meets_the_impossible_gives_its_error() {
        let failed = run(|| InternalError::new("the ninth number is there").unwind(), None).unwrap_err();
        assert_eq!(failed.to_string(), "internal error: the ninth number is there; please report this");
        let Failure::Internal(error) = &failed else { panic!("{failed}") };
        assert_eq!(error.class(), ErrorClass::Internal);
        let failed = run(|| Ok(None), Some(4)).unwrap_err().to_string();
        assert_eq!(failed, "internal error: this number never comes; please report this");
    }

    #[test]
    fn a_thread_that_panics_is_named() {
        let failed = run(|| panic!("no luck"), None).unwrap_err().to_string();
        assert_eq!(failed, "internal error: the reading thread panicked: no luck; please report this");
    }
}
