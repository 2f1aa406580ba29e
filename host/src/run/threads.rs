//! Starting and ending the threads of a run.

use std::io;
use std::thread::{Builder, Scope, ScopedJoinHandle};

use thiserror::Error;

use crate::internal::InternalError;

/// A thread that cannot be started.
#[derive(Debug, Error)]
#[error("cannot start the {name} thread of the run; may this process have more threads, and more memory?")]
pub struct ThreadError {
    name: &'static str,
    source: io::Error,
}

/// Starts a thread of a run.
///
/// # Errors
/// The system has no thread, or no memory for its stack.
pub(super) fn start<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    name: &'static str,
    run: impl FnOnce() -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>, ThreadError> {
    start_with(Builder::new(), scope, name, run)
}

fn start_with<'scope, T: Send + 'scope>(
    builder: Builder,
    scope: &'scope Scope<'scope, '_>,
    name: &'static str,
    run: impl FnOnce() -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>, ThreadError> {
    builder.spawn_scoped(scope, run).map_err(|source| ThreadError { name, source })
}

/// Waits for a thread of a run: what it gives.
///
/// # Errors
/// A panic in it.
pub(super) fn join<T>(thread: ScopedJoinHandle<'_, T>, name: &str) -> Result<T, InternalError> {
    let panicked = |message: Option<&str>| match message {
        Some(message) => format!("the {name} thread panicked: {message}"),
        None => format!("the {name} thread panicked"),
    };
    thread.join().map_err(|payload| InternalError::of_payload(payload, panicked))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;
    use std::thread;

    #[test]
    fn a_thread_that_cannot_be_started_is_an_error() {
        // No machine has a stack of an exabyte.
        let endless = || Builder::new().stack_size(1 << 60);
        let error = thread::scope(|scope| start_with(endless(), scope, "reading", || 1).map(drop)).unwrap_err();
        let expected =
            "cannot start the reading thread of the run; may this process have more threads, and more memory?";
        assert_eq!(error.to_string(), expected);
        assert!(error.source().is_some());
        let answer =
            thread::scope(|scope| start(scope, "reading", || 1).map(|thread| join(thread, "reading").unwrap()));
        assert_eq!(answer.unwrap(), 1);
    }
}
