//! Which layer a request means.

use std::fmt;

use kipos_plugin_api::{DType, Layer};
use thiserror::Error;

use crate::plugin::{PluginModel, PluginRoomError};
use crate::spec::Shape;

/// How a layer is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayerKey {
    /// As a person types it: the name of a layer, or else its number in the listing; -1 is the last.
    Typed(String),
    /// By name, even if that looks like a number.
    Name(String),
    /// By its number in the listing, from 0.
    Index(usize),
}

impl fmt::Display for LayerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Typed(text) | Self::Name(text) => f.write_str(text),
            Self::Index(index) => write!(f, "{index}"),
        }
    }
}

impl LayerKey {
    /// The layer as the backend is asked for it. Names are the backend's to understand: it knows more spellings than it
    /// lists.
    ///
    /// # Errors
    /// [`LayerError::NoIndex`], or a failure of the plugin to list its layers.
    pub(super) fn resolve(&self, model: &PluginModel) -> Result<Layer, LayerError> {
        let text = match self {
            Self::Index(index) => return Ok(Layer::Index(*index)),
            Self::Name(name) => return Ok(Layer::Name(name.clone())),
            Self::Typed(text) => text,
        };
        let Ok(number) = text.parse::<i64>() else { return Ok(Layer::Name(text.clone())) };
        let layers = model.layers()?;
        if layers.iter().any(|layer| layer.name == *text) {
            return Ok(Layer::Name(text.clone()));
        }
        let count = layers.len();
        let index = if number < 0 { number.saturating_add_unsigned(count as u64) } else { number };
        match usize::try_from(index).ok().filter(|&index| index < count) {
            Some(index) => Ok(Layer::Index(index)),
            None => Err(LayerError::NoIndex { index: number, count }),
        }
    }
}

/// Why the values of a layer, or gradients of it, cannot be had.
#[derive(Debug, Error)]
pub enum LayerError {
    /// The backend does not look inside of models.
    #[error("the backend `{backend}` (plugin {plugin}) does not show the layers of a model")]
    NoLayers {
        /// The backend.
        backend: String,
        /// Its plugin.
        plugin: String,
    },
    /// A number beyond the listing.
    #[error("there is no layer {index}: the model has {count}, from 0 on; see `kipos model layers`")]
    NoIndex {
        /// What was asked for.
        index: i64,
        /// How many there are.
        count: usize,
    },
    /// The first axis of the values does not count samples.
    #[error(
        "layer `{layer}` gave values of shape {shape} for {rows} samples; files need a row per sample, so choose another \
         layer"
    )]
    NoRows {
        /// The layer.
        layer: String,
        /// The shape that came.
        shape: Shape,
        /// Samples that were asked about.
        rows: usize,
    },
    /// The values of one block do not lie beside those of another.
    #[error("layer `{layer}` gave {found} for some samples and {expected} for others; a file needs one shape for all")]
    Changed {
        /// The layer.
        layer: String,
        /// What came first.
        expected: String,
        /// What came then.
        found: String,
    },
    /// The plugin fails to list layers.
    #[error(transparent)]
    Plugin(#[from] PluginRoomError),
}

/// Values in words, for [`LayerError::Changed`].
pub(super) fn described(dtype: DType, shape: &[usize]) -> String {
    format!("{dtype} of shape {}", known_shape(shape))
}

/// A shape of known lengths.
pub(super) fn known_shape(shape: &[usize]) -> Shape {
    Shape::from(shape.iter().copied().map(Some).collect::<Vec<_>>())
}
