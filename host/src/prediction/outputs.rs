//! The question for a model's outputs.

use super::PredictionError;
use super::leaves::prediction_leaves;
use super::question::{Ask, Listener, Question};
use crate::predict::BlockRunner;
use crate::readout::Readout;
use crate::run::Event;
use crate::sequence::SampleRows;
use crate::sink::{Leaf, Values};

/// The request for all outputs, as the model's description has them.
pub(super) struct AllOutputs;

impl Ask for AllOutputs {
    fn question(&self, listener: Listener<'_>, _: &mut dyn FnMut(Event)) -> Result<Box<dyn Question>, PredictionError> {
        let (spec, outputs) = (listener.model.directory.model(), &listener.model.arrays.outputs);
        let leaves = prediction_leaves(spec, outputs);
        Ok(Box::new(Outputs { readout: Readout::whole(outputs.clone()), leaves, flat: Vec::new() }))
    }
}

/// The question for all outputs.
struct Outputs {
    readout: Readout,
    leaves: Vec<Leaf>,
    /// The rows of one call; its memory is kept between calls.
    flat: Vec<f32>,
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
