//! `mutation-map` in both spellings.

use std::path::PathBuf;

use super::error::{CliResult, UsageError};
use super::loader_args::loader_args;
use super::map_args::{KipoiMapArgs, MapArgs, NativeMapArgs, ReferenceCellsChoice};
use super::progress::{observed, report};
use super::score_args::kipoi_scores;
use super::window_args::CenteringChoice;
use kipos::mutation_map::{MapQuery, MutationMap, ReferenceCells};
use kipos::plugin::PluginRegistry;

/// `kipos mutation-map`.
pub fn run_native(args: NativeMapArgs, model: PathBuf, registry: &PluginRegistry) -> CliResult {
    let query = match &args.regions_file {
        Some(path) => MapQuery::of_file(path)?,
        None => MapQuery::Regions(args.region.into_iter().flat_map(|list| list.0).collect()),
    };
    let output = args.map.output.clone();
    let mut request = request(args.map, model, CenteringChoice::Middle, ReferenceCellsChoice::Score)?;
    request.scoring.scores = args.scores.selection()?;
    args.files.add_to(&mut request.scoring.loader_args)?;
    run(&request, &query, output, registry)
}

/// `kipos postproc create_mutation_map`.
pub fn run_kipoi(args: KipoiMapArgs, model: PathBuf, registry: &PluginRegistry) -> CliResult {
    let query = MapQuery::of_file(&args.regions_file)?;
    let output = args.map.output.clone();
    let mut request = request(args.map, model, CenteringChoice::Kipoi, ReferenceCellsChoice::Zero)?;
    request.scoring.scores = kipoi_scores(args.scores, &args.score_kwargs)?;
    run(&request, &query, output, registry)
}

fn request(
    args: MapArgs,
    model: PathBuf,
    centering: CenteringChoice,
    reference_cells: ReferenceCellsChoice,
) -> Result<MutationMap, UsageError> {
    let mut request = MutationMap::new(model);
    request.reference_cells = match args.reference_cells.unwrap_or(reference_cells) {
        ReferenceCellsChoice::Score => ReferenceCells::Score,
        ReferenceCellsChoice::Zero => ReferenceCells::Zero,
    };
    let scoring = &mut request.scoring;
    scoring.loader_args = loader_args(&args.dataloader_args)?;
    scoring.restriction_bed = args.restriction_bed;
    args.windows.add_to(scoring, centering)?;
    scoring.batch_size = args.engine.batch_size as usize;
    scoring.runtime = args.engine.runtime(scoring.runtime);
    scoring.tasks = args.readout.task_keys();
    scoring.reduce = args.readout.reduce;
    scoring.position_axes = args.readout.position_axis;
    Ok(request)
}

fn run(request: &MutationMap, query: &MapQuery, output: PathBuf, registry: &PluginRegistry) -> CliResult {
    let summary = observed("windows", |observe| request.run(query, &output, registry, observe))?;
    report(&summary, &[output.display().to_string()])
}
