//! Activations: the values of a layer instead of the model's outputs.

use std::path::PathBuf;

use kipos_plugin_api::{Calls, LayerRequest, Tensor, TensorView};

use super::analysis::{Analysis, AnalysisBlock, BlockAnalysis, ModelContext, PreparedAnalysis};
use super::layer::{LayerError, LayerKey, described, known_shape};
use super::{PredictionError, PredictionRun, PredictionSummary};
use crate::internal::caught;
use crate::plugin::PluginRegistry;
use crate::provenance::Provenance;
use crate::request::{ModelChoice, SampleChoice};
use crate::run::Event;
use crate::samples::EdgeRule;
use crate::sink::{LeafKind, OutputArray, PredictionOptions};
use crate::stop::Stop;

/// A request for the values of a layer. Files hold them as `preds` if the layer is called once, and as `preds/0`,
/// `preds/1` and so on if it is called several times.
///
/// Fill in what differs from the defaults of [`Activations::new`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Activations {
    /// The model and its engine.
    pub model: ModelChoice,
    /// The samples.
    pub samples: SampleChoice,
    /// The files to write; the name of each says its format.
    pub outputs: Vec<PathBuf>,
    /// What the files hold besides the values of the layer. Default: nothing.
    pub options: PredictionOptions,
    /// The layer.
    pub layer: LayerKey,
    /// The only call of the layer that is wanted, from 0. Default: all calls.
    pub call: Option<usize>,
    /// Take the input of the layer's nonlinearity instead of its output. Default: false.
    pub pre_nonlinearity: bool,
    /// What asks the run to stop. Default: nobody.
    pub stop: Stop,
}

impl Activations {
    /// A request for the output of all calls of a layer.
    pub fn new(model: impl Into<PathBuf>, outputs: Vec<PathBuf>, layer: LayerKey) -> Self {
        Self {
            model: ModelChoice::new(model),
            samples: SampleChoice::new(EdgeRule::Error),
            outputs,
            options: PredictionOptions::default(),
            layer,
            call: None,
            pre_nonlinearity: false,
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
        let Self { model, samples, outputs, options, stop, .. } = self;
        let run = PredictionRun { model, samples, outputs, options: *options, stop };
        Ok(caught(|| run.run(self, registry, false, observe))??.1)
    }
}

impl Analysis for Activations {
    /// Finds the layer, and learns from a call without samples what its values look like.
    fn prepare(
        &self,
        context: ModelContext<'_>,
        _: &mut dyn FnMut(Event),
    ) -> Result<PreparedAnalysis, PredictionError> {
        let model = context.model.plugin;
        model.check_layers().map_err(LayerError::from)?;
        if !model.capabilities().map_err(LayerError::from)?.layers {
            let (backend, plugin) = (context.model.directory.model().type_.clone(), model.plugin().to_owned());
            return Err(LayerError::NoLayers { backend, plugin }.into());
        }
        let layer = self.layer.to_string();
        let request = LayerRequest::new(self.layer.resolve(model, &context.layer_query()?)?)
            .with_pre_nonlinearity(self.pre_nonlinearity)
            .with_call(self.call);
        let prototype = &context.model.arrays.inputs.rows;
        let rows = context.runner.probe_rows();
        let calls =
            context.runner.probe(prototype, context.letters(), |model, inputs| model.activations(inputs, &request))?;
        let leaves = leaves(&layer, &calls, rows)?;
        Ok(PreparedAnalysis { leaves, analysis: Box::new(LayerValues { request, layer }) })
    }

    fn provenance(&self) -> Option<(&'static str, Provenance)> {
        let of = if self.pre_nonlinearity { "input of its nonlinearity" } else { "output" };
        Some(("layer", Provenance::new().with("name", &self.layer).with_known("call", self.call).with("of", of)))
    }
}

/// Computes the values of a layer.
struct LayerValues {
    request: LayerRequest,
    /// The layer as it was named.
    layer: String,
}

/// The arrays of these calls, which were made for so many samples.
fn leaves(layer: &str, calls: &Calls, rows: usize) -> Result<Vec<OutputArray>, LayerError> {
    let is_single = calls.0.len() == 1;
    let leaf = |(call, tensor): (usize, &Tensor)| match tensor.shape().split_first() {
        Some((&found, shape)) if found == rows => Ok(OutputArray {
            kind: LeafKind::Predictions,
            name: if is_single { String::new() } else { call.to_string() },
            dtype: tensor.view().dtype(),
            shape: shape.to_vec(),
            special_type: None,
            positions: None,
            tasks: None,
        }),
        _ => Err(LayerError::NoRows { layer: layer.to_owned(), shape: known_shape(tensor.shape()), rows }),
    };
    calls.0.iter().enumerate().map(leaf).collect()
}

impl BlockAnalysis for LayerValues {
    fn run(&mut self, block: &mut AnalysisBlock<'_>) -> Result<(), PredictionError> {
        let count = block.rows.len();
        let mut asked = count;
        let calls = block.runner.call(block.rows, |model, inputs| {
            asked = inputs.first().map_or(count, TensorView::rows);
            model.activations(inputs, &self.request)
        })?;
        let found = leaves(&self.layer, &calls, asked)?;
        if found != block.leaves {
            let words = |leaves: &[OutputArray]| {
                leaves.iter().map(|leaf| described(leaf.dtype, &leaf.shape)).collect::<Vec<_>>().join(", ")
            };
            let (expected, found) = (words(block.leaves), words(&found));
            return Err(LayerError::Changed { layer: self.layer.clone(), expected, found }.into());
        }
        Ok(block.push(&calls.0, count, &self.layer)?)
    }
}
