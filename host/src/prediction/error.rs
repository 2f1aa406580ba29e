//! Why a prediction failed.

use thiserror::Error;

use super::{GradientError, LayerError};
use crate::dataloader::{BatchError, LoaderArgError};
use crate::description::SpecError;
use crate::model::ModelError;
use crate::predict::PredictError;
use crate::samples::SampleError;
use crate::sink::SinkError;

/// Why a run failed. Nothing new stands under the outputs' names then.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum PredictionError {
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Loader(#[from] LoaderArgError),
    #[error(transparent)]
    Batches(#[from] BatchError),
    #[error(transparent)]
    Sample(#[from] SampleError),
    #[error(transparent)]
    OutputIsInput(#[from] OutputIsInput),
    #[error(transparent)]
    Layer(#[from] LayerError),
    #[error(transparent)]
    Gradient(#[from] GradientError),
    #[error(transparent)]
    Predict(#[from] PredictError),
    #[error(transparent)]
    Sink(#[from] SinkError),
    #[error(transparent)]
    Thread(#[from] ThreadPanicked),
}
