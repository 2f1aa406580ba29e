//! Gradients of a model's output, or of a layer, with respect to its inputs.

mod check;
mod differences;
mod error;
mod filter_text;
mod input_gradients;
mod nothing;

use kipos_plugin_api::{FilterItem, Reduce};

use super::layer::LayerKey;
use super::{Predict, PredictionError, PredictionSummary};
use crate::plugin::PluginRegistry;
use crate::run::Event;
use crate::sink::check_gradient_outputs;
pub use error::GradientError;
pub use filter_text::{FilterTextError, parse_filter};

/// A request for gradients. Files hold them as `grads`, beside the `inputs` that they mirror, with the loader's
/// `targets` and the samples' `metadata`.
///
/// For every sample, the chosen elements of the layer's value become one number, and the gradient of that number with
/// respect to an input has the shape of the input.
#[derive(Debug, Clone)]
pub struct Gradient {
    /// The model, the samples and the files. Inputs and metadata are written whatever it says.
    pub samples: Predict,
    /// What is differentiated.
    pub of: GradientOf,
    /// Take the input of the layer's nonlinearity instead of its output.
    pub pre_nonlinearity: bool,
    /// Which elements of the layer's value count, axis by axis after the batch axis; all if empty.
    pub filter: Vec<FilterItem>,
    /// How they become one number.
    pub reduce: Reduce,
    /// The inputs, by name, with respect to which gradients are taken; every one that takes floats if empty.
    pub wrt: Vec<String>,
    /// How many elements of the first block of samples are compared with finite differences, in the table of an
    /// [`Event::Report`]. An element that clearly differs is an [`Event::Warning`].
    pub check: usize,
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

impl Gradient {
    /// A request for the gradient of the sum of the model's only output, with respect to every input that takes floats.
    pub fn new(samples: Predict) -> Self {
        let of = GradientOf::Output(None);
        Self {
            samples,
            of,
            pre_nonlinearity: false,
            filter: Vec::new(),
            reduce: Reduce::Sum,
            wrt: Vec::new(),
            check: 0,
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
        check_gradient_outputs(&self.samples.outputs)?;
        let samples = Predict { keep_inputs: true, keep_metadata: true, ..self.samples.clone() };
        samples.ask(self, registry, observe)
    }
}
