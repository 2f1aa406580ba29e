//! The backend `pytorch`: TorchScript files, run by LibTorch.
#![deny(unsafe_code)]

mod activations;
mod binding;
mod convert;
mod description;
mod device;
#[allow(unsafe_code)]
mod ffi;
mod file;
mod gradients;
mod kipoi;
mod layers;
mod model;
mod outputs;
mod port;
mod programs;
mod reason;
mod release;
mod shapes;
mod trace;

use kipos_plugin_api::{
    ArgDefault, ArgKind, ArgSpec, Args, Backend, Calls, Capabilities, EngineProperties, EngineRelease, GradientRequest,
    Gradients, LayerInfo, LayerQuery, LayerRequest, Model, ModelDescription, ModelSource, PluginError, Result,
    RuntimeOptions, Signature, Tensor, TensorView, export_plugin,
};

use model::TorchModel;
use outputs::Targets;

const FILE: ArgSpec = ArgSpec::new(
    "file",
    ArgKind::String,
    ArgDefault::Absent,
    "the TorchScript file, relative to the directory of model.yaml",
);
const LAYERS: ArgSpec = ArgSpec::new(
    "layers",
    ArgKind::Map,
    ArgDefault::Absent,
    "further names for layers: a map to their paths, or to their numbers in `kipos model layers`",
);
const OUTPUTS: ArgSpec = ArgSpec::new(
    "outputs",
    ArgKind::Any,
    ArgDefault::Absent,
    "where each target is in what the model returns: its place, counted from 0, or its key; a map by the names of the \
     targets, or a list in the order of `schema.targets`",
);

/// The backend.
pub struct PyTorch;

impl Backend for PyTorch {
    const NAME: &'static str = "pytorch";
    const DOC: &'static str = "TorchScript files, run by LibTorch";
    const ARGS: &'static [ArgSpec] = &kipoi::with_original_arguments([FILE, LAYERS, OUTPUTS]);
    type Model = TorchModel;

    fn load(source: &ModelSource, args: &Args, options: &RuntimeOptions) -> Result<TorchModel> {
        let file = kipoi::file(args, source)?;
        if let Some(library) = &options.engine_library {
            return Err(PluginError::unsupported(format!(
                "the pytorch backend is linked to its LibTorch and cannot use {}; build the plugin with LIBTORCH set to \
                 another one",
                library.display()
            )));
        }
        let targets = Targets::new(source.targets.clone(), source.target_structure, args.get(OUTPUTS.name))?;
        TorchModel::load(&source.directory.join(file), source, targets, args.get(LAYERS.name), options)
    }

    fn engine_release(_: &RuntimeOptions) -> Result<Option<EngineRelease>> {
        release::release().map(Some)
    }

    fn describe(source: &ModelSource, args: &Args, options: &RuntimeOptions) -> Result<ModelDescription> {
        TorchModel::describe(&source.directory.join(kipoi::file(args, source)?), options)
    }
}

impl Model for TorchModel {
    fn signature(&self) -> Signature {
        self.signature_of_file()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default().with_layers(true).with_gradients(true)
    }

    fn engine(&self) -> EngineProperties {
        self.engine.clone()
    }

    fn memory_bytes(&self) -> Option<u64> {
        self.file_bytes
    }

    fn predict(&self, inputs: &[TensorView<'_>]) -> Result<Vec<Tensor>> {
        self.run(inputs)
    }

    fn layers(&self, query: &LayerQuery) -> Result<Vec<LayerInfo>> {
        self.listing(query)
    }

    fn activations(&self, inputs: &[TensorView<'_>], request: &LayerRequest) -> Result<Calls> {
        self.values_of(inputs, request)
    }

    fn input_gradients(&self, inputs: &[TensorView<'_>], request: &GradientRequest) -> Result<Gradients> {
        self.gradients_of(inputs, request)
    }
}

export_plugin! { name: "torch", backends: [PyTorch] }

#[cfg(test)]
mod tests;
