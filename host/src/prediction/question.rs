//! What is asked of a model for every block of samples.

use kipos_plugin_api::{LayerQuery, TensorView};

use super::{PredictionError, ReadyModel};
use crate::description::ArraySpec;
use crate::predict::{BlockRunner, views};
use crate::run::Event;
use crate::sequence::SampleRows;
use crate::sink::{Leaf, Values};

/// A question to a model, asked once per block.
pub(super) trait Question {
    /// The arrays of the answers.
    fn leaves(&self) -> &[Leaf];

    /// Asks about a block of at least one sample and empties it. Appends to `values` the answers, in the order of
    /// [`leaves`](Self::leaves), for these samples.
    ///
    /// # Errors
    /// A failure of the backend, or an answer that does not fit the arrays.
    fn ask(
        &mut self,
        runner: &BlockRunner<'_>,
        rows: &mut SampleRows,
        values: &mut Vec<Values>,
        observe: &mut dyn FnMut(Event),
    ) -> Result<(), PredictionError>;

    /// Says what only all answers together tell.
    fn finish(&self, _observe: &mut dyn FnMut(Event)) {}
}

/// A request that is put to a model as a question.
pub(super) trait Ask {
    /// The question to this model. What it cannot answer is an error already here, before any file is written.
    ///
    /// # Errors
    /// A layer, input or output that the model does not have, or an answer that fits no file.
    fn question(
        &self,
        listener: Listener<'_>,
        observe: &mut dyn FnMut(Event),
    ) -> Result<Box<dyn Question>, PredictionError>;
}

/// Whom a question is put to.
#[derive(Clone, Copy)]
pub(super) struct Listener<'a> {
    pub(super) model: ReadyModel<'a>,
    pub(super) runner: &'a BlockRunner<'a>,
    /// The names of the model's inputs in the files.
    pub(super) input_names: &'a [String],
}

impl Listener<'_> {
    /// The length of texts that may have any, in bases.
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
        Ok(LayerQuery { lengths })
    }
}
