//! A loaded TorchScript file.

use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use kipos_plugin_api::bind;
use kipos_plugin_api::{
    Bound, DType, EngineProperties, ErrorKind, ModelDescription, ModelSource, PluginError, Result, RuntimeOptions,
    SchemaLeaf, Signature, Tensor, TensorSpec, TensorView, Value,
};

use crate::binding::Binding;
use crate::description::{Argument, ArgumentKind, Description};
use crate::ffi::{Program, Script};
use crate::file::{self, FileKind};
use crate::layers::{Layers, WHOLE};
use crate::outputs::Targets;
use crate::port::Port;
use crate::programs::Programs;
use crate::reason::reason;
use crate::shapes::Shapes;
use crate::{convert, device, outputs};

/// A loaded TorchScript file.
pub struct TorchModel {
    pub(crate) inputs: Vec<Port>,
    pub(crate) targets: Targets,
    /// What is known of them.
    target_specs: Vec<TensorSpec>,
    pub(crate) layers: Layers,
    pub(crate) programs: Programs,
    /// What gives the predictions.
    forward: Arc<Program>,
    /// Whether it gives all that the model returns, instead of the targets.
    is_whole: bool,
    pub(crate) device: tch::Device,
    /// What the host may do for its speed.
    pub(crate) engine: EngineProperties,
    /// The bytes of its file, which holds the weights as they are.
    pub(crate) file_bytes: Option<u64>,
    /// The shapes of the values of layers without the batch axis, as far as they are known; found when they are asked for.
    pub(crate) shapes: OnceLock<Shapes>,
}

fn invalid(message: String) -> PluginError {
    PluginError::new(ErrorKind::INVALID_MODEL, message)
}

fn unreadable(file: &Path, message: &str) -> PluginError {
    invalid(format!("{} cannot be read: {}", file.display(), reason(message)))
}

/// A file of a model with these inputs, checked before it is opened, and what it says of itself.
fn open(file: &Path, inputs: &[SchemaLeaf], options: &RuntimeOptions) -> Result<(Script, Description)> {
    let shown = file.display();
    if !file.is_file() {
        return Err(invalid(format!("no such file: {shown}; correct `args.file` in model.yaml")));
    }
    let kind = file::kind_of(file).map_err(|error| invalid(format!("cannot read {shown}: {error}")))?;
    if kind != FileKind::Script {
        return Err(invalid(format!("{shown} {}", file::advice(kind, file, inputs))));
    }
    kipos_torch_inspect::check(file, options.trust_model).map_err(|refusal| refusal.of_file(&shown))?;
    device::prepare(options)?;
    let script = Script::load(file, device::cuda(options.device))
        .map_err(|message| invalid(format!("{shown} {}: {}", file::advice(kind, file, inputs), reason(&message))))?;
    let description = script.describe().map_err(|message| unreadable(file, &message))?;
    Ok((script, Description::parse(&description)))
}

/// The type of the parameters, and so of inputs that hold fractions.
fn float_of(file: &Path, description: &Description) -> Result<DType> {
    match description.float.as_str() {
        "Float" => Ok(DType::F32),
        "Double" => Ok(DType::F64),
        other => {
            let (shown, other) = (file.display(), other.to_lowercase());
            Err(invalid(format!("the parameters of {shown} are {other}; save the model after model.float()")))
        }
    }
}

impl TorchModel {
    /// Loads a file that gives `targets`. `aliases` is the argument `layers`.
    ///
    /// # Errors
    /// A file that is absent or no TorchScript, arguments that are not the description's inputs, no such device.
    pub fn load(
        file: &Path,
        source: &ModelSource,
        targets: Targets,
        aliases: Option<&Value>,
        options: &RuntimeOptions,
    ) -> Result<Self> {
        let (script, description) = open(file, &source.inputs, options)?;
        let binding = Binding::new(&description.arguments, &source.inputs, source.input_structure)?;
        let float = float_of(file, &description)?;
        let ports = source.inputs.iter().enumerate().map(|(position, leaf)| {
            let argument = binding.argument_of(&description.arguments, position);
            let element = binding.element_of(position);
            let is_index = argument.is_some_and(|argument| argument.is_index)
                || element.is_some_and(|element| description.index_elements.contains(&element));
            let has_name = binding.is_by_name || argument.is_some_and(|argument| argument.name == leaf.name);
            Port {
                name: leaf.name.clone(),
                argument: argument.map(|argument| argument.name.clone()),
                dtype: if is_index { DType::I64 } else { float },
                shape: leaf.shape.clone(),
                bound: if has_name { Bound::ByName } else { Bound::ByPosition },
            }
        });
        let inputs = ports.collect();
        let script = Arc::new(script.bind(&binding).map_err(|message| unreadable(file, &message))?);
        let programs = Programs::new(script);
        let layers = Layers::new(description, aliases)?;
        // Where the parts of what the model returns are not known, what does not match is said when it runs.
        let wanted = layers.of_targets(&targets)?;
        let target_specs = layers.specs(&targets)?;
        let forward = programs.get(&wanted, false)?;
        Ok(Self {
            inputs,
            targets,
            target_specs,
            layers,
            programs,
            forward,
            is_whole: wanted == [WHOLE],
            device: device::of_tch(options.device),
            file_bytes: fs::metadata(file).ok().map(|file| file.len()),
            engine: EngineProperties::default().with_device(options.device),
            shapes: OnceLock::new(),
        })
    }

