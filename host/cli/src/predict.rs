//! `predict`: flags of both spellings over one request.

use std::path::PathBuf;

use kipos_plugin_api::Value;

use super::environment;
use super::error::{CliResult, UsageError};
use super::loader_args::{LENGTH_ARG, add_loader_arg, loader_args};
use super::predict_args::{PredictArgs, SampleArgs};
use super::progress::{observed, report};
use super::stopping::stop;
use kipos::{Activations, LayerKey, ModelChoice, PluginRegistry, Predict, PredictionOptions, SampleChoice};

/// `kipos predict`.
pub fn run(args: PredictArgs, model: PathBuf, registry: &PluginRegistry) -> CliResult {
    let written: Vec<String> = args.output.iter().map(|path| path.display().to_string()).collect();
    let mut options = PredictionOptions::default();
    (options.keep_inputs, options.keep_metadata) = (args.keep_inputs, args.keep_metadata);
    options.column_order = args.samples.column_order.into();
    let fasta = environment::fasta(args.samples.batch_file.as_deref());
    let (model, samples) = choices(args.samples, model, fasta)?;
    let summary = match args.layer {
        None => {
            let mut request = Predict::new(&model.directory, args.output);
            (request.model, request.samples, request.options) = (model, samples, options);
            request.stop = stop();
            observed("samples", |observe| request.run(registry, observe))
        }
        Some(layer) => {
            let mut request = Activations::new(&model.directory, args.output, LayerKey::Typed(layer));
            (request.model, request.samples, request.options) = (model, samples, options);
            request.stop = stop();
            (request.call, request.pre_nonlinearity) = (args.call, args.pre_nonlinearity);
            observed("samples", |observe| request.run(registry, observe))
        }
    }?;
    report(&summary, &written)
}

/// The model and its samples, of the genome `fasta` if the arguments name no other.
pub(super) fn choices(
    args: SampleArgs,
    model: PathBuf,
    fasta: Option<PathBuf>,
) -> Result<(ModelChoice, SampleChoice), UsageError> {
    let mut model = args.engine.choice(model);
    model.dataloader = args.dataloader;
    let mut samples = SampleChoice::new(args.edge.into());
    samples.loader_args = loader_args(&args.dataloader_args)?;
    args.files.add_to(&mut samples.loader_args, fasta)?;
    if let Some(length) = args.seq_length {
        add_loader_arg(&mut samples.loader_args, LENGTH_ARG, Value::Int(length.into()), "--seq-length")?;
    }
    samples.contig_map = args.contig_map;
    samples.batch_file = args.batch_file;
    samples.regions = args.regions.into_iter().flat_map(|list| list.0).collect();
    Ok((model, samples))
}
