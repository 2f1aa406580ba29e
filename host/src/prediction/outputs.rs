//! The outputs of a model.

use super::PredictionError;
use super::analysis::{Analysis, AnalysisBlock, BlockAnalysis, ModelContext, PreparedAnalysis};
use super::leaves::prediction_leaves;
use crate::output_selection::OutputSelection;
use crate::run::Event;
use crate::sink::ColumnValues;

/// The request for all outputs, as the model's description has them.
pub(super) struct AllOutputs;

impl Analysis for AllOutputs {
    fn prepare(
        &self,
        context: ModelContext<'_>,
        _: &mut dyn FnMut(Event),
    ) -> Result<PreparedAnalysis, PredictionError> {
        let (spec, outputs) = (context.model.directory.model(), &context.model.arrays.outputs);
        let analysis =
            Box::new(Outputs { output_selection: OutputSelection::whole(outputs.clone()), flat: Vec::new() });
        Ok(PreparedAnalysis { leaves: prediction_leaves(spec, outputs), analysis })
    }
}

/// Predicts all outputs.
struct Outputs {
    output_selection: OutputSelection,
    /// The rows of one call; its memory is kept between calls.
    flat: Vec<f32>,
}

impl BlockAnalysis for Outputs {
    fn run(&mut self, block: &mut AnalysisBlock<'_>) -> Result<(), PredictionError> {
        let count = block.rows.len();
        self.flat.clear();
        block.runner.run(&self.output_selection, block.rows, &mut self.flat)?;
        let width = self.output_selection.width();
        for output in &self.output_selection.outputs().0 {
            let own = output.offset..output.offset + output.len();
            let rows = (0..count).flat_map(|row| &self.flat[row * width..][own.clone()]);
            block.values.push(ColumnValues::F32(rows.copied().collect()));
        }
        Ok(())
    }
}
