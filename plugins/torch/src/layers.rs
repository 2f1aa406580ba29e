//! Layers: their names, and where their values come out.

use kipos_plugin_api::bind::layer_aliases;
use kipos_plugin_api::{Bound, Layer, LayerInfo, LayerRequest, PluginError, Result, TensorSpec, Value};

use crate::description::Description;
use crate::outputs::Targets;
use crate::shapes::Shapes;

/// The output that holds all that a model returns.
pub const WHOLE: usize = 0;

/// The modules that a model calls.
#[derive(Debug, Clone)]
pub struct Layers {
    listed: Vec<Listed>,
    unreadable: Vec<(String, String)>,
    modules: Vec<String>,
    aliases: Vec<(String, String)>,
    /// The tensors that the model returns, with their names, if they are known.
    parts: Vec<String>,
    /// The output that holds the first of the parts.
    first_part: usize,
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
    /// What it is, in words, for messages.
    pub what: String,
    /// The outputs that hold its values.
    pub outputs: Vec<usize>,
    /// Whether it may hold fractions.
    pub is_float: bool,
}

impl Layers {
    /// Those of a file. `given` are further names: the argument `layers`.
    ///
    /// # Errors
    /// A further name for a layer that there is not.
    pub fn new(description: Description, given: Option<&Value>) -> Result<Self> {
        let mut listed: Vec<Listed> = Vec::new();
        let first_part = description.values.len() + 1;
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
        let layers = Self {
            listed,
            unreadable: description.unreadable,
            modules: description.modules,
            aliases: Vec::new(),
            parts: description.parts,
            first_part,
        };
        let aliases = layer_aliases(given, || layers.names().map(str::to_owned).collect())?;
        for (_, path) in &aliases {
            layers.named(path)?;
        }
        Ok(Self { aliases, ..layers })
    }

    /// What there is to list, with what is known of `shapes`.
    pub fn infos(&self, shapes: &Shapes) -> Vec<LayerInfo> {
        let info = |(index, layer): (usize, &Listed)| {
            LayerInfo::new(index, layer.name.clone(), layer.kind.clone())
                .with_scope(layer.name.rsplit_once('.').map_or(String::new(), |(scope, _)| scope.to_owned()))
                .with_shape(shapes.shared(layer.outputs.iter().map(|output| output - 1)))
                .with_differentiable(layer.is_float)
        };
        self.listed.iter().enumerate().map(info).collect()
    }

    /// The outputs that hold the targets, in their order; only [`WHOLE`] if what the model returns has no parts that are
    /// known before it runs.
    ///
    /// # Errors
    /// Parts that do not match the targets.
    pub fn of_targets(&self, targets: &Targets) -> Result<Vec<usize>> {
        Ok(match self.bound(targets)? {
            Some(bound) => bound.into_iter().map(|(part, _)| self.first_part + part).collect(),
            None => vec![WHOLE],
        })
    }

    /// The part that is each target, and how that is known; `None` as for [`WHOLE`].
    ///
    /// # Errors
    /// Parts that do not match the targets.
    fn bound(&self, targets: &Targets) -> Result<Option<Vec<(usize, Bound)>>> {
        if self.parts.is_empty() {
            return Ok(None);
        }
        let names: Vec<&str> = self.parts.iter().map(String::as_str).collect();
        targets.places(&names).map(Some)
    }

    /// What is known of the targets: the name of each, and how it was found.
    ///
    /// # Errors
    /// Parts that do not match the targets.
    pub fn specs(&self, targets: &Targets) -> Result<Vec<TensorSpec>> {
        let Some(bound) = self.bound(targets)? else {
            let spec = TensorSpec::default().with_bound(targets.bound_when_run());
            return Ok(vec![spec; targets.leaves.len()]);
        };
        let name = |part: usize| self.parts.get(part).filter(|name| !name.is_empty()).cloned();
        Ok(bound
            .into_iter()
            .map(|(part, bound)| TensorSpec::default().with_name(name(part)).with_bound(bound))
            .collect())
    }

    /// What a request stands for, in a model with these targets.
    ///
    /// # Errors
    /// A layer or call that there is not; the known are listed. Outputs that do not match the targets.
    pub fn resolve(&self, request: &LayerRequest, targets: &Targets) -> Result<Resolved> {
        let layer = match &request.layer {
            Layer::Final => {
                let mut outputs = self.of_targets(targets)?;
                let whole = outputs == [WHOLE];
                if let Some(call) = request.call.filter(|_| !whole) {
                    outputs = vec![*outputs.get(call).ok_or_else(|| no_output(call, outputs.len()))?];
                }
                let target = request.call.and_then(|call| targets.leaves.get(call));
                let what = target.map_or("the output".into(), |target| format!("output `{}`", target.name));
                return Ok(Resolved { what, outputs, is_float: true });
            }
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
        Ok(Resolved { what: format!("layer `{}`", layer.name), outputs, is_float: layer.is_float })
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
    pub fn any(&self) -> Result<()> {
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

/// The error for an output that there is not.
pub fn no_output(call: usize, count: usize) -> PluginError {
    PluginError::invalid_argument(format!("there is no output {call}: the model has {count}, from 0"))
}
