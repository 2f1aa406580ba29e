//! Calling the engine with blocks of rows.

use kipos_plugin_api::BatchAxis;

use super::{PredictError, views};
use crate::plugin::PluginModel;
use crate::readout::Readout;
use crate::sequence::SampleRows;

/// Runs a model on blocks of rows, of the size that it takes.
#[derive(Debug)]
pub struct BlockRunner<'a> {
    model: &'a PluginModel,
    readout: &'a Readout,
    rows: usize,
    /// Whether every call must have exactly that many rows.
    fixed: bool,
}

impl<'a> BlockRunner<'a> {
    /// Calls of `batch_size` rows (at least 1), or of as many as the model insists on. Of its outputs, `readout` is
    /// kept.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn new(model: &'a PluginModel, readout: &'a Readout, batch_size: usize) -> Result<Self, PredictError> {
        let (rows, fixed) = match model.signature()?.batch {
            BatchAxis::Dynamic => (batch_size.max(1), false),
            BatchAxis::Fixed(rows) => (rows.max(1), true),
        };
        Ok(Self { model, readout, rows, fixed })
    }

    /// The most rows of a block.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// One engine call with a block of at least one row and at most [`rows`](Self::rows); appends the read rows to
    /// `flat` and empties the block.
    ///
    /// # Errors
    /// A failure of the backend, or outputs that do not fit the model's description.
    pub fn run(&self, block: &mut SampleRows, flat: &mut Vec<f32>) -> Result<(), PredictError> {
        let rows = block.len();
        if self.fixed {
            (rows..self.rows).for_each(|_| block.repeat_last());
        }
        let shaped = block.shaped();
        let outputs = self.model.predict(&views(&shaped)?)?;
        self.readout.read(&outputs, rows, flat)?;
        block.clear();
        Ok(())
    }
}
