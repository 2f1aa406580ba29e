//! The layers of a model.

use kipos_plugin_api::{LayerInfo, LayerQuery, RuntimeOptions};

use super::PredictionError;
use super::layer::LayerError;
use crate::model::load_graph;
use crate::plugin::PluginRegistry;
use crate::spec::ModelDir;

/// The layers of a model that can be asked for, in the order of its graph.
///
/// # Errors
/// A model that cannot be loaded, or a backend that does not show layers.
pub fn layers(
    directory: &ModelDir,
    registry: &PluginRegistry,
    runtime: RuntimeOptions,
) -> Result<Vec<LayerInfo>, PredictionError> {
    let model = load_graph(directory, registry, runtime)?;
    let listed =
        || if model.capabilities()?.layers { model.layers(&LayerQuery::default()).map(Some) } else { Ok(None) };
    listed().map_err(LayerError::from)?.ok_or_else(|| {
        let (backend, plugin) = (directory.model().type_.clone(), model.plugin().to_owned());
        LayerError::NoLayers { backend, plugin }.into()
    })
}
