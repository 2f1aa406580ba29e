//! Layers: their names, and their values for a batch.

use kipos_plugin_api::{Calls, Layer, LayerInfo, LayerRequest, PluginError, Result, TensorView, Value};

use crate::description::Description;
use crate::model::TorchModel;
use crate::{convert, outputs};

/// The modules that a model calls.
#[derive(Debug, Clone)]
pub struct Layers {
    listed: Vec<Listed>,
    unreadable: Vec<(String, String)>,
    modules: Vec<String>,
    aliases: Vec<(String, String)>,
}

/// A module whose value can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Listed {
    name: String,
    kind: String,
    is_float: bool,
    /// The outputs that hold the values of its calls, in the order of the calls.
    outputs: Vec<usize>,
}

/// What a request stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// Its name, for messages.
    pub name: String,
    /// The outputs that hold its values.
    pub outputs: Vec<usize>,
    /// Whether it may hold fractions.
    pub is_float: bool,
}

/// The argument `layers`: names, and the paths that they stand for.
///
/// # Errors
/// A path that is no text.
pub fn aliases(given: Option<&Value>) -> Result<Vec<(String, String)>> {
    let Some(Value::Map(entries)) = given else { return Ok(Vec::new()) };
    let alias = |(name, path): &(String, Value)| match path {
        Value::String(path) => Ok((name.clone(), path.clone())),
        // `3` is a path in an nn.Sequential.
        Value::Int(path) => Ok((name.clone(), path.to_string())),
        other => Err(PluginError::invalid_argument(format!(
            "argument `layers`: `{name}` must be the path of a layer, found {other}"
        ))),
    };
    entries.iter().map(alias).collect()
}

impl Layers {
    /// Those of a file.
    ///
    /// # Errors
    /// A further name for a layer that there is not.
    pub fn new(description: Description, aliases: Vec<(String, String)>) -> Result<Self> {
        let mut listed: Vec<Listed> = Vec::new();
        for (position, value) in description.values.into_iter().enumerate() {
            let output = position + 1;
            match listed.iter_mut().find(|layer| layer.name == value.path) {
                Some(layer) => layer.outputs.push(output),
                None => listed.push(Listed {
                    name: value.path,
                    kind: value.kind,
                    is_float: value.is_float,
                    outputs: vec![output],
                }),
            }
        }
        let layers =
            Self { listed, unreadable: description.unreadable, modules: description.modules, aliases: Vec::new() };
        for (_, path) in &aliases {
            layers.named(path)?;
        }
        Ok(Self { aliases, ..layers })
    }

    fn infos(&self) -> Vec<LayerInfo> {
        let info = |(index, layer): (usize, &Listed)| LayerInfo {
            index,
            name: layer.name.clone(),
            scope: layer.name.rsplit_once('.').map_or(String::new(), |(scope, _)| scope.to_owned()),
            op: layer.kind.clone(),
            shape: None,
            differentiable: layer.is_float,
        };
        self.listed.iter().enumerate().map(info).collect()
    }

    /// # Errors
    /// A layer or call that there is not; the known are listed.
    pub fn resolve(&self, request: &LayerRequest) -> Result<Resolved> {
        let layer = match &request.layer {
            Layer::Final => return Ok(Resolved { name: "the output".into(), outputs: vec![0], is_float: true }),
            Layer::Name(name) => {
                let alias = self.aliases.iter().find(|(alias, _)| alias == name);
                self.named(alias.map_or(name, |(_, path)| path))?
            }
            Layer::Index(index) => self.listed.get(*index).ok_or_else(|| {
                let count = self.listed.len();
                PluginError::invalid_argument(format!("there is no layer {index}: the model has {count}, from 0"))
            })?,
        };
        let outputs = match request.call {
            None => layer.outputs.clone(),
            Some(call) => vec![*layer.outputs.get(call).ok_or_else(|| {
                let (name, calls) = (&layer.name, layer.outputs.len());
                PluginError::invalid_argument(format!("layer `{name}` has no call {call}: it has {calls}, from 0"))
            })?],
        };
        Ok(Resolved { name: layer.name.clone(), outputs, is_float: layer.is_float })
    }

