//! The errors of checking and testing a model.

use crate::lint::LintError;
use crate::model_test::{ModelTestError, OutputProblem};
use crate::request_error::{ErrorClass, RequestError};

impl RequestError for LintError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Spec(error) => error.class(),
            Self::Model(error) => error.class(),
            Self::Score(error) => error.class().of_description(),
            Self::Internal(error) => error.class(),
        }
    }
}

impl RequestError for ModelTestError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NoExample { .. } | Self::NoSamples => ErrorClass::Usage,
            Self::Lint(error) => error.class(),
            Self::Description(error) => error.class(),
            Self::Problems(_) | Self::RemoteExpectation(_) | Self::Unexpected { .. } | Self::BatchSize { .. } => {
                ErrorClass::Model
            }
            Self::Prediction(error) => error.class(),
            Self::Model(error) => error.class(),
            Self::Plugin(error) => error.class(),
            Self::Expectation(error) => error.class(),
            Self::Variants(error) => error.class().of_description(),
        }
    }
}

impl RequestError for OutputProblem {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Sink(error) => error.class(),
            Self::Format(error) => error.class(),
            Self::Internal(error) => error.class(),
            Self::Stopped(error) => error.class(),
            Self::Exists { .. } => ErrorClass::Usage,
        }
    }
}
