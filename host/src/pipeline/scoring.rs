//! The ends of the line from variants to scores.

use super::ScoreSummary;
use super::planner::{Chunk, PlanError, Planner};
use crate::edits::EditBatch;
use crate::extent::ExtentWatch;
use crate::genome::{GenomePosition, Outcome, SkipReason};
use crate::internal::InternalError;
use crate::predict::{PredictError, Predictor};
use crate::run::{BusyTimes, Consumer, Event, Progress, ThreadError, Timed, WorkSource, drive};
use crate::score::{ScoreError, ScorerSet};
use crate::scored::ScoredChunk;
use crate::sink::{Sink, SinkError, SinkSet};
use crate::stop::{Stop, Stopped};

/// What is done with a chunk between reading and writing: it gets its scores, from the alleles of a batch.
pub(crate) type Stage<'a, E> = dyn FnMut(&mut ScoredChunk, &EditBatch) -> Result<(), E> + 'a;

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

/// Brings all chunks of a source through `stage` into `sinks`, which it returns, and counts their outcomes, until `stop` is
/// asked. `extent` says how many records there are.
pub(crate) fn score_all<S, E>(
    stop: &Stop,
    (source, extent): (S, ExtentWatch),
    stage: &mut Stage<'_, E>,
    sinks: SinkSet,
    (summary, busy): (&mut ScoreSummary, &BusyTimes),
    observe: &mut dyn FnMut(Event),
) -> Result<SinkSet, E>
where
    S: WorkSource<Work = Chunk, Recycled = EditBatch>,
    E: From<S::Error> + From<SinkError> + From<InternalError> + From<ThreadError> + From<Stopped>,
{
    let mut score = |Chunk { records, pairs, mut batch, disagreement }: Chunk| {
        let mut chunk = ScoredChunk { records, pairs, scores: Vec::new() };
        stage(&mut chunk, &batch)?;
        batch.clear();
        summary.add(&chunk);
        summary.first_ref_mismatch = summary.first_ref_mismatch.take().or(disagreement);
        let position = chunk
            .records
            .last()
            .map(|last| GenomePosition { contig: last.record.chrom().to_owned(), position: last.record.pos() });
        observe(Event::Progress(Progress { done: summary.records, extent: extent.now(), position }));
        Ok::<_, E>((chunk, batch))
    };
    let (source, sinks) = (Timed::new(source, &busy.read), Timed::new(sinks, &busy.write));
    Ok(drive(stop, source, &mut score, sinks)?.into_inner())
}

/// Predicts and scores a chunk. An allele for which every scorer failed counts as skipped.
pub(crate) fn score<E: From<PredictError> + From<ScoreError>>(
    chunk: &mut ScoredChunk,
    batch: &EditBatch,
    (predictor, scorers): (&mut Predictor<'_>, &ScorerSet),
    busy: &BusyTimes,
) -> Result<(), E> {
    let predictions = busy.model.spend(|| predictor.predict(batch))?;
    chunk.scores = busy.score.spend(|| scorers.score(batch, &predictions))?;
    for pair in &mut chunk.pairs {
        let Outcome::Done(row) = pair.outcome else { continue };
        let mut matrices = chunk.scores.iter();
        if matrices.len() > 0 && matrices.all(|matrix| matrix.failures.contains_key(&row)) {
            pair.outcome = Outcome::Skipped(SkipReason::PluginError);
        }
    }
    Ok(())
}
