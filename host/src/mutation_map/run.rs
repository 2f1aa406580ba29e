//! Running a query: everything that is opened, and the three threads.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::assemble::{OwnBases, assemble};
use super::one_map::OneMap;
use super::outputs::MapOutputs;
use super::query::{SourceOptions, source};
use super::source::MapChunk;
use super::summary::MapSummary;
use super::{MapQuery, MutationMap, MutationMapError, ReferenceCells};
use crate::genome::GenomePosition;
use crate::model::Loader;
use crate::pipeline::{ScoreCounts, chunk_alleles};
use crate::plugin::PluginRegistry;
use crate::provenance::Provenance;
use crate::region::RegionMode;
use crate::run::{BusyTimes, Consumer, Event, Progress, RunStage, StageClock, Timed, drive, stoppable, warn_all};
use crate::scored::{ScoreLabel, ScoreMatrix};
use crate::sink::{MapEntry, MemoryMaps, Output, SinkError, sweep};
use crate::warning::{Warning, WarningCode};

/// Alleles of a chunk, as a multiple of the batch size: with fewer, the last, partly filled engine call would weigh too
/// much.
const BATCHES_PER_CHUNK: usize = 64;

/// What a run counts, and that it writes to no stream.
const THINGS: (&str, bool) = ("windows", false);

/// Where the entries of a run go; made once the model's name, the scores and what they follow from are known.
type MakeConsumer<'m, T> = dyn FnMut(&str, Vec<ScoreLabel>, &Provenance) -> Result<T, MutationMapError> + 'm;

/// Maps into memory.
pub(super) fn into_memory(
    request: &MutationMap,
    query: &MapQuery,
    registry: &PluginRegistry,
    observe: &mut dyn FnMut(Event),
) -> Result<(MapSummary, MemoryMaps), MutationMapError> {
    let wanted = Wanted { outputs: &[], one_map: None };
    let (mut clock, busy) = (StageClock::start(observe), BusyTimes::default());
    let mut make = |model: &str, labels, _: &Provenance| Ok(MemoryMaps::new(model, labels));
    let (mut summary, maps) = stoppable(&request.stop, THINGS, observe, |observe| {
        run(request, query, wanted, registry, &mut make, (&mut clock, &busy), observe)
    })?;
    (summary.stages, summary.elapsed) = clock.finish(&busy);
    Ok((summary, maps))
}

impl Consumer for MemoryMaps {
    type Item = Vec<MapEntry>;

    fn take(&mut self, entries: Vec<MapEntry>) -> Result<(), SinkError> {
        entries.into_iter().for_each(|entry| self.append(entry));
        Ok(())
    }
}

/// Maps into files.
pub(super) fn into_files(
    request: &MutationMap,
    query: &MapQuery,
    paths: &[PathBuf],
    registry: &PluginRegistry,
    observe: &mut dyn FnMut(Event),
) -> Result<MapSummary, MutationMapError> {
    let (mut clock, busy) = (StageClock::start(observe), BusyTimes::default());
    let outputs = MapOutputs::of(paths)?;
    let files: Vec<_> = paths.iter().map(Output::from).collect();
    let wanted = Wanted { outputs: &files, one_map: outputs.one_map() };
    let mut open = |model: &str, labels, provenance: &Provenance| outputs.open(model, labels, provenance);
    let (complete, mut summary) = stoppable(&request.stop, THINGS, observe, |observe| {
        let (summary, files) = run(request, query, wanted, registry, &mut open, (&mut clock, &busy), observe)?;
        clock.enter(RunStage::Commit, observe);
        if let Some(path) = files.picture().filter(|_| summary.windows == 0) {
            return Err(MutationMapError::NothingToDraw { path: path.to_owned(), skipped: summary.skipped });
        }
        Ok((files.complete()?, summary))
    })?;
    warn_all(observe, complete.warnings());
    complete.commit()?;
    (summary.stages, summary.elapsed) = clock.finish(&busy);
    Ok(summary)
}

/// What is made of a run.
#[derive(Clone, Copy)]
struct Wanted<'w> {
    outputs: &'w [Output],
    /// What a picture asks for.
    one_map: Option<OneMap<'w>>,
}

