//! The line from samples to files.

use std::collections::BTreeMap;
use std::sync::Arc;

use kipos_plugin_api::DType;

use super::analysis::{AnalysisBlock, PreparedAnalysis};
use super::{PredictionError, PredictionSummary};
use crate::predict::{BlockRunner, views};
use crate::run::{Consumer, Event, WorkSource, drive};
use crate::samples::{Block, Rows, SampleError};
use crate::sequence::SampleRows;
use crate::sink::{ColumnValues, OutputArray, PredictionRows, PredictionSinks, SinkError};
use crate::stop::Stop;

/// What a run needs of its model.
pub(super) struct Run<'a> {
    pub(super) runner: &'a BlockRunner<'a>,
    /// An empty block of the model's rows.
    pub(super) prototype: &'a SampleRows,
    /// What is computed.
    pub(super) analysis: PreparedAnalysis,
    /// Whether the model's inputs are written too.
    pub(super) keep_inputs: bool,
    /// The arrays of the files: those of the source, of inputs if they are kept, of answers.
    pub(super) leaves: Arc<[OutputArray]>,
}

/// Fills blocks with the samples of a source.
struct Blocks {
    samples: Rows,
    /// Rows of a block.
    rows: usize,
    prototype: SampleRows,
    /// The types of the arrays reported for the samples.
    about: Vec<DType>,
    ended: bool,
}

impl WorkSource for Blocks {
    type Work = Block;
    type Recycled = SampleRows;
    type Error = SampleError;

    fn buffer(&self) -> SampleRows {
        self.prototype.empty_like()
    }

    fn next(&mut self, rows: SampleRows) -> Result<Option<Block>, SampleError> {
        let about = self.about.iter().map(|dtype| ColumnValues::of(*dtype)).collect();
        let mut block = Block { rows, about, skipped: BTreeMap::new() };
        while !self.ended && block.rows.len() < self.rows {
            self.ended = !self.samples.next_sample(&mut block)?;
            if self.ended {
                self.samples.check_unchanged()?;
            }
        }
        Ok((!block.rows.is_empty() || !block.skipped.is_empty()).then_some(block))
    }
}

/// Files, and rows in memory if they are wanted.
pub(super) struct Ends {
    pub(super) sinks: PredictionSinks,
    pub(super) rows: PredictionRows,
    pub(super) wants_rows: bool,
}

impl Consumer for Ends {
    type Item = PredictionRows;

    fn take(&mut self, rows: PredictionRows) -> Result<(), SinkError> {
        if self.wants_rows {
            self.rows.extend(&rows);
        }
        self.sinks.write(&rows)
    }
}

impl Run<'_> {
    /// Analyses all samples, into `ends`, which it returns, until `stop` is asked.
    pub(super) fn drive(
        &mut self,
        stop: &Stop,
        samples: Rows,
        ends: Ends,
        observe: &mut dyn FnMut(Event),
    ) -> Result<(Ends, PredictionSummary), PredictionError> {
        let about = samples.leaves().iter().map(|leaf| leaf.dtype).collect();
        let prototype = self.prototype.empty_like();
        let blocks = Blocks { samples, rows: self.runner.rows(), prototype, about, ended: false };
        let mut summary = PredictionSummary::default();
        let mut stage = |block: Block| {
            for (reason, count) in &block.skipped {
                *summary.skipped.entry(*reason).or_default() += count;
            }
            let (rows, store) = self.answer(block, observe)?;
            summary.predicted += rows.len() as u64;
            observe(Event::Records(summary.predicted));
            Ok::<_, PredictionError>((rows, store))
        };
        let ends = drive(stop, blocks, &mut stage, ends)?;
        self.analysis.analysis.finish(observe);
        Ok((ends, summary))
    }

    /// The rows of all arrays for a block, and the emptied block.
    fn answer(
        &mut self,
        block: Block,
        observe: &mut dyn FnMut(Event),
    ) -> Result<(PredictionRows, SampleRows), PredictionError> {
        let Block { mut rows, about: mut values, .. } = block;
        let count = rows.len();
        if self.keep_inputs {
            let shaped = rows.shaped();
            for view in views(&shaped)? {
                let mut input = ColumnValues::of(view.dtype());
                input.append(&view.data());
                values.push(input);
            }
        }
        if count > 0 {
            let PreparedAnalysis { leaves, analysis } = &mut self.analysis;
            let (runner, rows, values) = (self.runner, &mut rows, &mut values);
            analysis.run(&mut AnalysisBlock { runner, rows, leaves, values, observe })?;
        } else {
            values.extend(self.analysis.leaves.iter().map(|leaf| ColumnValues::of(leaf.dtype)));
        }
        Ok((PredictionRows::of(&self.leaves, values, count), rows))
    }
}
