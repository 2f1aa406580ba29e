//! Why a prediction failed.

use thiserror::Error;

use super::{GradientError, LayerError};
use crate::internal::InternalError;
use crate::model::ModelError;
use crate::predict::PredictError;
use crate::run::ThreadError;
use crate::samples::SampleError;
use crate::setup::SetupError;
use crate::sink::SinkError;
use crate::stop::Stopped;

/// Why a run failed. Nothing new stands under the outputs' names then.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum PredictionError {
    #[error(transparent)]
    Setup(Box<SetupError>),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Sample(#[from] SampleError),
    #[error(transparent)]
    Layer(#[from] LayerError),
    #[error(transparent)]
    Gradient(#[from] GradientError),
    #[error(transparent)]
    Predict(#[from] PredictError),
    #[error(transparent)]
    Sink(#[from] SinkError),
    #[error(transparent)]
    Thread(#[from] ThreadError),
    #[error(transparent)]
    Internal(#[from] InternalError),
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl From<SetupError> for PredictionError {
    fn from(error: SetupError) -> Self {
        Self::Setup(Box::new(error))
    }
}
