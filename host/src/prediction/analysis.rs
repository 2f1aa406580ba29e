//! What a run computes for every block of samples: outputs, the values of a layer, or gradients.

use kipos_plugin_api::{LayerQuery, Tensor, TensorView};

use super::layer::{LayerError, described};
use super::{PredictionError, ReadyModel};
use crate::description::ArraySpec;
use crate::internal::OrInternal;
use crate::plugin::PluginModel;
use crate::predict::{BlockRunner, views};
use crate::provenance::Provenance;
use crate::run::Event;
use crate::sequence::SampleRows;
use crate::sink::{ColumnValues, OutputArray};

/// What a request computes.
pub(super) trait Analysis {
    /// Gets ready for a model. What the model does not have is an error already here, before any file is written.
    ///
    /// # Errors
    /// A layer, input or output that the model does not have, or results that no file can hold.
    fn prepare(
        &self,
        model: ModelContext<'_>,
        observe: &mut dyn FnMut(Event),
    ) -> Result<PreparedAnalysis, PredictionError>;

    /// What of the request its results follow from: a group and its name. Default: nothing, they are the outputs.
    fn provenance(&self) -> Option<(&'static str, Provenance)> {
        None
    }

    /// How the members of a family become one in its results. Default: as their outputs do.
    fn about_members(&self, model: &PluginModel) -> Provenance {
        model.about_members()
    }
}

/// An analysis that is ready for its model.
pub(super) struct PreparedAnalysis {
    /// The arrays of its results.
    pub(super) leaves: Vec<OutputArray>,
    /// What computes them.
    pub(super) analysis: Box<dyn BlockAnalysis>,
}

/// Computes results block by block.
pub(super) trait BlockAnalysis {
    /// Computes the results of a block of at least one sample, and empties it.
    ///
    /// # Errors
    /// A failure of the backend, or results that do not fit the arrays.
    fn run(&mut self, block: &mut AnalysisBlock<'_>) -> Result<(), PredictionError>;

    /// Says what only all results together tell.
    fn finish(&self, _observe: &mut dyn FnMut(Event)) {}
}

/// A block of samples, and where its results go.
pub(super) struct AnalysisBlock<'a> {
    pub(super) runner: &'a BlockRunner<'a>,
    /// The model's inputs.
    pub(super) rows: &'a mut SampleRows,
    /// The arrays of the results.
    pub(super) leaves: &'a [OutputArray],
    /// Gets the results, in the order of the arrays.
    pub(super) values: &'a mut Vec<ColumnValues>,
    pub(super) observe: &'a mut dyn FnMut(Event),
}

impl AnalysisBlock<'_> {
    /// Adds the first `count` rows of a tensor for each array. `of` is what was computed, for messages.
    ///
    /// # Errors
    /// A tensor of another type or shape than its array.
    pub(super) fn push(&mut self, tensors: &[Tensor], count: usize, of: &str) -> Result<(), LayerError> {
        for (leaf, tensor) in self.leaves.iter().zip(tensors) {
            let (dtype, shape) =
                (tensor.view().dtype(), tensor.shape().get(1..).or_internal("tensors begin with the axis of the rows"));
            if dtype != leaf.dtype || shape != leaf.shape {
                let (expected, found) = (described(leaf.dtype, &leaf.shape), described(dtype, shape));
                return Err(LayerError::Changed { layer: of.to_owned(), expected, found });
            }
            self.values.push(ColumnValues::first_of(leaf, tensor, count));
        }
        Ok(())
    }
}

/// The model and batch runner that an analysis is prepared for.
#[derive(Clone, Copy)]
pub(super) struct ModelContext<'a> {
    pub(super) model: ReadyModel<'a>,
    pub(super) runner: &'a BlockRunner<'a>,
    /// The names of the model's inputs in the files.
    pub(super) input_names: &'a [String],
}

impl ModelContext<'_> {
    /// The length of strings that may have any, in bases.
    pub(super) fn letters(&self) -> usize {
        self.model.arrays.inputs.window_length.unwrap_or(1)
    }

    /// The lengths that the inputs have in this run, where the description leaves them open.
    ///
    /// # Errors
    /// Rows that do not make a tensor.
    pub(super) fn layer_query(&self) -> Result<LayerQuery, PredictionError> {
        let shaped = self.model.arrays.inputs.rows.shaped();
        let views = views(&shaped)?;
        let length = |(array, view): (&ArraySpec, &TensorView<'_>)| {
            let axes = array.shape.iter().copied().zip(view.shape().iter().skip(1));
            let mut open = axes.filter(|(length, _)| length.is_none()).map(|(_, &length)| length);
            let first = open.next()?;
            open.all(|length| length == first).then_some(first)
        };
        let lengths = self.model.directory.model().inputs.iter().zip(&views).map(length).collect();
        Ok(LayerQuery::new(lengths))
    }
}
