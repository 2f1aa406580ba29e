//! The layers of a model.

use kipos_plugin_api::{EditPlan, LayerInfo, LayerQuery, RuntimeOptions, Signature};

use super::PredictionError;
use super::layer::LayerError;
use crate::description::ModelDir;
use crate::internal::caught;
use crate::model::{ModelError, check_rows_apart, load_graph};
use crate::plugin::PluginRegistry;

/// The layers of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerListing {
    /// What the backend wants the user to know of the model, one sentence each.
    pub notes: Vec<String>,
    /// Those that can be asked for, in the order of its graph.
    pub layers: Vec<LayerInfo>,
    /// Whether the backend evaluates edits of the model, and at what cost.
    pub edits: EditPlan,
    /// Whether shapes and gradients are not known because the model takes inputs of any length, and none of those tried
    /// worked.
    pub needs_length: bool,
}

/// The layers of a model, for inputs of `length` where it takes any.
///
/// # Errors
/// A model that cannot be loaded, or whose samples depend on each other; a backend that does not show layers; a length
/// that the model does not take.
pub fn list_layers(
    directory: &ModelDir,
    registry: &PluginRegistry,
    runtime: RuntimeOptions,
    length: Option<usize>,
) -> Result<LayerListing, PredictionError> {
    caught(|| list(directory, registry, runtime, length))?
}

fn list(
    directory: &ModelDir,
    registry: &PluginRegistry,
    runtime: RuntimeOptions,
    length: Option<usize>,
) -> Result<LayerListing, PredictionError> {
    let model = load_graph(directory, registry, &runtime, None)?;
    check_rows_apart(directory, &model, length, registry)?;
    let described: Vec<_> = directory.model().inputs.iter().map(|input| input.shape.to_vec()).collect();
    let open = open_inputs(&described, model.signature());
    if length.is_some() && !open.contains(&true) {
        return Err(LayerError::FixedLength { model: directory.model().name.clone() }.into());
    }
    model.check_layers().map_err(LayerError::from)?;
    if !model.capabilities().map_err(LayerError::from)?.layers {
        let (backend, plugin) = (directory.model().type_.clone(), model.plugin().to_owned());
        return Err(LayerError::NoLayers { backend, plugin }.into());
    }
    let query = LayerQuery::new(lengths(directory, &open, length));
    let layers = model.layers(&query).map_err(LayerError::from)?;
    let unknown = layers.iter().all(|layer| layer.shape.is_none() && !layer.differentiable);
    let notes = model.notes().map_err(ModelError::from)?;
    let edits = model.edit_plan().map_err(ModelError::from)?;
    Ok(LayerListing { notes, edits, needs_length: length.is_none() && open.contains(&true) && unknown, layers })
}

/// Which inputs have an axis whose length neither the description nor the graph tells.
fn open_inputs(described: &[Vec<Option<usize>>], signature: &Signature) -> Vec<bool> {
    let open = |(index, shape): (usize, &Vec<Option<usize>>)| {
        let graph = signature.inputs.get(index).and_then(|graph| graph.shape.clone());
        let told = |axis: usize| graph.as_ref().is_some_and(|shape| shape.get(axis).copied().flatten().is_some());
        shape.iter().enumerate().any(|(axis, length)| length.is_none() && !told(axis))
    };
    described.iter().enumerate().map(open).collect()
}

/// The length of every input that may have any: of DNA, if it is known which inputs hold it, or else of all.
fn lengths(directory: &ModelDir, open: &[bool], length: Option<usize>) -> Vec<Option<usize>> {
    let dna: Vec<usize> = directory.dna_inputs().into_iter().map(|input| input.index).collect();
    let is_meant = |input: usize| open[input] && (dna.contains(&input) || !dna.iter().any(|&dna| open[dna]));
    (0..open.len()).map(|input| length.filter(|_| is_meant(input))).collect()
}

#[cfg(test)]
mod tests {
    use kipos_plugin_api::TensorSpec;

    use super::*;

    #[test]
    fn an_input_is_open_where_nothing_tells_its_length() {
        let signature = |shape: Option<Vec<Option<usize>>>| {
            Signature::new(vec![TensorSpec::default().with_shape(shape)], Vec::new())
        };
        let open = |described: Vec<Option<usize>>, graph| open_inputs(&[described], &signature(graph));
        assert_eq!(open(vec![None, Some(4)], None), [true]);
        assert_eq!(open(vec![None, Some(4)], Some(vec![None, Some(4)])), [true]);
        assert_eq!(open(vec![None, Some(4)], Some(vec![Some(9), Some(4)])), [false]);
        assert_eq!(open(vec![Some(9), Some(4)], None), [false]);
    }
}
