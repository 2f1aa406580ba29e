//! `mutation-map` in both spellings.

use std::path::PathBuf;

use super::environment;
use super::error::{CliResult, UsageError};
use super::loader_args::loader_args;
use super::map_args::{KipoiMapArgs, MapArgs, NativeMapArgs, ReferenceCellsChoice};
use super::reporter::Reporter;
use super::score_args::kipoi_scores;
use super::stopping::stop;
use kipos::{Centering, MapQuery, MutationMap, PluginRegistry, ReferenceCells, ScoreSelection};
use kipos_plugin_api::Value;

/// `kipos mutation-map`.
pub fn run_native(
    args: NativeMapArgs,
    model: PathBuf,
    registry: &PluginRegistry,
    reporter: &mut Reporter,
) -> CliResult {
    let query = match (&args.regions_file, &args.mutate) {
        (Some(path), _) => MapQuery::of_file(path)?,
        (None, _) if !args.variant.is_empty() => MapQuery::Variants(args.variant),
        (None, Some(stretch)) if args.regions.is_empty() => MapQuery::Centered(stretch.clone()),
        (None, _) => MapQuery::Regions(args.regions.into_iter().flat_map(|list| list.0).collect()),
    };
    let output = args.map.output.clone();
    let mut loader_args = loader_args(&args.map.dataloader_args)?;
    let scores = args.scores.selection()?;
    let fasta = environment::fasta(args.map.samples.batch_file.as_deref());
    args.files.add_to(&mut loader_args, fasta)?;
    let mut request = request(args.map, model, loader_args, scores, &NATIVE)?;
    request.mutate = args.mutate;
    run(&request, &query, &output, registry, reporter)
}

/// `kipos postproc create_mutation_map`.
pub fn run_kipoi(args: KipoiMapArgs, model: PathBuf, registry: &PluginRegistry, reporter: &mut Reporter) -> CliResult {
    let query = MapQuery::of_file(&args.regions_file)?;
    let output = args.map.output.clone();
    let loader_args = loader_args(&args.map.dataloader_args)?;
    let scores = kipoi_scores(args.scores, &args.score_kwargs)?;
    run(&request(args.map, model, loader_args, scores, &KIPOI)?, &query, &output, registry, reporter)
}

/// What the two spellings do differently when nothing is said.
struct Defaults {
    centering: Centering,
    reference_cells: ReferenceCellsChoice,
}

const NATIVE: Defaults = Defaults { centering: Centering::Middle, reference_cells: ReferenceCellsChoice::Score };

const KIPOI: Defaults = Defaults { centering: Centering::Kipoi, reference_cells: ReferenceCellsChoice::Zero };

/// Each group of arguments is one choice of the request.
fn request(
    args: MapArgs,
    model: PathBuf,
    loader_args: Vec<(String, Value)>,
    scores: ScoreSelection,
    defaults: &Defaults,
) -> Result<MutationMap, UsageError> {
    let mut request = MutationMap::new(&model);
    request.model = args.engine.choice(model);
    request.samples = args.samples.choice(loader_args)?;
    request.windows = args.windows.choice(defaults.centering, args.restriction_bed);
    request.scores = args.output_selection.choice(scores)?;
    request.stop = stop();
    request.reference_cells = match args.reference_cells.unwrap_or(defaults.reference_cells) {
        ReferenceCellsChoice::Score => ReferenceCells::Score,
        ReferenceCellsChoice::Zero => ReferenceCells::Zero,
    };
    request.fail_if_empty = args.fail_if_empty;
    Ok(request)
}

fn run(
    request: &MutationMap,
    query: &MapQuery,
    outputs: &[PathBuf],
    registry: &PluginRegistry,
    reporter: &mut Reporter,
) -> CliResult {
    let summary = reporter.observed("windows", |observe| request.run(query, outputs, registry, observe))?;
    let outputs: Vec<_> = outputs.iter().map(|output| output.display()).collect();
    reporter.done(&summary, &outputs);
    Ok(())
}