    /// The arguments of `forward` that have no default, and the tensors of what it returns, as far as that is known without a
    /// run; TorchScript keeps no shapes.
    ///
    /// # Errors
    /// A file that is absent or no TorchScript, or takes its inputs otherwise than as tensors.
    pub fn describe(file: &Path, options: &RuntimeOptions) -> Result<ModelDescription> {
        let (_, description) = open(file, &[], options)?;
        let float = float_of(file, &description)?;
        let required = || description.arguments.iter().filter(|argument| !argument.has_default);
        if let Some(other) = required().find(|argument| argument.kind != ArgumentKind::Tensor) {
            return Err(invalid(format!(
                "`{}`, which `forward` of {} takes, is not a tensor; describe the inputs in model.yaml yourself",
                other.name,
                file.display()
            )));
        }
        let input = |argument: &Argument| {
            let dtype = if argument.is_index { DType::I64 } else { float };
            TensorSpec::default().with_name(Some(argument.name.clone())).with_dtype(Some(dtype))
        };
        let part = |name: &String| TensorSpec::default().with_name(Some(name.clone()).filter(|name| !name.is_empty()));
        let mut outputs: Vec<TensorSpec> = description.parts.iter().map(part).collect();
        if outputs.is_empty() {
            outputs.push(TensorSpec::default());
        }
        Ok(ModelDescription::new(required().map(input).collect(), outputs))
    }

    /// What is known of inputs and outputs: TorchScript keeps no shapes.
    pub fn signature_of_file(&self) -> Signature {
        let input = |port: &Port| {
            TensorSpec::default().with_name(port.argument.clone()).with_dtype(Some(port.dtype)).with_bound(port.bound)
        };
        Signature::new(self.inputs.iter().map(input).collect(), self.target_specs.clone())
    }

    /// The predictions for a batch.
    ///
    /// # Errors
    /// Inputs or outputs that are not those of the description; a failure of LibTorch.
    pub fn run(&self, inputs: &[TensorView<'_>]) -> Result<Vec<Tensor>> {
        let (tensors, rows) = self.tensors(inputs)?;
        let found = self.forward.run(&tensors, false).map_err(|message| self.failed(&message, inputs))?;
        let tensors = match self.is_whole {
            true => self.targets.pair(&found)?,
            false => found.into_iter().map(|(_, tensor)| tensor).collect(),
        };
        tensors
            .iter()
            .zip(&self.targets.leaves)
            .map(|(tensor, target)| outputs::checked(tensor, target, rows))
            .collect()
    }

    /// The inputs as LibTorch reads them, and the number of rows. The tensors may lie in the memory of the views.
    pub(crate) fn tensors(&self, inputs: &[TensorView<'_>]) -> Result<(Vec<tch::Tensor>, usize)> {
        let names: Vec<&str> = self.inputs.iter().map(|port| port.name.as_str()).collect();
        let shape = |port: &Port| TensorSpec::default().with_shape(Some(port.shape.clone()));
        let described = Signature::new(self.inputs.iter().map(shape).collect(), Vec::new());
        let rows = bind::check_inputs(&described, &names, inputs)?;
        let tensor = |(port, view): (&Port, &TensorView<'_>)| {
            let kind = convert::kind_of(port.dtype).unwrap_or(tch::Kind::Float);
            convert::borrowed(&format!("input `{}`", port.name), view, kind, self.device)
        };
        Ok((self.inputs.iter().zip(inputs).map(tensor).collect::<Result<_>>()?, rows))
    }

    /// A failure while running, with the shapes that it ran on: LibTorch names those of its operations alone.
    pub(crate) fn failed(&self, message: &str, inputs: &[TensorView<'_>]) -> PluginError {
        let shapes = self.inputs.iter().zip(inputs).map(|(port, view)| format!("`{}` {:?}", port.name, view.shape()));
        let shapes = shapes.collect::<Vec<_>>().join(", ");
        PluginError::runtime(format!("the model fails on {shapes}: {}", reason(message)))
    }
}
