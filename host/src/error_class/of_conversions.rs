//! The classes of what can be wrong with a model that comes from elsewhere.

use crate::conversion::{ConversionError, OriginalFile};
use crate::request_error::{ErrorClass, RequestError};

impl RequestError for OriginalFile {
    fn class(&self) -> ErrorClass {
        ErrorClass::Input
    }
}

impl RequestError for ConversionError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Exists(_)
            | Self::WouldReplace(_)
            | Self::NoShape { .. }
            | Self::ShapeCount { .. }
            | Self::WrongShape { .. }
            | Self::Member { .. }
            | Self::NoTrial { .. } => ErrorClass::Usage,
            Self::File { .. } => ErrorClass::Io,
            Self::Original(error) => error.class(),
            Self::Arrays { .. } | Self::Differs { .. } => ErrorClass::Model,
            Self::Spec(error) => error.class(),
            Self::Model(error) => error.class(),
            Self::Plugin(error) => error.class(),
            Self::Tensor(error) => error.class(),
            Self::Output(error) => error.class(),
            Self::Stopped(error) => error.class(),
            Self::Internal(error) => error.class(),
        }
    }
}
