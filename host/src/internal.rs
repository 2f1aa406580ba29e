//! What cannot happen: an error of its own class, which unwinds to whoever runs the request.
//!
//! Code that rests on an assumption says so with [`OrInternal::or_internal`]. If the assumption is broken, the run stops with
//! an error instead of going on with a value that stands for nothing. The error needs no place in the signatures between
//! there and [`caught`], which stands around every request.

use std::any::Any;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};

use thiserror::Error;

/// Something happened that cannot happen: a bug of kipos.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("internal error: {0}; please report this")]
pub struct InternalError(String);

impl InternalError {
    /// The error of a broken assumption, which `what` states in a few words.
    pub(crate) fn new(what: impl Display) -> Self {
        Self(what.to_string())
    }

    /// What a thread or a request that unwound with `payload` says: the error itself, or else what `other` makes of the
    /// message of a panic.
    pub(crate) fn of_payload(payload: Box<dyn Any + Send>, other: impl FnOnce(Option<&str>) -> String) -> Self {
        match payload.downcast::<Self>() {
            Ok(error) => *error,
            Err(payload) => {
                let text = payload.downcast_ref::<&str>().copied();
                Self(other(text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))))
            }
        }
    }

    /// Unwinds with this error, past the panic hook, which would print.
    pub(crate) fn unwind(self) -> ! {
        std::panic::resume_unwind(Box::new(self))
    }
}

/// Stops the request, as the assumption that `what` states is broken. Tests panic with the message.
#[cold]
#[inline(never)]
pub(crate) fn impossible(what: impl Display) -> ! {
    let error = InternalError::new(what);
    if cfg!(test) {
        panic!("{error}");
    }
    error.unwind()
}

/// Values that cannot be absent.
pub(crate) trait OrInternal<T> {
    /// The value. `what` says in a few words why there is one.
    fn or_internal(self, what: &str) -> T;
}

impl<T> OrInternal<T> for Option<T> {
    #[inline]
    fn or_internal(self, what: &str) -> T {
        match self {
            Some(value) => value,
            None => impossible(what),
        }
    }
}

impl<T, E: Display> OrInternal<T> for Result<T, E> {
    #[inline]
    fn or_internal(self, what: &str) -> T {
        match self {
            Ok(value) => value,
            Err(error) => impossible(format_args!("{what}: {error}")),
        }
    }
}

/// Runs a request, or a whole program. What cannot happen, and any panic, becomes an error.
///
/// # Errors
/// `run` unwound. Nothing that it changed is used after that: what it opened is gone, and its outputs are not committed.
pub fn caught<T>(run: impl FnOnce() -> T) -> Result<T, InternalError> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|payload| {
        InternalError::of_payload(payload, |message| match message {
            Some(message) => format!("a panic: {message}"),
            None => "a panic".to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ErrorClass, RequestError};

    fn message(run: impl FnOnce()) -> String {
        caught(run).unwrap_err().to_string()
    }

    #[test]
    fn the_error_states_the_broken_assumption() {
        let error = InternalError::new("the window holds its variant");
        assert_eq!(error.to_string(), "internal error: the window holds its variant; please report this");
        assert_eq!(error.class(), ErrorClass::Internal);
    }

    #[test]
    fn what_is_there_is_given() {
        assert_eq!(Some(3).or_internal("three"), 3);
        assert_eq!("3".parse::<u8>().or_internal("three"), 3);
    }

    #[test]
    #[should_panic(expected = "internal error: the window holds its variant; please report this")]
    fn absence_unwinds() {
        None::<u8>.or_internal("the window holds its variant");
    }

    #[test]
    #[should_panic(expected = "internal error: a small number: invalid digit found in string; please report this")]
    fn errors_unwind_with_their_message() {
        "x".parse::<u8>().or_internal("a small number");
    }

    #[test]
    fn every_payload_becomes_an_error() {
        let error = InternalError::new("no rows");
        assert_eq!(caught::<()>(|| error.clone().unwind()), Err(error));
        assert_eq!(message(|| panic!("no luck")), "internal error: a panic: no luck; please report this");
        assert_eq!(message(|| panic!("no {}", 1)), "internal error: a panic: no 1; please report this");
        assert_eq!(message(|| std::panic::panic_any(1)), "internal error: a panic; please report this");
        assert_eq!(caught(|| 1), Ok(1));
    }
}
