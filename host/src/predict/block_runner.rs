//! Calling the engine with blocks of rows.

use kipos_plugin_api::{BatchAxis, TensorView};

use super::{PredictError, views};
use crate::output_selection::OutputSelection;
use crate::plugin::{PluginCallError, PluginModel};
use crate::sequence::SampleRows;
use crate::stop::Stop;

/// The most rows of an engine call. Engines gain nothing from more.
pub const MOST_ROWS: usize = 1 << 16;

/// The most bytes of the rows of an engine call.
pub(super) const MOST_BYTES: usize = 32 << 30;

/// Runs a model on blocks of rows, of the size that it takes.
#[derive(Debug)]
pub struct BlockRunner<'a> {
    model: &'a PluginModel,
    rows: usize,
    /// Whether every call must have exactly that many rows.
    fixed: bool,
    stop: Stop,
}

impl<'a> BlockRunner<'a> {
    /// Calls of `batch_size` rows like those of `prototype` (at least 1), or of as many as the model insists on.
    ///
    /// # Errors
    /// A panic of the plugin, or calls of more rows or bytes than there can be.
    pub fn new(model: &'a PluginModel, prototype: &SampleRows, batch_size: usize) -> Result<Self, PredictError> {
        let (rows, fixed) = match model.signature().batch {
            BatchAxis::Dynamic => (batch_size.max(1), false),
            BatchAxis::Fixed(rows) => (rows.max(1), true),
        };
        let row_bytes = prototype.row_bytes();
        if fixed && rows > MOST_ROWS {
            return Err(PredictError::FixedBatch { rows });
        }
        if rows.checked_mul(row_bytes).is_none_or(|bytes| bytes > MOST_BYTES) {
            return Err(PredictError::LargeCall { rows, row_bytes });
        }
        Ok(Self { model, rows, fixed, stop: Stop::new() })
    }

    /// Makes no call any more once `stop` is asked.
    #[must_use]
    pub fn stopped_by(mut self, stop: &Stop) -> Self {
        self.stop = stop.clone();
        self
    }

    /// The model.
    pub fn model(&self) -> &PluginModel {
        self.model
    }

    /// The most rows of a block.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// One engine call with a block of at least one row and at most [`rows`](Self::rows), which is then emptied. The
    /// answer has a row for each of the block, and more if the model insists on more.
    ///
    /// # Errors
    /// Those of `run`, or [`PredictError::Stopped`].
    pub fn call<T>(
        &self,
        block: &mut SampleRows,
        run: impl FnOnce(&PluginModel, &[TensorView<'_>]) -> Result<T, PluginCallError>,
    ) -> Result<T, PredictError> {
        self.stop.check()?;
        if self.fixed {
            (block.len()..self.rows).for_each(|_| block.repeat_last());
        }
        let shaped = block.shaped();
        let answer = run(self.model, &views(&shaped)?)?;
        block.clear();
        Ok(answer)
    }

    /// One engine call with rows that hold nothing, to learn what answers look like. They are two where the model takes
    /// any number, so that an answer with a row per sample differs from one without. `letters` is the length of strings
    /// of any length.
    ///
    /// # Errors
    /// Those of `run`.
    pub fn probe<T>(
        &self,
        prototype: &SampleRows,
        letters: usize,
        run: impl FnOnce(&PluginModel, &[TensorView<'_>]) -> Result<T, PluginCallError>,
    ) -> Result<T, PredictError> {
        let mut block = prototype.empty_like();
        (0..self.probe_rows()).for_each(|_| block.push_blank(letters));
        self.call(&mut block, run)
    }

    /// Rows of a [`probe`](Self::probe).
    pub fn probe_rows(&self) -> usize {
        if self.fixed { self.rows } else { 2 }
    }

    /// Predicts a block as [`call`](Self::call) does, and appends what `output_selection` keeps to `flat`.
    ///
    /// # Errors
    /// A failure of the backend, or outputs that do not fit the model's description.
    pub fn run(
        &self,
        output_selection: &OutputSelection,
        block: &mut SampleRows,
        flat: &mut Vec<f32>,
    ) -> Result<(), PredictError> {
        let rows = block.len();
        let outputs = self.call(block, |model, inputs| model.predict(inputs))?;
        Ok(output_selection.read(&outputs, 0..rows, flat)?)
    }
}
