//! Why a command fails.

use std::error::Error as StdError;
use std::process::ExitCode;

use kipos::{ErrorClass, RequestError, ValueArgError};
use thiserror::Error;

/// What a command may fail with; its chain of sources is printed.
pub(crate) type CliResult<T = ()> = Result<T, CommandError>;

/// An error of the library, or of the command line itself.
#[derive(Debug)]
pub(crate) struct CommandError(Box<dyn RequestError>);

impl CommandError {
    pub(crate) fn class(&self) -> ErrorClass {
        self.0.class()
    }

    /// 2 if the command line has to change, else 1.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self.class() {
            ErrorClass::Usage => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }

    /// The error, for its chain of sources.
    pub(crate) fn error(&self) -> &(dyn StdError + 'static) {
        &*self.0
    }
}

impl<E: RequestError + 'static> From<E> for CommandError {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

/// Arguments that contradict each other, though each of them is known.
#[derive(Debug, Error)]
#[error("{0}")]
pub(crate) struct UsageError(String);

impl RequestError for UsageError {
    fn class(&self) -> ErrorClass {
        ErrorClass::Usage
    }
}

impl From<String> for UsageError {
    fn from(message: String) -> Self {
        Self(message)
    }
}

impl From<&str> for UsageError {
    fn from(message: &str) -> Self {
        Self(message.to_owned())
    }
}

impl From<ValueArgError> for UsageError {
    fn from(error: ValueArgError) -> Self {
        Self(error.to_string())
    }
}

/// A model that was looked at, and in which something is wrong. What that is was printed before.
#[derive(Debug, Error)]
#[error("{message}")]
pub(crate) struct BadModel {
    pub(crate) message: String,
    /// The class of the first thing that is wrong.
    pub(crate) class: ErrorClass,
}

impl RequestError for BadModel {
    fn class(&self) -> ErrorClass {
        self.class
    }
}
