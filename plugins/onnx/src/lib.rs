//! The backend `onnx`: ONNX graphs, run by ONNX Runtime, which is found and opened at run time.

mod activations;
mod cache;
mod converted;
mod edits;
mod engine;
mod foreign;
mod forms;
mod gradients;
mod imprecise;
mod listing;
mod loaded_library;
mod lone_row;
mod model;
mod one_row;
mod port;
mod predict;
mod probe;
mod problem;
mod row_rounding;
mod rows_apart;
mod runtime;
mod search;
mod sessions;
mod tensorflow;
mod weights;
mod widening;

use std::path::PathBuf;

use kipos_plugin_api::bind::Declared;
use kipos_plugin_api::{
    ArgDefault, ArgKind, ArgSpec, Args, Backend, Calls, Capabilities, Conversion, EditPlan, EditedOutputs, Edits,
    EngineRelease, GradientRequest, Gradients, LayerInfo, LayerQuery, LayerRequest, Model, ModelDescription,
    ModelSource, Result, RowIndependence, RuntimeOptions, Signature, Tensor, TensorView, export_plugin,
};

use converted::{Keras, TensorFlow, TensorFlow2};
use forms::GraphForms;
use model::OnnxModel;
use tensorflow::Original;

const FILE: ArgSpec = ArgSpec::new(
    "file",
    ArgKind::String,
    ArgDefault::Required,
    "the ONNX file, relative to the directory of model.yaml",
);
const RUNTIME: ArgSpec = ArgSpec::new(
    "runtime",
    ArgKind::Any,
    ArgDefault::Absent,
    "refused, as the files of a model name no native code: --engine-library or KIPOS_ONNXRUNTIME names the ONNX Runtime",
);

const LAYERS: ArgSpec = ArgSpec::new(
    "layers",
    ArgKind::Map,
    ArgDefault::Absent,
    "names for layers, each with the name that the layer has in the graph, or its number in `kipos model layers`",
);

const INPUTS: ArgSpec = ArgSpec::new(
    "inputs",
    ArgKind::Any,
    ArgDefault::Absent,
    "the graph's name of each input: a list in the order of `schema.inputs`, or a map by their names",
);
const OUTPUTS: ArgSpec = ArgSpec::new(
    "outputs",
    ArgKind::Any,
    ArgDefault::Absent,
    "the graph's name of each target: a list in the order of `schema.targets`, or a map by their names",
);

/// The backend.
pub struct Onnx;

impl Backend for Onnx {
    const NAME: &'static str = "onnx";
    const DOC: &'static str = "ONNX graphs, run by ONNX Runtime";
    const ARGS: &'static [ArgSpec] = &[FILE, RUNTIME, LAYERS, INPUTS, OUTPUTS];
    type Model = OnnxModel;

    fn load(source: &ModelSource, args: &Args, options: &RuntimeOptions) -> Result<OnnxModel> {
        let environment = runtime::of_model(args, options)?;
        let original = Original {
            inputs: Declared::read(INPUTS.name, args, &source.inputs)?,
            outputs: Declared::read(OUTPUTS.name, args, &source.targets)?,
            ..Original::default()
        };
        OnnxModel::load(environment, &file(source, args), source, options.clone(), original)
    }

    fn describe(source: &ModelSource, args: &Args, options: &RuntimeOptions) -> Result<ModelDescription> {
        OnnxModel::describe(runtime::of_model(args, options)?, &file(source, args))
    }

    fn conversion(source: &ModelSource, args: &Args) -> Result<Option<Conversion>> {
        foreign::conversion(&file(source, args))
    }

    fn engine_release(options: &RuntimeOptions) -> Result<Option<EngineRelease>> {
        runtime::release(options).map(Some)
    }
}

/// The graph that the arguments name, which the host has checked.
fn file(source: &ModelSource, args: &Args) -> PathBuf {
    source.directory.join(args.text(FILE.name).unwrap_or_default())
}

impl Model for OnnxModel {
    fn signature(&self) -> Signature {
        self.signature_of_graph()
    }

    fn predict(&self, inputs: &[TensorView<'_>]) -> Result<Vec<Tensor>> {
        self.run(inputs)
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default().with_layers(true).with_gradients(true).with_edits(self.plan_of_edits().supported)
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    fn files(&self) -> Vec<PathBuf> {
        self.sessions.files()
    }

    fn memory_bytes(&self) -> Option<u64> {
        self.sessions.forms().ok().map(GraphForms::weight_bytes)
    }

    fn independent_rows(&self) -> Result<RowIndependence> {
        Ok(self.rows_of_outputs())
    }

    fn layers(&self, query: &LayerQuery) -> Result<Vec<LayerInfo>> {
        self.list_layers(query)
    }

    fn activations(&self, inputs: &[TensorView<'_>], request: &LayerRequest) -> Result<Calls> {
        self.activations_of(inputs, request)
    }

    fn input_gradients(&self, inputs: &[TensorView<'_>], request: &GradientRequest) -> Result<Gradients> {
        self.gradients_of(inputs, request)
    }

    fn edit_plan(&self) -> Result<EditPlan> {
        Ok(self.plan_of_edits().clone())
    }

    fn predict_edits(&self, inputs: &[TensorView<'_>], edits: &Edits) -> Result<EditedOutputs> {
        self.run_edits(inputs, edits)
    }
}

export_plugin! { name: "onnx", backends: [Onnx, Keras, TensorFlow, TensorFlow2] }

#[cfg(test)]
mod tests;
