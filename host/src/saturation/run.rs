//! Running a request: everything that is opened, and the three threads.

use std::cell::RefCell;
use std::time::Instant;

use super::bases::StretchBases;
use super::pace::Pace;
use super::source::SaturationSource;
use super::{Saturate, SaturateError};
use crate::edits::EditBatch;
use crate::extent::ExtentWatch;
use crate::genome::{Outcome, SkipReason, VcfHeader};
use crate::internal::OrInternal;
use crate::pipeline::{NothingScored, ScoreCounts, ScoreSummary, chunk_alleles, score, score_all};
use crate::plugin::PluginRegistry;
use crate::region::{RegionMode, RegionPlan, Tiling};
use crate::run::{BusyTimes, Event, RunStage, StageClock, stoppable, warn_all};
use crate::scored::ScoredChunk;
use crate::sink::{
    MultiRegion, OnExisting, Output, PendingFiles, RowKind, Sink, SinkSet, VcfOptions, VcfStyle, check_outputs, sweep,
};

/// SNVs of a chunk, as a multiple of the batch size: the window of a tile that two chunks share is predicted twice.
const BATCHES_PER_CHUNK: usize = 64;

/// Runs a request and puts its files under their names.
pub(super) fn into_files(
    request: &Saturate,
    registry: &PluginRegistry,
    observe: &mut dyn FnMut(Event),
) -> Result<ScoreSummary, SaturateError> {
    let (mut clock, busy) = (StageClock::start(observe), BusyTimes::default());
    check_outputs(&request.outputs)?;
    let streams = request.outputs.iter().any(|output| matches!(output, Output::Stdout { .. }));
    let complete = |observe: &mut dyn FnMut(Event)| completed(request, registry, (&mut clock, &busy), observe);
    let (complete, mut summary) = stoppable(&request.stop, ("rows", streams), observe, complete)?;
    warn_all(observe, complete.warnings());
    complete.commit()?;
    (summary.stages, summary.elapsed) = clock.finish(&busy);
    Ok(summary)
}

/// Everything but putting the files under their names.
fn completed(
    request: &Saturate,
    registry: &PluginRegistry,
    (clock, busy): (&mut StageClock, &BusyTimes),
    observe: &mut dyn FnMut(Event),
) -> Result<(PendingFiles, ScoreSummary), SaturateError> {
    request.validate()?;
    let choices = request.choices();
    let mut described = choices.describe(&request.outputs, request.regions_files.clone(), registry, observe)?;
    described.mode = request.windows_in(described.mode)?;
    let opened = described.open(&request.stop)?;
    clock.enter(RunStage::Load, observe);
    let loaded = choices.load(&request.outputs, &opened, registry, observe)?;
    let labels = loaded.scorers.labels();
    let own_name = &opened.directory.model().name;
    let name = request.model_name.clone().unwrap_or_else(|| own_name.clone());
    let provenance = loaded.provenance(choices, &opened, &name, registry, observe)?;
    let (mode, license) = (opened.mode, opened.directory.license());
    let mut context = opened.context(choices, loaded.model.inputs(), None)?;
    warn_all(observe, &context.warnings);
    let stretches = request.stretches(&mut context.contigs, context.samples.contigs())?;
    let bases = StretchBases::new(&stretches);
    let counts = bases.count(&mut context.samples, &request.stop)?;
    let options = VcfOptions {
        rows: RowKind::Saturation { centre: centre(&context.plan) },
        style: VcfStyle::Native { layout: request.layout, digits: request.digits },
        model_name: name,
        license,
        labels: labels.clone(),
        only_scored: request.only_scored,
        std_var_id: false,
        regions: mode,
        multi_region: MultiRegion::default(),
        on_existing: OnExisting::default(),
        provenance: provenance.clone(),
    };
    request.stop.check()?;
    warn_all(observe, sweep(&request.outputs).as_slice());
    let sinks = SinkSet::open(&request.outputs, &VcfHeader::bare(), context.samples.contigs(), &options)?;
    warn_all(observe, sinks.warnings());
    let batch_size = request.model.rows_per_call(&loaded.model.inputs().rows);
    let most = chunk_alleles(BATCHES_PER_CHUNK, batch_size, loaded.allele_bytes());
    let source = SaturationSource::new(bases, context, batch_size, most);
    let mut predictor = loaded.predictor(&request.model)?.stopped_by(&request.stop);
    let mut summary = ScoreSummary {
        scores: ScoreCounts::of(&labels),
        evaluated_edits: loaded.evaluates_edits,
        provenance,
        ..ScoreSummary::default()
    };
    clock.enter(RunStage::Run, observe);
    let (started, mut pace, estimate) = (Instant::now(), Pace::new(counts.snvs(), most as u64), RefCell::new(None));
    let mut stage = |chunk: &mut ScoredChunk, batch: &EditBatch| {
        score::<SaturateError>(chunk, batch, (&mut predictor, &loaded.scorers), busy)?;
        let has_snv = |outcome: Outcome<usize>| outcome != Outcome::Skipped(SkipReason::NonAcgt);
        let snvs = chunk.pairs.iter().filter(|pair| has_snv(pair.outcome)).count();
        if let Some(told) = pace.note(snvs as u64, batch.len() as u64, started.elapsed()) {
            estimate.replace(Some(told));
        }
        Ok::<_, SaturateError>(())
    };
    let mut observe_run = |event| {
        if let Some(estimate) = estimate.take() {
            observe(Event::Estimate(estimate));
        }
        observe(event);
    };
    let source = (source, ExtentWatch::Items(counts.rows()));
    let sinks = score_all(&request.stop, source, &mut stage, sinks, (&mut summary, busy), &mut observe_run)?;
    NothingScored::check(&summary, request.fail_if_empty, observe)?;
    clock.enter(RunStage::Commit, observe);
    Ok((Box::new(sinks).complete()?, summary))
}

/// The index of the centre in each window, 0-based.
fn centre(plan: &RegionPlan) -> i64 {
    let index = match plan {
        RegionPlan::Centered { length, centering } | RegionPlan::Tiled { length, centering, .. } => {
            centering.index(*length)
        }
        RegionPlan::Restricted { .. } | RegionPlan::Overlap { .. } => None,
    };
    let index = index.or_internal("windows are planned with a centre");
    i64::try_from(index).or_internal("a window fits in memory")
}

impl Saturate {
    /// Checks what no other request refuses.
    fn validate(&self) -> Result<(), SaturateError> {
        if self.regions.is_empty() && self.regions_files.is_empty() {
            return Err(SaturateError::NoRegions);
        }
        if let Some(path) = &self.samples.batch_file {
            return Err(SaturateError::Prepared { path: path.clone() });
        }
        if self.samples.loader_args.iter().any(|(name, _)| name == "intervals_file") {
            return Err(SaturateError::Intervals);
        }
        Ok(())
    }

    /// Where windows come from, if `mode` is what other requests would make of the choice of windows.
    fn windows_in(&self, mode: RegionMode) -> Result<RegionMode, SaturateError> {
        let is_chosen = self.windows.mode.is_some() || self.windows.plan.is_some();
        match mode {
            RegionMode::Centered if !is_chosen => Ok(RegionMode::Tiled(Tiling::default())),
            RegionMode::Overlap if !is_chosen => Err(SaturateError::OwnIntervals),
            RegionMode::Centered | RegionMode::Tiled(_) => Ok(mode),
            RegionMode::Restricted | RegionMode::Overlap => Err(SaturateError::OtherWindows),
        }
    }
}