fn run<T: Consumer<Item = Vec<MapEntry>>>(
    request: &MutationMap,
    query: &MapQuery,
    Wanted { outputs, one_map }: Wanted<'_>,
    registry: &PluginRegistry,
    make_consumer: &mut MakeConsumer<'_, T>,
    (clock, busy): (&mut StageClock, &BusyTimes),
    observe: &mut dyn FnMut(Event),
) -> Result<(MapSummary, T), MutationMapError> {
    query.validate()?;
    let must_map = request.fail_if_empty || query.is_named();
    let choices = request.choices();
    let described = choices.describe(outputs, query.files(), registry, observe)?;
    let query = query.open(&request.stop)?;
    let opened = described.open(&request.stop)?;
    if opened.mode == RegionMode::Restricted && query.header().is_none() {
        return Err(MutationMapError::RestrictedRegions);
    }
    clock.enter(RunStage::Load, observe);
    let loaded = choices.load(outputs, &opened, registry, observe)?;
    let (model, scorers) = (&loaded.model, &loaded.scorers);
    let own: Vec<OwnBases> = scorers.compares().map(|compares| own_bases(request, compares)).collect();
    let itself = own.contains(&OwnBases::Score);
    let inputs = opened.directory.model().inputs.iter().map(|input| Arc::from(input.name.as_str())).collect();
    let name = opened.directory.model().name.clone();
    let use_strand = matches!(opened.loader(), Loader::Native(loader) if loader.use_strand);
    let cells = match request.reference_cells {
        ReferenceCells::Score => "score",
        ReferenceCells::Zero => "zero",
    };
    let about = loaded.provenance(choices, &opened, &name, registry, observe)?;
    let provenance = about.with_group("map", Provenance::new().with("reference_cells", cells));
    let context = opened.context(choices, model.inputs(), query.header())?;
    warn_all(observe, &context.warnings);
    let alleles =
        chunk_alleles(BATCHES_PER_CHUNK, request.model.rows_per_call(&model.inputs().rows), loaded.allele_bytes());
    let options = SourceOptions { mutate: request.mutate.as_ref(), inputs, use_strand, with_itself: itself, alleles };
    let source = source(query, context, options, observe)?;
    if let Some(one_map) = one_map {
        one_map.check_scores(&scorers.labels())?;
        one_map.check_windows(source.windows.known_count().unwrap_or(0))?;
    }
    request.stop.check()?;
    warn_all(observe, sweep(outputs).as_slice());
    let consumer = make_consumer(&name, scorers.labels(), &provenance)?;
    let mut predictor = loaded.predictor(&request.model)?.stopped_by(&request.stop);
    let mut summary = MapSummary {
        scores: ScoreCounts::of(&scorers.labels()),
        evaluated_edits: loaded.evaluates_edits,
        provenance,
        ..MapSummary::default()
    };
    let extent = source.windows.extent();
    clock.enter(RunStage::Run, observe);
    let mut passed_over = 0;
    let mut stage = |MapChunk { windows, skipped, mut batch }: MapChunk| {
        passed_over += skipped.len() as u64;
        skipped.into_iter().for_each(|reason| *summary.skipped.entry(reason).or_default() += 1);
        summary.windows += windows.len() as u64;
        one_map.map_or(Ok(()), |one_map| one_map.check_windows(summary.windows))?;
        let scores = if batch.is_empty() {
            let empty = |label: &ScoreLabel| ScoreMatrix {
                width: label.columns.len(),
                values: Vec::new(),
                failures: Default::default(),
            };
            scorers.labels().iter().map(empty).collect()
        } else {
            let predictions = busy.model.spend(|| predictor.predict(&batch))?;
            busy.score.spend(|| scorers.score(&batch, &predictions))?
        };
        summary.alleles += batch.len() as u64;
        // The sequence itself has no cell in the maps of scores that compare it with others.
        let themselves: BTreeSet<usize> = windows.iter().filter(|_| itself).map(|window| window.first).collect();
        for ((counts, matrix), own) in summary.scores.iter_mut().zip(&scores).zip(&own) {
            counts.add(matrix, (0..batch.len()).filter(|row| *own == OwnBases::Score || !themselves.contains(row)));
        }
        let position = windows.last().map(|window| GenomePosition {
            contig: window.contig.name.clone(),
            position: window.query.window.start().max(0).unsigned_abs() + 1,
        });
        let entries: Vec<_> = windows.into_iter().map(|window| assemble(window, &scores, &own, itself)).collect();
        let done = summary.windows + passed_over;
        observe(Event::Progress(Progress { done, extent: extent.now(), position }));
        batch.clear();
        Ok::<_, MutationMapError>((entries, batch))
    };
    let (source, consumer) = (Timed::new(source, &busy.read), Timed::new(consumer, &busy.write));
    let consumer = drive(&request.stop, source, &mut stage, consumer)?.into_inner();
    if summary.windows == 0 && !summary.skipped.is_empty() && one_map.is_none() {
        let nothing = MutationMapError::NothingMapped { skipped: summary.skipped.clone() };
        if must_map {
            return Err(nothing);
        }
        observe(Event::Warning(Warning::new(WarningCode::NothingMapped, nothing)));
    }
    Ok((summary, consumer))
}

/// How the cells of the sequence's own bases are filled, for a score that compares alleles or does not.
fn own_bases(request: &MutationMap, compares: bool) -> OwnBases {
    match request.reference_cells {
        ReferenceCells::Score if !compares => OwnBases::Score,
        _ => OwnBases::Zero,
    }
}
