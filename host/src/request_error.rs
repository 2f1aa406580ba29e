//! Who can mend an error of a request.

use std::error::Error;

/// What has to change for a request to succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// The request: it contradicts itself, names a format, score, task, layer or device that does not exist, or needs
    /// a feature that this build lacks.
    Usage,
    /// The contents of a file that the request names: variants, genome, intervals, samples.
    Input,
    /// The model: its description, its files, or how they fit together.
    Model,
    /// A plugin: it is missing, cannot be loaded, or broke its contract.
    Plugin,
    /// The engine.
    Engine,
    /// The machine: a file cannot be opened, read or written.
    Io,
    /// Nothing: the reader of the output left, or a signal came.
    Interrupted,
    /// kipos: what happened cannot happen.
    Internal,
}

impl ErrorClass {
    /// The class where nothing was asked for but what a model's description says: the description has to change then.
    pub(crate) fn of_description(self) -> Self {
        if self == Self::Usage { Self::Model } else { self }
    }

    /// Its name, as messages and summaries for programs spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Input => "input",
            Self::Model => "model",
            Self::Plugin => "plugin",
            Self::Engine => "engine",
            Self::Io => "io",
            Self::Interrupted => "interrupted",
            Self::Internal => "internal",
        }
    }
}

/// An error of a request.
pub trait RequestError: Error {
    /// What has to change for the request to succeed.
    fn class(&self) -> ErrorClass;
}
