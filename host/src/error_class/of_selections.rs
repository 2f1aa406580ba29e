//! The classes of what can be wrong with names in a request: outputs, tasks, scores, layers, inputs.

use super::of_loaded_model;
use crate::output_selection::{OutputError, OutputSelectionError};
use crate::prediction::{GradientError, LayerError};
use crate::request_error::{ErrorClass, RequestError};
use crate::score::LabelError;

impl RequestError for OutputError {
    fn class(&self) -> ErrorClass {
        ErrorClass::Model
    }
}

impl RequestError for OutputSelectionError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::SwappedTask { .. } | Self::BackgroundTask { .. } | Self::Positions(_) | Self::Described { .. } => {
                ErrorClass::Model
            }
            Self::UnknownOutput { .. }
            | Self::WhichOutput { .. }
            | Self::Twice { .. }
            | Self::NoPositions { .. }
            | Self::WhichAxis { .. }
            | Self::NoSuchAxis { .. }
            | Self::TooManyPositions { .. }
            | Self::CentreOutside { .. }
            | Self::OtherBases { .. }
            | Self::UnknownTask { .. }
            | Self::TaskPattern { .. }
            | Self::TaskIndex { .. }
            | Self::BothStrands { .. }
            | Self::OffCentre { .. } => ErrorClass::Usage,
        }
    }
}

impl RequestError for LabelError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Duplicate { .. } | Self::Custom { .. } => ErrorClass::Model,
            Self::Unknown { .. }
            | Self::UnusedKwargs { .. }
            | Self::KwargsNotAMap { .. }
            | Self::MissingKwargs { .. } => ErrorClass::Usage,
        }
    }
}

impl RequestError for LayerError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NoLayers { .. } | Self::FixedLength { .. } | Self::NoIndex { .. } | Self::NoRows { .. } => {
                ErrorClass::Usage
            }
            Self::Changed { .. } => ErrorClass::Model,
            Self::Plugin(error) => of_loaded_model(error),
        }
    }
}

impl RequestError for GradientError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NoFloats { .. } => ErrorClass::Model,
            Self::Tasks(error) => error.class(),
            Self::NoGradients { .. }
            | Self::NoTasks { .. }
            | Self::UnevenTasks { .. }
            | Self::TasksAndFilter
            | Self::TasksOfLayer { .. }
            | Self::UnknownInput { .. }
            | Self::NotFloat { .. }
            | Self::WhichOutput { .. }
            | Self::UnknownOutput { .. } => ErrorClass::Usage,
        }
    }
}
