//! Why Python does not convert a model.

use std::io;
use std::path::PathBuf;

use kipos::{ErrorClass, RequestError};
use thiserror::Error;

/// Why Python does not convert a model.
#[derive(Debug, Error)]
pub enum PythonError {
    /// It cannot be run.
    #[error(
        "cannot run {}: {source}; name a Python that has the model's framework with --python, or make one with --python \
         auto", python.display()
    )]
    Absent {
        /// Its path or name.
        python: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It lacks packages.
    #[error(
        "Python packages are missing: {}; install versions that work together, best in an environment of their own: {pip}; or \
         make such an environment with --python auto", packages.join(", ")
    )]
    Missing {
        /// Their names.
        packages: Vec<String>,
        /// The command that installs all.
        pip: String,
    },
    /// It says why the model is not converted.
    #[error("{}", sentence(what, place, advice))]
    Refused {
        /// What is wrong.
        what: String,
        /// Where, or nothing.
        place: String,
        /// What to do, or nothing.
        advice: String,
        /// Whether the arguments can mend it.
        is_mendable: bool,
    },
    /// It ended before it was done.
    #[error("the Python program ended before it was done ({how}){}", printed(last))]
    Died {
        /// How.
        how: String,
        /// The last that it printed.
        last: String,
    },
    /// It answered otherwise than it should.
    #[error("the Python program gave an answer that kipos does not understand: {line}{}", printed(last))]
    Answer {
        /// The answer, or what it lacks.
        line: String,
        /// The last that it printed.
        last: String,
    },
    /// Its environment could not be made.
    #[error("the environment {} could not be made ({how}){}", directory.display(), printed(last))]
    Environment {
        /// Its directory.
        directory: PathBuf,
        /// How the command ended.
        how: String,
        /// The last that it printed.
        last: String,
    },
}

impl RequestError for PythonError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Absent { .. } | Self::Missing { .. } | Self::Refused { is_mendable: true, .. } => ErrorClass::Usage,
            Self::Refused { is_mendable: false, .. } => ErrorClass::Model,
            Self::Died { .. } | Self::Answer { .. } | Self::Environment { .. } => ErrorClass::Engine,
        }
    }
}

fn sentence(what: &str, place: &str, advice: &str) -> String {
    let place = if place.is_empty() { String::new() } else { format!("{place}: ") };
    let advice = if advice.is_empty() { String::new() } else { format!("; {advice}") };
    format!("{place}{what}{advice}")
}

fn printed(last: &str) -> String {
    if last.is_empty() { String::new() } else { format!("; it printed: {last}") }
}
