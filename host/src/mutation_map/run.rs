//! Running a query: everything that is opened, and the three threads.

use std::path::Path;
use std::time::Instant;

use super::assemble::{OwnBases, assemble};
use super::source::{MapChunk, MapSource};
use super::summary::MapSummary;
use super::windows::{Variants, Windows};
use super::{MapQuery, MutationMap, MutationMapError, ReferenceCells};
use crate::genome::{
    BedIntervals, Contig, ContigMap, Interval, NamedInterval, Region, RegionError, Strand, VariantInput,
};
use crate::model::{LoadedModel, Loader};
use crate::pipeline::{
    End, Event, Planner, Samples, ScoreVariants, ScoreVariantsError, UnusedWithBatchFile, drive,
    refuse_inputs_as_outputs, warn,
};
use crate::plugin::PluginRegistry;
use crate::region::{RegionMode, RegionPlan};
use crate::score::{Labels, ScoreError, Scores};
use crate::scored::ScoreLabel;
#[cfg(feature = "hdf5")]
use crate::sink::MapSink;
use crate::sink::{MapEntry, Output, SinkError};

/// Alleles of a chunk, as a multiple of the batch size: with fewer, the last, partly filled engine call would weigh too
/// much.
const BATCHES_PER_CHUNK: usize = 64;

/// Scores that are no comparison: where the sequence has the base already, they have a value.
const NO_COMPARISON: [&str; 4] = ["ref", "alt", "logit_ref", "logit_alt"];

/// Where the entries of a run go; made once the model's DNA input and its scores are known.
type MakeEnd<'m, T> = dyn FnMut(&str, Vec<ScoreLabel>) -> Result<T, SinkError> + 'm;

/// Maps into memory.
pub(super) fn into_memory(
    request: &MutationMap,
    query: &MapQuery,
    registry: &PluginRegistry,
    observe: &mut dyn FnMut(Event),
) -> Result<(MapSummary, Vec<ScoreLabel>, Vec<MapEntry>), MutationMapError> {
    struct Memory(Vec<ScoreLabel>, Vec<MapEntry>);
    impl End for Memory {
        type Item = Vec<MapEntry>;

        fn take(&mut self, entries: Vec<MapEntry>) -> Result<(), SinkError> {
            self.1.extend(entries);
            Ok(())
        }
    }
    let mut make = |_: &str, labels| Ok(Memory(labels, Vec::new()));
    let (summary, Memory(labels, entries)) = run(request, query, &[], registry, &mut make, observe)?;
    Ok((summary, labels, entries))
}

#[cfg(feature = "hdf5")]
impl End for MapSink {
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
    check_output(output)?;
    let mut make = |input: &str, labels| MapSink::create(output, input, labels);
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
    check_output(output)?;
    Err(SinkError::NotBuilt { path: output.to_owned(), feature: "hdf5" }.into())
}

fn check_output(output: &Path) -> Result<(), MutationMapError> {
    if Output::from(output).is_hdf5() {
        return Ok(());
    }
    Err(MutationMapError::UnknownFormat { path: output.to_owned() })
}

fn run<T: End<Item = Vec<MapEntry>>>(
    request: &MutationMap,
    query: &MapQuery,
    outputs: &[Output],
    registry: &PluginRegistry,
    make_end: &mut MakeEnd<'_, T>,
    observe: &mut dyn FnMut(Event),
) -> Result<(MapSummary, T), MutationMapError> {
    let started = Instant::now();
    let scoring = scoring_of(request, query)?;
    if let MapQuery::Bed(path) = query {
        refuse_inputs_as_outputs(outputs, std::slice::from_ref(path)).map_err(ScoreVariantsError::from)?;
    }
    let opened = scoring.open(outputs, observe)?;
    if opened.mode == RegionMode::Restricted && !matches!(query, MapQuery::Vcf(_)) {
        return Err(MutationMapError::RestrictedRegions);
    }
    let loaded = scoring.load(&opened, registry, observe)?;
    let (model, scorers) = (&loaded.model, &loaded.scorers);
    let own = own_bases(request, model, registry)?;
    let itself = own.contains(&OwnBases::Score);
    let dna = match scoring.seq_input.as_slice() {
        [] => opened.directory.dna_inputs(),
        named => opened.directory.dna_inputs_named(named).map_err(ScoreVariantsError::from)?,
    };
    let input = dna.first().map_or_else(String::new, |input| input.name.clone());
    let use_strand = matches!(opened.loader(), Loader::Native(loader) if loader.use_strand);
    let planner = scoring.planner(opened, model.inputs())?;
    warn(observe, &planner.warnings);
    let source = source(query, planner, use_strand, itself, &scoring, observe)?;
    let end = make_end(&input, scorers.labels())?;
    let mut predictor = loaded.predictor(scoring.batch_size)?;
    let mut summary = MapSummary::default();
    let mut stage = |MapChunk { windows, skipped, mut batch }: MapChunk| {
        skipped.into_iter().for_each(|reason| *summary.skipped.entry(reason).or_default() += 1);
        let mut scores = if batch.is_empty() {
            let empty =
                |label: &ScoreLabel| crate::scored::ScoreMatrix { width: label.columns.len(), values: Vec::new() };
            Scores { matrices: scorers.labels().iter().map(empty).collect(), failures: Default::default() }
        } else {
            scorers.score(&batch, &predictor.predict(&batch)?)?
        };
        summary.windows += windows.len() as u64;
        summary.alleles += batch.len() as u64;
        let entries: Vec<_> = windows.into_iter().map(|window| assemble(window, &scores, &own, itself)).collect();
        summary.scorer_message =
            summary.scorer_message.take().or_else(|| scores.failures.pop_first().map(|(_, text)| text));
        observe(Event::Records(summary.windows));
        batch.clear();
        Ok::<_, MutationMapError>((entries, batch))
    };
    let end = drive(source, &mut stage, end)?;
    summary.elapsed = started.elapsed();
    Ok((summary, end))
}