    fn named(&self, name: &str) -> Result<&Listed> {
        if let Some(layer) = self.listed.iter().find(|layer| layer.name == name) {
            return Ok(layer);
        }
        if let Some((_, reason)) = self.unreadable.iter().find(|(path, _)| path == name) {
            return Err(PluginError::unsupported(format!("the value of layer `{name}` cannot be read: {reason}")));
        }
        let parts = format!("{name}[");
        let parts = self.names().filter(|known| known.starts_with(&parts)).collect::<Vec<_>>();
        if !parts.is_empty() {
            let parts = parts.join(", ");
            return Err(PluginError::invalid_argument(format!(
                "layer `{name}` gives several tensors; name one of {parts}"
            )));
        }
        self.any()?;
        let known = self.names().collect::<Vec<_>>().join(", ");
        let what = match self.modules.iter().any(|module| module == name) {
            true => format!("the model never calls its module `{name}`"),
            false => format!("unknown layer `{name}`"),
        };
        Err(PluginError::invalid_argument(format!("{what} (known: {known})")))
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.listed.iter().map(|layer| layer.name.as_str())
    }

    /// # Errors
    /// No layer at all.
    fn any(&self) -> Result<()> {
        if !self.listed.is_empty() {
            return Ok(());
        }
        Err(PluginError::unsupported(match self.unreadable.first() {
            Some((name, reason)) => {
                format!("no layer of this model can be read; `{name}`, for one: {reason}")
            }
            None => "this file has no modules left inside (torch.jit.freeze and torch.jit.optimize_for_inference \
                     remove them); save the model without these to see its layers"
                .into(),
        }))
    }
}

impl TorchModel {
    /// # Errors
    /// A file without modules inside.
    pub fn listing(&self) -> Result<Vec<LayerInfo>> {
        self.layers.any()?;
        Ok(self.layers.infos())
    }

    /// The values of a layer, one per call.
    ///
    /// # Errors
    /// An unknown layer or call, no nonlinearity where one is asked for, a value without one row per sample, a failure
    /// of LibTorch.
    pub fn values_of(&self, inputs: &[TensorView<'_>], request: &LayerRequest) -> Result<Calls> {
        let layer = self.layers.resolve(request)?;
        let program = self.programs.get(&layer.outputs, request.pre_nonlinearity)?;
        let (tensors, rows) = self.tensors(inputs)?;
        let found = program.run(&tensors, false).map_err(|message| self.failed(&message, inputs))?;
        let value = |(_, tensor): &(String, tch::Tensor)| {
            let value = convert::owned(&layer.name, tensor)?;
            outputs::check_rows(&format!("layer `{}`", layer.name), value.shape(), rows)?;
            Ok(value)
        };
        Ok(Calls(self.asked(request, found)?.iter().map(value).collect::<Result<_>>()?))
    }

    /// Of what a program gave, the calls that were asked for. The outputs of a model, which a single program gives
    /// together, are the calls of its final layer, in the order of the targets.
    ///
    /// # Errors
    /// Outputs that are not the targets; an output that there is not.
    pub(crate) fn asked(
        &self,
        request: &LayerRequest,
        found: Vec<(String, tch::Tensor)>,
    ) -> Result<Vec<(String, tch::Tensor)>> {
        if request.layer != Layer::Final {
            return Ok(found);
        }
        let mut outputs = match found.len() {
            1 => found,
            _ => outputs::pair(&found, &self.targets)?
                .into_iter()
                .zip(&self.targets)
                .map(|(tensor, target)| (target.name.clone(), tensor.shallow_clone()))
                .collect(),
        };
        match request.call {
            None => Ok(outputs),
            Some(call) if call < outputs.len() => Ok(vec![outputs.swap_remove(call)]),
            Some(call) => Err(PluginError::invalid_argument(format!(
                "there is no output {call}: the model has {}, from 0",
                outputs.len()
            ))),
        }
    }
}
