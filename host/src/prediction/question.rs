//! What is asked of a model for every block of samples.

use super::{PredictionError, ReadyModel};
use crate::pipeline::Event;
use crate::predict::BlockRunner;
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
}