/// The request for scores that shares the model, the loader and the windows.
fn scoring_of(request: &MutationMap, query: &MapQuery) -> Result<ScoreVariants, MutationMapError> {
    let mut scoring = request.scoring.clone();
    if let Some(path) = &scoring.batch_file {
        let unused = UnusedWithBatchFile::new(path, "mutation maps, which need the genome, cannot be made");
        return Err(ScoreVariantsError::from(unused).into());
    }
    (scoring.regions, scoring.regions_file) = (Vec::new(), None);
    scoring.variants = VariantInput::Named(Vec::new());
    match query {
        MapQuery::Regions(regions) if regions.is_empty() => return Err(MutationMapError::NoRegions),
        MapQuery::Regions(_) | MapQuery::Bed(_) => {}
        MapQuery::Vcf(path) => scoring.variants = VariantInput::File(path.clone()),
    }
    Ok(scoring)
}

/// How the cells of the sequence's own bases are filled, for each chosen score.
fn own_bases(
    request: &MutationMap,
    model: &LoadedModel,
    registry: &PluginRegistry,
) -> Result<Vec<OwnBases>, MutationMapError> {
    let labels = Labels::of_model(model.scoring_entries(), &registry.scorer_names()).map_err(ScoreError::from)?;
    let chosen = labels.select(&request.scoring.scores).map_err(ScoreError::from)?;
    let own = chosen.iter().map(|(label, _)| {
        let has_value = label.plugin.is_none() && NO_COMPARISON.contains(&label.scorer.as_str());
        match request.reference_cells {
            ReferenceCells::Score if has_value => OwnBases::Score,
            _ => OwnBases::Zero,
        }
    });
    Ok(own.collect())
}

/// The windows of a query, with what reads them.
fn source(
    query: &MapQuery,
    planner: Planner,
    use_strand: bool,
    with_itself: bool,
    scoring: &ScoreVariants,
    observe: &mut dyn FnMut(Event),
) -> Result<MapSource, MutationMapError> {
    let Planner { reader, mut contigs, samples, plan, prototype, .. } = planner;
    let samples = match samples {
        Samples::Genome(samples) => samples,
        // Refused before anything was opened.
        Samples::File(_) => return Err(MutationMapError::NoRegions),
    };
    let regions = match query {
        MapQuery::Regions(typed) => Some(resolved(typed, &mut contigs)?),
        MapQuery::Bed(path) => {
            let read = BedIntervals::read(path, &mut contigs)?;
            if read.elsewhere > 0 {
                let (count, path) = (read.elsewhere, path.display());
                let warning = format!("{count} intervals of {path} lie on contigs that the genome does not have");
                observe(Event::Warning(warning));
            }
            Some(read.intervals)
        }
        MapQuery::Vcf(_) => None,
    };
    let regions = regions.map(|regions| within(regions, samples.contigs())).transpose()?;
    let mut skipped = Vec::new();
    let windows = match (regions, plan) {
        (Some(regions), RegionPlan::Overlap { ranges, .. }) => Windows::overlapping(&ranges, &regions),
        (Some(regions), RegionPlan::Centered { length, .. } | RegionPlan::Restricted { length, .. }) => {
            Windows::tiles(regions, length, use_strand)
        }
        (None, RegionPlan::Overlap { ranges, per_sample }) => {
            let plan = RegionPlan::Overlap { ranges: ranges.clone(), per_sample };
            Windows::holding(&ranges, Variants::new(reader, contigs, plan), &mut skipped)?
        }
        (None, plan) => Windows::Variants(Box::new(Variants::new(reader, contigs, plan))),
    };
    let alleles = scoring.batch_size.max(1) * BATCHES_PER_CHUNK;
    Ok(MapSource { windows, samples, prototype, with_itself, alleles, skipped })
}

fn resolved(typed: &[Region], contigs: &mut ContigMap) -> Result<Vec<NamedInterval>, MutationMapError> {
    let interval = |region: &Region| {
        let Some(contig) = contigs.resolve(region.contig()) else {
            return Err(RegionError::UnknownContig { region: region.to_string(), known: contigs.known_names() }.into());
        };
        let interval = Interval::new(contig, region.start(), region.end(), Strand::Forward);
        let interval = interval.map_err(ScoreVariantsError::from)?;
        Ok(NamedInterval { interval, name: region.to_string().into() })
    };
    typed.iter().map(interval).collect()
}

/// The regions, whose ends come no later than their contigs'; one without any base of its contig is refused.
fn within(regions: Vec<NamedInterval>, contigs: &[Contig]) -> Result<Vec<NamedInterval>, MutationMapError> {
    let clipped = |NamedInterval { interval, name }: NamedInterval| {
        let Contig { name: contig, length } = &contigs[interval.contig()];
        let end = interval.end().min(i64::try_from(*length).unwrap_or(i64::MAX));
        let clipped = Interval::new(interval.contig(), interval.start(), end, interval.strand());
        match clipped {
            // A region without any base has no windows, wherever it lies.
            _ if interval.is_empty() => Ok(NamedInterval { interval, name }),
            Ok(clipped) if end > 0 && !clipped.is_empty() => Ok(NamedInterval { interval: clipped, name }),
            _ => Err(MutationMapError::OutsideContig {
                region: name.to_string(),
                contig: contig.clone(),
                length: *length,
            }),
        }
    };
    regions.into_iter().map(clipped).collect()
}
