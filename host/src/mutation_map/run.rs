//! Running a query: everything that is opened, and the three threads.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::assemble::{OwnBases, assemble};
use super::query::{SourceOptions, source};
use super::source::MapChunk;
use super::summary::MapSummary;
use super::{MapQuery, MutationMap, MutationMapError, ReferenceCells};
use crate::model::Loader;
use crate::pipeline::ScoreCounts;
use crate::plugin::PluginRegistry;
use crate::region::RegionMode;
use crate::run::{Consumer, Event, drive, warn};
use crate::scored::{ScoreLabel, ScoreMatrix};
#[cfg(feature = "hdf5")]
use crate::sink::MapSink;
use crate::sink::{MapEntry, MemoryMaps, Output, SinkError, check_array_output};

/// Alleles of a chunk, as a multiple of the batch size: with fewer, the last, partly filled engine call would weigh too
/// much.
const BATCHES_PER_CHUNK: usize = 64;

/// Where the entries of a run go; made once the model's name and the scores are known.
type MakeConsumer<'m, T> = dyn FnMut(&str, Vec<ScoreLabel>) -> Result<T, SinkError> + 'm;

/// Maps into memory.
pub(super) fn into_memory(
    request: &MutationMap,
    query: &MapQuery,
    registry: &PluginRegistry,
    observe: &mut dyn FnMut(Event),
) -> Result<(MapSummary, MemoryMaps), MutationMapError> {
    run(request, query, &[], registry, &mut |model, labels| Ok(MemoryMaps::new(model, labels)), observe)
}

impl Consumer for MemoryMaps {
    type Item = Vec<MapEntry>;

    fn take(&mut self, entries: Vec<MapEntry>) -> Result<(), SinkError> {
        entries.into_iter().for_each(|entry| self.append(entry));
        Ok(())
    }
}

#[cfg(feature = "hdf5")]
impl Consumer for MapSink {
    type Item = Vec<MapEntry>;

    fn take(&mut self, entries: Vec<MapEntry>) -> Result<(), SinkError> {
        entries.iter().try_for_each(|entry| self.append(entry))
    }
}

/// Maps into a file.
#[cfg(feature = "hdf5")]
pub(super) fn into_file(
    request: &MutationMap,
    query: &MapQuery,
    output: &Path,
    registry: &PluginRegistry,
    observe: &mut dyn FnMut(Event),
) -> Result<MapSummary, MutationMapError> {
    check_array_output(output)?;
    let mut make = |model: &str, labels| MapSink::create(output, model, labels);
    let (summary, sink) = run(request, query, &[output.into()], registry, &mut make, observe)?;
    sink.complete()?.commit()?;
    Ok(summary)
}

/// Refuses, as kipos was built without HDF5.
#[cfg(not(feature = "hdf5"))]
pub(super) fn into_file(
    _: &MutationMap,
    _: &MapQuery,
    output: &Path,
    _: &PluginRegistry,
    _: &mut dyn FnMut(Event),
) -> Result<MapSummary, MutationMapError> {
    check_array_output(output)?;
    Err(SinkError::NotBuilt { path: output.to_owned(), feature: "hdf5" }.into())
}

fn run<T: Consumer<Item = Vec<MapEntry>>>(
    request: &MutationMap,
    query: &MapQuery,
    outputs: &[Output],
    registry: &PluginRegistry,
    make_consumer: &mut MakeConsumer<'_, T>,
    observe: &mut dyn FnMut(Event),
) -> Result<(MapSummary, T), MutationMapError> {
    let started = Instant::now();
    query.validate()?;
    let choices = request.choices();
    let described = choices.describe(outputs, query.files(), observe)?;
    let query = query.open()?;
    let opened = described.open()?;
    if opened.mode == RegionMode::Restricted && query.header().is_none() {
        return Err(MutationMapError::RestrictedRegions);
    }
    let loaded = choices.load(&opened, registry, observe)?;
    let (model, scorers) = (&loaded.model, &loaded.scorers);
    let own: Vec<OwnBases> = scorers.compares().map(|compares| own_bases(request, compares)).collect();
    let itself = own.contains(&OwnBases::Score);
    let inputs = opened.directory.model().inputs.iter().map(|input| Arc::from(input.name.as_str())).collect();
    let name = opened.directory.model().name.clone();
    let use_strand = matches!(opened.loader(), Loader::Native(loader) if loader.use_strand);
    let context = opened.context(choices, model.inputs(), query.header())?;
    warn(observe, &context.warnings);
    let alleles = request.model.batch_size * BATCHES_PER_CHUNK;
    let options = SourceOptions { inputs, use_strand, with_itself: itself, alleles };
    let source = source(query, context, options, observe)?;
    let consumer = make_consumer(&name, scorers.labels())?;
    let mut predictor = loaded.predictor(request.model.batch_size)?;
    let mut summary = MapSummary { scores: ScoreCounts::of(&scorers.labels()), ..MapSummary::default() };
    let mut stage = |MapChunk { windows, skipped, mut batch }: MapChunk| {
        skipped.into_iter().for_each(|reason| *summary.skipped.entry(reason).or_default() += 1);
        let scores = if batch.is_empty() {
            let empty = |label: &ScoreLabel| ScoreMatrix {
                width: label.columns.len(),
                values: Vec::new(),
                failures: Default::default(),
            };
            scorers.labels().iter().map(empty).collect()
        } else {
            scorers.score(&batch, &predictor.predict(&batch)?)?
        };
        summary.windows += windows.len() as u64;
        summary.alleles += batch.len() as u64;
        // The sequence itself has no cell in the maps of scores that compare it with others.
        let themselves: BTreeSet<usize> = windows.iter().filter(|_| itself).map(|window| window.first).collect();
        for ((counts, matrix), own) in summary.scores.iter_mut().zip(&scores).zip(&own) {
            counts.add(matrix, (0..batch.len()).filter(|row| *own == OwnBases::Score || !themselves.contains(row)));
        }
        let entries: Vec<_> = windows.into_iter().map(|window| assemble(window, &scores, &own, itself)).collect();
        observe(Event::Records(summary.windows));
        batch.clear();
        Ok::<_, MutationMapError>((entries, batch))
    };
    let consumer = drive(source, &mut stage, consumer)?;
    summary.elapsed = started.elapsed();
    Ok((summary, consumer))
}

/// How the cells of the sequence's own bases are filled, for a score that compares alleles or does not.
fn own_bases(request: &MutationMap, compares: bool) -> OwnBases {
    match request.reference_cells {
        ReferenceCells::Score if !compares => OwnBases::Score,
        _ => OwnBases::Zero,
    }
}
