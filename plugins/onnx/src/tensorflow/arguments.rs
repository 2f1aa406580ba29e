//! The arguments of these backends: those of `onnx`, and those of Kipoi's own backends, which ran Python.

use std::path::Path;

use kipos_plugin_api::{ArgDefault, ArgKind, ArgSpec, Args, PluginError, Result};

use crate::tensorflow::command;
use crate::{INPUTS, LAYERS, OUTPUTS, RUNTIME};

const FILE: ArgSpec = ArgSpec::new(
    "file",
    ArgKind::String,
    ArgDefault::Absent,
    "the ONNX file that tf2onnx made of the model, relative to the directory of model.yaml",
);

/// Where the arguments of Kipoi begin in each of the lists.
const OWN: usize = 5;

const fn original(name: &'static str, kind: ArgKind) -> ArgSpec {
    const DOC: &str = "of Kipoi's Python backend; without an ONNX file, the error says how to make it";
    ArgSpec::new(name, kind, ArgDefault::Absent, DOC)
}

const fn nodes(name: &'static str, doc: &'static str) -> ArgSpec {
    ArgSpec::new(name, ArgKind::Any, ArgDefault::Absent, doc)
}

/// Of `keras`.
pub const KERAS: [ArgSpec; 10] = [
    FILE,
    RUNTIME,
    LAYERS,
    INPUTS,
    OUTPUTS,
    original("weights", ArgKind::String),
    original("arch", ArgKind::String),
    original("custom_objects", ArgKind::String),
    original("backend", ArgKind::String),
    original("image_dim_ordering", ArgKind::String),
];

/// Of `tensorflow`.
pub const TENSORFLOW: [ArgSpec; 9] = [
    FILE,
    RUNTIME,
    LAYERS,
    INPUTS,
    OUTPUTS,
    original("checkpoint_path", ArgKind::Any),
    original("const_feed_dict_pkl", ArgKind::String),
    nodes("input_nodes", "the operations that are fed: one, a list or a map, as `schema.inputs`"),
    nodes("target_nodes", "the operations that are fetched: one, a list or a map, as `schema.targets`"),
];

/// Of `tensorflow2`.
pub const TENSORFLOW2: [ArgSpec; 6] =
    [FILE, RUNTIME, LAYERS, INPUTS, OUTPUTS, original("savedmodel_path", ArgKind::Any)];

/// The argument of Kipoi's own backend that is given, if one is.
pub fn original_of<'a>(args: &Args, specs: &'a [ArgSpec]) -> Option<&'a ArgSpec> {
    specs.iter().skip(OWN).find(|spec| args.get(spec.name).is_some())
}

/// The ONNX file: that of the argument `file`; or, where the arguments describe the model for Kipoi, what a conversion has
/// put beside model.yaml.
///
/// # Errors
/// There is none. If the arguments describe the model for Kipoi, the message holds the command that makes the file.
pub fn file<'a>(
    args: &'a Args,
    specs: &[ArgSpec],
    directory: &Path,
    command: impl FnOnce(&Args) -> String,
) -> Result<&'a str> {
    if let Some(file) = args.text(FILE.name) {
        return Ok(file);
    }
    let original = original_of(args, specs);
    if original.is_some() && directory.join(command::FILE).is_file() {
        return Ok(command::FILE);
    }
    Err(PluginError::invalid_argument(match original {
        Some(spec) => format!(
            "argument `{}` is of Kipoi's Python backend, and this one runs ONNX files; in the directory of model.yaml \
             run: {}",
            spec.name,
            command(args)
        ),
        None => "argument `file` is required: the ONNX file that tf2onnx made of the model".into(),
    }))
}
