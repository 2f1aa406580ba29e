//! The backends `keras`, `tensorflow` and `tensorflow2`: models of these frameworks in the form that tf2onnx gives them,
//! with the names and the axes that they had before.

use kipos_plugin_api::bind::Declared;
use kipos_plugin_api::{
    ArgSpec, Args, Backend, Conversion, EngineRelease, ModelDescription, ModelSource, Result, RuntimeOptions,
};

use crate::model::OnnxModel;
use crate::tensorflow::{Original, arguments, command};
use crate::{INPUTS, OUTPUTS};
use crate::{foreign, runtime};

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
        let file = arguments::file(args, &arguments::KERAS, &source.directory, command::of_kipoi)?;
        load(file, source, args, options, declared(args, source)?)
    }

    fn describe(source: &ModelSource, args: &Args, options: &RuntimeOptions) -> Result<ModelDescription> {
        describe(arguments::file(args, &arguments::KERAS, &source.directory, command::of_kipoi)?, source, args, options)
    }

    fn conversion(source: &ModelSource, args: &Args) -> Result<Option<Conversion>> {
        conversion(source, args, &arguments::KERAS, "a Keras model", command::of_kipoi)
    }

    fn engine_release(options: &RuntimeOptions) -> Result<Option<EngineRelease>> {
        runtime::release(options).map(Some)
    }
}

impl Backend for TensorFlow {
    const NAME: &'static str = "tensorflow";
    const DOC: &'static str = "graphs of TensorFlow as ONNX graphs, run by ONNX Runtime";
    const ARGS: &'static [ArgSpec] = &arguments::TENSORFLOW;
    type Model = OnnxModel;

    fn load(source: &ModelSource, args: &Args, options: &RuntimeOptions) -> Result<OnnxModel> {
        let file = arguments::file(args, &arguments::TENSORFLOW, &source.directory, command::of_checkpoint)?;
        let own = declared(args, source)?;
        let inputs = Declared::read("input_nodes", args, &source.inputs)?;
        let outputs = Declared::read("target_nodes", args, &source.targets)?;
        load(file, source, args, options, Original::new(own.inputs.or(inputs), own.outputs.or(outputs)))
    }

    fn describe(source: &ModelSource, args: &Args, options: &RuntimeOptions) -> Result<ModelDescription> {
        describe(
            arguments::file(args, &arguments::TENSORFLOW, &source.directory, command::of_checkpoint)?,
            source,
            args,
            options,
        )
    }

    fn conversion(source: &ModelSource, args: &Args) -> Result<Option<Conversion>> {
        conversion(source, args, &arguments::TENSORFLOW, "a checkpoint of TensorFlow 1", command::of_checkpoint)
    }

    fn engine_release(options: &RuntimeOptions) -> Result<Option<EngineRelease>> {
        runtime::release(options).map(Some)
    }
}

impl Backend for TensorFlow2 {
    const NAME: &'static str = "tensorflow2";
    const DOC: &'static str = "saved models of TensorFlow 2 as ONNX graphs, run by ONNX Runtime";
    const ARGS: &'static [ArgSpec] = &arguments::TENSORFLOW2;
    type Model = OnnxModel;

    fn load(source: &ModelSource, args: &Args, options: &RuntimeOptions) -> Result<OnnxModel> {
        let file = arguments::file(args, &arguments::TENSORFLOW2, &source.directory, command::of_kipoi)?;
        load(file, source, args, options, declared(args, source)?)
    }

    fn describe(source: &ModelSource, args: &Args, options: &RuntimeOptions) -> Result<ModelDescription> {
        describe(
            arguments::file(args, &arguments::TENSORFLOW2, &source.directory, command::of_kipoi)?,
            source,
            args,
            options,
        )
    }

    fn conversion(source: &ModelSource, args: &Args) -> Result<Option<Conversion>> {
        conversion(source, args, &arguments::TENSORFLOW2, "a saved model of TensorFlow 2", command::of_kipoi)
    }

    fn engine_release(options: &RuntimeOptions) -> Result<Option<EngineRelease>> {
        runtime::release(options).map(Some)
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
    options: &RuntimeOptions,
    original: Original,
) -> Result<OnnxModel> {
    let environment = runtime::of_model(args, options)?;
    OnnxModel::load(environment, &source.directory.join(file), source, options.clone(), original)
}

fn describe(file: &str, source: &ModelSource, args: &Args, options: &RuntimeOptions) -> Result<ModelDescription> {
    OnnxModel::describe(runtime::of_model(args, options)?, &source.directory.join(file))
}

/// How the model that the arguments of Kipoi's own backend describe becomes an ONNX file; with a file of its own, how that
/// does, if it is none.
fn conversion(
    source: &ModelSource,
    args: &Args,
    specs: &[ArgSpec],
    from: &str,
    command: impl Fn(&Args) -> String,
) -> Result<Option<Conversion>> {
    match (args.text("file"), arguments::original_of(args, specs)) {
        (Some(file), _) => foreign::conversion(&source.directory.join(file)),
        (None, Some(_)) if source.directory.join(command::FILE).is_file() => Ok(None),
        (None, Some(_)) => Ok(Some(Conversion::new(from, command(args), command::FILE))),
        (None, None) => arguments::file(args, specs, &source.directory, command).map(|_| None),
    }
}
