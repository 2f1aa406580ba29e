//! The ends of the line from variants to scores.

use super::planner::{Chunk, PlanError, Planner};
use super::{ScoreSummary, ScoreVariantsError};
use crate::edits::EditBatch;
use crate::run::{Consumer, Event, WorkSource, drive};
use crate::scored::ScoredChunk;
use crate::sink::{Sink, SinkError, SinkSet};
use crate::stop::Stop;

/// What is done with a chunk between reading and writing: it gets its scores, from the alleles of a batch.
pub(super) type Stage<'a> = dyn FnMut(&mut ScoredChunk, &EditBatch) -> Result<(), ScoreVariantsError> + 'a;

impl WorkSource for Planner {
    type Work = Chunk;
    type Recycled = EditBatch;
    type Error = PlanError;

    fn buffer(&self) -> EditBatch {
        self.new_batch()
    }

    fn next(&mut self, batch: EditBatch) -> Result<Option<Chunk>, PlanError> {
        match self.next_chunk(batch)? {
            Some(chunk) => Ok(Some(chunk)),
            None => self.finish().map(|()| None),
        }
    }
}

impl Consumer for SinkSet {
    type Item = ScoredChunk;

    fn take(&mut self, chunk: ScoredChunk) -> Result<(), SinkError> {
        self.write(&chunk)
    }
}

/// Brings all variants through `stage` into `sinks`, which it returns, and counts their outcomes, until `stop` is asked.
pub(super) fn run(
    stop: &Stop,
    planner: Planner,
    stage: &mut Stage<'_>,
    sinks: SinkSet,
    summary: &mut ScoreSummary,
    observe: &mut dyn FnMut(Event),
) -> Result<SinkSet, ScoreVariantsError> {
    let mut score = |Chunk { records, pairs, mut batch }: Chunk| {
        let mut chunk = ScoredChunk { records, pairs, scores: Vec::new() };
        stage(&mut chunk, &batch)?;
        batch.clear();
        summary.add(&chunk);
        observe(Event::Records(summary.records));
        Ok((chunk, batch))
    };
    drive(stop, planner, &mut score, sinks)
}
