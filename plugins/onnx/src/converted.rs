//! The backends `keras`, `tensorflow` and `tensorflow2`: models of these frameworks in the form that tf2onnx gives them,
//! with the names and the axes that they had before.

use kipos_plugin_api::{ArgSpec, Args, Backend, ModelSource, Result, RuntimeOptions};

use crate::model::OnnxModel;
use crate::runtime;
use crate::tensorflow::{Original, arguments, command, nodes};

/// Keras models.
pub struct Keras;

/// Graphs of TensorFlow 1.
pub struct TensorFlow;

/// Saved models of TensorFlow 2.
pub struct TensorFlow2;

impl Backend for Keras {
    const NAME: &'static str = "keras";
    const DOC: &'static str = "Keras models as ONNX graphs, run by ONNX Runtime";
    const ARGS: &'static [ArgSpec] = &arguments::KERAS;
    type Model = OnnxModel;

    fn load(source: &ModelSource, args: &Args, options: &RuntimeOptions) -> Result<OnnxModel> {
        let file = arguments::file(args, &arguments::KERAS, command::of_keras)?;
        load(file, source, args, *options, Original::new(None, None))
    }
}

impl Backend for TensorFlow {
    const NAME: &'static str = "tensorflow";
    const DOC: &'static str = "graphs of TensorFlow as ONNX graphs, run by ONNX Runtime";
    const ARGS: &'static [ArgSpec] = &arguments::TENSORFLOW;
    type Model = OnnxModel;

    fn load(source: &ModelSource, args: &Args, options: &RuntimeOptions) -> Result<OnnxModel> {
        let file = arguments::file(args, &arguments::TENSORFLOW, command::of_checkpoint)?;
        let inputs = nodes::per_array("input_nodes", args.get("input_nodes"), &source.inputs)?;
        let targets = nodes::per_array("target_nodes", args.get("target_nodes"), &source.targets)?;
        load(file, source, args, *options, Original::new(inputs, targets))
    }
}

impl Backend for TensorFlow2 {
    const NAME: &'static str = "tensorflow2";
    const DOC: &'static str = "saved models of TensorFlow 2 as ONNX graphs, run by ONNX Runtime";
    const ARGS: &'static [ArgSpec] = &arguments::TENSORFLOW2;
    type Model = OnnxModel;

    fn load(source: &ModelSource, args: &Args, options: &RuntimeOptions) -> Result<OnnxModel> {
        let file = arguments::file(args, &arguments::TENSORFLOW2, command::of_saved_model)?;
        load(file, source, args, *options, Original::new(None, None))
    }
}

fn load(
    file: &str,
    source: &ModelSource,
    args: &Args,
    options: RuntimeOptions,
    original: Original,
) -> Result<OnnxModel> {
    let environment = runtime::environment(args.text("runtime").map(|path| source.directory.join(path)))?;
    OnnxModel::load(environment, &source.directory.join(file), source, options, original)
}
