//! The backends `keras`, `tensorflow` and `tensorflow2`: models of these frameworks in the form that tf2onnx gives them,
//! with the names and the axes that they had before.

use kipos_plugin_api::{ArgSpec, Args, Backend, ModelSource, Result, RuntimeOptions};

use crate::model::OnnxModel;
use crate::names::Declared;
use crate::runtime;
use crate::tensorflow::{Original, arguments, command};
use crate::{INPUTS, OUTPUTS};

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
        load(file, source, args, *options, declared(args, source)?)
    }
}

impl Backend for TensorFlow {
    const NAME: &'static str = "tensorflow";
    const DOC: &'static str = "graphs of TensorFlow as ONNX graphs, run by ONNX Runtime";
    const ARGS: &'static [ArgSpec] = &arguments::TENSORFLOW;
    type Model = OnnxModel;

    fn load(source: &ModelSource, args: &Args, options: &RuntimeOptions) -> Result<OnnxModel> {
        let file = arguments::file(args, &arguments::TENSORFLOW, command::of_checkpoint)?;
        let own = declared(args, source)?;
        let inputs = Declared::read("input_nodes", args, &source.inputs)?;
        let outputs = Declared::read("target_nodes", args, &source.targets)?;
        load(file, source, args, *options, Original::new(own.inputs.or(inputs), own.outputs.or(outputs)))
    }
}

impl Backend for TensorFlow2 {
    const NAME: &'static str = "tensorflow2";
    const DOC: &'static str = "saved models of TensorFlow 2 as ONNX graphs, run by ONNX Runtime";
    const ARGS: &'static [ArgSpec] = &arguments::TENSORFLOW2;
    type Model = OnnxModel;

    fn load(source: &ModelSource, args: &Args, options: &RuntimeOptions) -> Result<OnnxModel> {
        let file = arguments::file(args, &arguments::TENSORFLOW2, command::of_saved_model)?;
        load(file, source, args, *options, declared(args, source)?)
    }
}

/// What `inputs` and `outputs` say.
fn declared(args: &Args, source: &ModelSource) -> Result<Original> {
    Ok(Original::new(
        Declared::read(INPUTS.name, args, &source.inputs)?,
        Declared::read(OUTPUTS.name, args, &source.targets)?,
    ))
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
