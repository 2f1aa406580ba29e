//! The question for a model's outputs.

use kipos_plugin_api::OutputSpecs;

use super::PredictionError;
use super::leaves::prediction_leaves;
use super::question::Question;
use crate::pipeline::Event;
use crate::predict::BlockRunner;
use crate::readout::Readout;
use crate::sequence::SampleRows;
use crate::sink::{Leaf, Values};
use crate::spec::ModelSpec;

/// All outputs, as the model's description has them.
pub(super) struct Outputs {
    readout: Readout,
    leaves: Vec<Leaf>,
    /// The rows of one call; its memory is kept between calls.
    flat: Vec<f32>,
}

impl Outputs {
    /// The outputs of a model.
    pub(super) fn new(spec: &ModelSpec, outputs: &OutputSpecs) -> Self {
        let leaves = prediction_leaves(spec, outputs);
        Self { readout: Readout::whole(outputs.clone()), leaves, flat: Vec::new() }
    }
}

impl Question for Outputs {
    fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    fn ask(
        &mut self,
        runner: &BlockRunner<'_>,
        rows: &mut SampleRows,
        values: &mut Vec<Values>,
        _: &mut dyn FnMut(Event),
    ) -> Result<(), PredictionError> {
        let count = rows.len();
        self.flat.clear();
        runner.run(&self.readout, rows, &mut self.flat)?;
        let width = self.readout.width();
        for output in &self.readout.outputs().0 {
            let own = output.offset..output.offset + output.len();
            let rows = (0..count).flat_map(|row| &self.flat[row * width..][own.clone()]);
            values.push(Values::F32(rows.copied().collect()));
        }
        Ok(())
    }
}
