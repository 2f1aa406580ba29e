//! `kipos saturate`: all SNVs of stretches of the genome.

use std::path::PathBuf;

use super::environment;
use super::error::{CliResult, UsageError};
use super::loader_args::loader_args;
use super::reporter::Reporter;
use super::saturate_args::SaturateArgs;
use super::stopping::stop;
use kipos::{Centering, PluginRegistry, Saturate, SnvsScored};

/// Runs the command.
pub fn run(args: SaturateArgs, model: PathBuf, registry: &PluginRegistry, reporter: &mut Reporter) -> CliResult {
    let mut request = request(args, model)?;
    request.stop = stop();
    let summary = reporter.observed("rows", |observe| request.run(registry, observe))?;
    reporter.done(&SnvsScored(&summary), &request.outputs);
    Ok(())
}

/// Each group of arguments is one choice of the request.
fn request(args: SaturateArgs, model: PathBuf) -> Result<Saturate, UsageError> {
    let mode = args.mode()?;
    let outputs = args.format.outputs(args.output)?;
    let mut loader_args = loader_args(&args.dataloader_args)?;
    args.genome.add_to(&mut loader_args, environment::fasta(args.samples.batch_file.as_deref()))?;
    let regions = args.regions.into_iter().flat_map(|list| list.0).collect();
    let mut request = Saturate::new(&model, regions, outputs);
    request.regions_files = args.regions_file;
    let family_name = args.engine.engine.family_name(&model, args.format.model_name.as_ref())?;
    request.model = args.engine.choice(model);
    request.model.family_name = family_name;
    request.samples = args.samples.choice(loader_args)?;
    request.windows = args.place.choice(mode, Centering::Middle);
    request.scores = args.output_selection.choice(args.scores.selection()?)?;
    request.layout = args.format.layout();
    request.digits = args.format.digits;
    request.model_name = args.format.model_name;
    request.only_scored = args.format.only_scored.unwrap_or(false);
    request.fail_if_empty = args.fail_if_empty;
    Ok(request)
}
