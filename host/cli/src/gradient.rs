//! `gradient`: flags of both spellings over one request.

use std::path::PathBuf;

use super::environment;
use super::error::{CliResult, UsageError};
use super::gradient_args::GradientArgs;
use super::predict::choices;
use super::reporter::Reporter;
use super::stopping::stop;
use kipos::{Gradient, GradientOf, LayerKey, PluginRegistry, TaskKey};

/// `kipos gradient`.
pub fn run(args: GradientArgs, model: PathBuf, registry: &PluginRegistry, reporter: &mut Reporter) -> CliResult {
    let request = request(args, model)?;
    let written: Vec<String> = request.outputs.iter().map(|path| path.display().to_string()).collect();
    let summary = reporter.observed("samples", |observe| request.run(registry, observe))?;
    reporter.done(&summary, &written);
    Ok(())
}

/// `postproc grad` and `interpret grad`, which know no default layer.
pub fn run_kipoi(args: GradientArgs, model: PathBuf, registry: &PluginRegistry, reporter: &mut Reporter) -> CliResult {
    if args.layer.is_none() && !args.final_layer {
        return Err(UsageError::from("say what is differentiated: --layer LAYER or --final_layer").into());
    }
    run(args, model, registry, reporter)
}

fn request(args: GradientArgs, model: PathBuf) -> Result<Gradient, UsageError> {
    let column_order = args.samples.column_order.into();
    let fasta = environment::fasta(args.samples.batch_file.as_deref());
    let (model, samples) = choices(args.samples, model, fasta)?;
    let mut request = Gradient::new(&model.directory, args.output);
    (request.model, request.samples) = (model, samples);
    request.column_order = column_order;
    request.stop = stop();
    request.target.of = match args.layer {
        Some(layer) => GradientOf::Layer { layer: LayerKey::Typed(layer), call: args.call },
        None => GradientOf::Output(args.output_name),
    };
    request.target.pre_nonlinearity = args.pre_nonlinearity;
    request.target.filter = args.filter.map(|filter| filter.0).unwrap_or_default();
    request.target.tasks = args.tasks.into_iter().map(TaskKey::Typed).collect();
    request.target.reduce = args.reduce.into();
    request.wrt = args.wrt;
    request.check = args.check_gradient;
    Ok(request)
}
