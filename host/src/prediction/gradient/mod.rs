//! Gradients of a model's output, or of a layer, with respect to its inputs.

mod check;
mod differences;
mod error;
mod filter_text;
mod input_gradients;
mod nothing;
mod provenance;
mod task_filter;

use std::path::PathBuf;

use kipos_plugin_api::{FilterItem, Reduce};

use super::layer::LayerKey;
use super::{PredictionError, PredictionRun, PredictionSummary};
use crate::internal::caught;
use crate::output_selection::TaskKey;
use crate::plugin::PluginRegistry;
use crate::request::{ModelChoice, SampleChoice};
use crate::run::Event;
use crate::samples::EdgeRule;
use crate::sink::{ColumnOrder, PredictionOptions, check_gradient_outputs};
use crate::stop::Stop;
pub use error::GradientError;
pub use filter_text::{FilterTextError, parse_filter};

/// A request for gradients (saliency). Files hold them as `grads`, beside the `inputs` that they mirror, with the
/// loader's `targets` and the samples' `metadata`. Fill in what differs from the defaults of [`Gradient::new`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Gradient {
    /// The model and its engine.
    pub model: ModelChoice,
    /// The samples.
    pub samples: SampleChoice,
    /// The files to write; the name of each says its format.
    pub outputs: Vec<PathBuf>,
    /// The order of the columns of tables. Default: [`ColumnOrder::Natural`].
    pub column_order: ColumnOrder,
    /// The number that is differentiated. Default: the sum of the model's only output.
    pub target: GradientTarget,
    /// The inputs, by name, with respect to which gradients are taken. Default: empty, every input of floats.
    pub wrt: Vec<String>,
    /// How many elements of the first block of samples are compared with finite differences, in the table of an
    /// [`Event::Report`]. An element that clearly differs is an [`Event::Warning`]. Default: 0.
    pub check: usize,
    /// What asks the run to stop. Default: nobody.
    pub stop: Stop,
}

/// The number that is differentiated, one per sample: some elements of an output or a layer's value, reduced. Its gradient
/// with respect to an input has the shape of the input.
#[derive(Debug, Clone)]
pub struct GradientTarget {
    /// The output or layer.
    pub of: GradientOf,
    /// Take the input of the layer's nonlinearity instead of its output.
    pub pre_nonlinearity: bool,
    /// The elements that count, axis by axis after the batch axis; empty for all.
    pub filter: Vec<FilterItem>,
    /// Of an output, the tasks that count, instead of a filter; empty for all.
    pub tasks: Vec<TaskKey>,
    /// How they become one number.
    pub reduce: Reduce,
}

/// What a gradient is taken of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GradientOf {
    /// An output of the model, by the name of the target; `None` if it has a single one.
    Output(Option<String>),
    /// A layer.
    Layer {
        /// Which.
        layer: LayerKey,
        /// Which of its calls, from 0. Without one, all of them count: each flattened, one after the other.
        call: Option<usize>,
    },
}

impl Default for GradientTarget {
    fn default() -> Self {
        Self {
            of: GradientOf::Output(None),
            pre_nonlinearity: false,
            filter: Vec::new(),
            tasks: Vec::new(),
            reduce: Reduce::Sum,
        }
    }
}

impl Gradient {
    /// A request with the defaults: the gradient of the sum of the model's only output, with respect to every input of
    /// floats.
    pub fn new(model: impl Into<PathBuf>, outputs: Vec<PathBuf>) -> Self {
        Self {
            model: ModelChoice::new(model),
            samples: SampleChoice::new(EdgeRule::Error),
            outputs,
            column_order: ColumnOrder::Natural,
            target: GradientTarget::default(),
            wrt: Vec::new(),
            check: 0,
            stop: Stop::new(),
        }
    }

    /// Runs the request. `observe` is told what happens meanwhile, once for all inputs that what is differentiated does
    /// not depend on.
    ///
    /// # Errors
    /// Anything that stops the run; the outputs' names then hold what they held before.
    pub fn run(
        &self,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<PredictionSummary, PredictionError> {
        check_gradient_outputs(&self.outputs)?;
        let options = PredictionOptions { keep_inputs: true, keep_metadata: true, column_order: self.column_order };
        let Self { model, samples, outputs, stop, .. } = self;
        let run = PredictionRun { model, samples, outputs, options, stop };
        Ok(caught(|| run.run(self, registry, false, observe))??.1)
    }
}
