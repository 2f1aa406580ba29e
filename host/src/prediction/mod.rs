//! Predicting samples as their loader gives them, without variants; looking into layers, and at gradients.

mod activations;
mod analysis;
mod array_counts;
mod drive;
mod error;
mod gradient;
mod layer;
mod layers;
mod leaves;
mod outputs;
mod prediction_run;
mod summary;

use std::path::PathBuf;

use crate::internal::caught;
use crate::plugin::PluginRegistry;
use crate::request::{ModelChoice, SampleChoice};
use crate::run::Event;
use crate::samples::EdgeRule;
use crate::sink::{PredictionOptions, PredictionRows};
use crate::stop::Stop;
pub use activations::Activations;
pub use array_counts::ArrayCounts;
pub use error::PredictionError;
pub use gradient::{FilterTextError, Gradient, GradientError, GradientOf, GradientTarget, parse_filter};
pub use layer::{LayerError, LayerKey};
pub use layers::{LayerListing, list_layers};
use outputs::AllOutputs;
pub(crate) use prediction_run::{OpenedGenome, PredictionRun, ReadyModel};
pub use summary::PredictionSummary;

/// A request to predict the samples of a dataloader or a batch file. Fill in what differs from the defaults of
/// [`Predict::new`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Predict {
    /// The model and its engine.
    pub model: ModelChoice,
    /// The samples.
    pub samples: SampleChoice,
    /// The files to write; the name of each says its format. May be empty if only
    /// [`run_and_return`](Self::run_and_return) is called.
    pub outputs: Vec<PathBuf>,
    /// What the files hold besides the predictions. Default: nothing.
    pub options: PredictionOptions,
    /// What asks the run to stop. Default: nobody.
    pub stop: Stop,
}

impl Predict {
    /// A request with the defaults: an interval that leaves its contig is an error, and nothing but predictions is
    /// written.
    pub fn new(model: impl Into<PathBuf>, outputs: Vec<PathBuf>) -> Self {
        Self {
            model: ModelChoice::new(model),
            samples: SampleChoice::new(EdgeRule::Error),
            outputs,
            options: PredictionOptions::default(),
            stop: Stop::new(),
        }
    }

    /// Runs the request. `observe` is told what happens meanwhile.
    ///
    /// # Errors
    /// Anything that stops the run; the outputs' names then hold what they held before.
    pub fn run(
        &self,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<PredictionSummary, PredictionError> {
        Ok(caught(|| self.in_full().run(&AllOutputs, registry, false, observe))??.1)
    }

    /// Runs the request as [`run`](Self::run) does, and hands back all rows too, with everything that any of the outputs
    /// keeps. Memory grows with the number of samples; without outputs this is the only thing that comes of the run.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_and_return(
        &self,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<(PredictionRows, PredictionSummary), PredictionError> {
        caught(|| self.in_full().run(&AllOutputs, registry, true, observe))?
    }

    /// The run of this request.
    pub(crate) fn in_full(&self) -> PredictionRun<'_> {
        let Self { model, samples, outputs, options, stop } = self;
        PredictionRun { model, samples, outputs, options: *options, stop }
    }
}
