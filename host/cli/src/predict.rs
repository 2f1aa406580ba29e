//! `predict`: flags of both spellings over one request.

use std::path::PathBuf;

use kipos_plugin_api::Value;

use super::error::{CliResult, UsageError};
use super::loader_args::{LENGTH_ARG, add_loader_arg, loader_args};
use super::predict_args::{PredictArgs, SampleArgs};
use super::progress::{observed, report};
use kipos::plugin::PluginRegistry;
use kipos::prediction::{Activations, LayerKey, Predict};

/// `kipos predict`.
pub fn run(args: PredictArgs, model: PathBuf, registry: &PluginRegistry) -> CliResult {
    let mut request = samples(args.samples, model, args.output)?;
    request.keep_inputs = args.keep_inputs;
    request.keep_metadata = args.keep_metadata;
    let written: Vec<String> = request.outputs.iter().map(|path| path.display().to_string()).collect();
    let summary = match args.layer {
        None => observed("samples", |observe| request.run(registry, observe)),
        Some(layer) => {
            let mut request = Activations::new(request, LayerKey::Typed(layer));
            (request.call, request.pre_nonlinearity) = (args.call, args.pre_nonlinearity);
            observed("samples", |observe| request.run(registry, observe))
        }
    }?;
    report(&summary, &written)
}

/// The samples of a model, and the files for what is asked of them.
pub(super) fn samples(args: SampleArgs, model: PathBuf, outputs: Vec<PathBuf>) -> Result<Predict, UsageError> {
    let mut request = Predict::new(model, outputs);
    request.dataloader = args.dataloader;
    request.loader_args = loader_args(&args.dataloader_args)?;
    args.files.add_to(&mut request.loader_args)?;
    if let Some(length) = args.seq_length {
        add_loader_arg(&mut request.loader_args, LENGTH_ARG, Value::Int(length.into()), "--seq-length")?;
    }
    request.contig_map = args.contig_map;
    request.batch_file = args.batch_file;
    request.batch_size = args.engine.batch_size as usize;
    request.runtime = args.engine.runtime(request.runtime);
    request.edge = args.edge.into();
    request.column_order = args.column_order.into();
    Ok(request)
}
