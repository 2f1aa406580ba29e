//! The three threads of a run.

use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::{self, ScopedJoinHandle};

use super::planner::{Chunk, PlanError, Planner};
use super::{Event, ScoreVariantsError, Summary};
use crate::edits::EditBatch;
use crate::scored::ScoredChunk;
use crate::sink::{Sink, SinkError, SinkSet};

/// Chunks that may wait before and behind the model.
const CHUNKS_AHEAD: usize = 1;
/// Batches of a run: one being filled, those that wait, one at the model.
const BATCHES: usize = CHUNKS_AHEAD + 2;

/// What is done with a chunk between reading and writing: it gets its scores, from the alleles of a batch.
pub(super) type Stage<'a> = dyn FnMut(&mut ScoredChunk, &EditBatch) -> Result<(), ScoreVariantsError> + 'a;

/// Runs the three threads: reading ahead, `stage`, writing behind. Chunks stay in order because each channel has one end
/// on either side. Returns the sinks, which have got everything.
pub(super) fn drive(
    planner: Planner,
    stage: &mut Stage<'_>,
    sink: SinkSet,
    summary: &mut Summary,
    observe: &mut dyn FnMut(Event),
) -> Result<SinkSet, ScoreVariantsError> {
    thread::scope(|scope| {
        let (to_model, planned) = sync_channel(CHUNKS_AHEAD);
        let (to_sink, scored) = sync_channel(CHUNKS_AHEAD);
        // Batches go round: their rows are large, and memory that is freed and asked for anew all the time is never
        // all given back. Their number is fixed, so that a long run needs no more of them than a short one.
        let (give_back, used) = channel();
        (0..BATCHES).map(|_| planner.new_batch()).for_each(|batch| drop(give_back.send(batch)));
        let reading = scope.spawn(move || read(planner, &to_model, &used));
        let writing = scope.spawn(move || write(sink, &scored));
        let staging = (|| {
            for Chunk { records, pairs, mut batch } in &planned {
                let mut chunk = ScoredChunk { records, pairs, scores: Vec::new() };
                stage(&mut chunk, &batch)?;
                batch.clear();
                // At the end of the input nobody waits for it any more.
                let _ = give_back.send(batch);
                summary.add(&chunk);
                observe(Event::Records(summary.records));
                if to_sink.send(chunk).is_err() {
                    // The sink has failed; its thread knows why.
                    break;
                }
            }
            Ok::<(), ScoreVariantsError>(())
        })();
        // Both neighbours stop when their channel closes.
        drop((planned, to_sink, give_back));
        let read = join(reading, "reading");
        let written = join(writing, "writing");
        staging?;
        let sink = written??;
        read??;
        Ok(sink)
    })
}

fn join<T>(thread: ScopedJoinHandle<'_, T>, name: &'static str) -> Result<T, ScoreVariantsError> {
    thread.join().map_err(|_| ScoreVariantsError::Thread(name))
}

fn read(mut planner: Planner, to_model: &SyncSender<Chunk>, used: &Receiver<EditBatch>) -> Result<(), PlanError> {
    // Without a batch or a taker, the model's thread has failed and knows why.
    while let Ok(batch) = used.recv() {
        let Some(chunk) = planner.next_chunk(batch)? else {
            return planner.finish();
        };
        if to_model.send(chunk).is_err() {
            break;
        }
    }
    Ok(())
}

fn write(mut sink: SinkSet, scored: &Receiver<ScoredChunk>) -> Result<SinkSet, SinkError> {
    for chunk in scored {
        sink.write(&chunk)?;
    }
    Ok(sink)
}
