//! Which layer a request means.

use std::fmt;

use kipos_plugin_api::{DType, Layer, LayerInfo, LayerQuery};
use thiserror::Error;

use crate::description::ArrayShape;
use crate::plugin::{PluginCallError, PluginModel};

/// How a layer is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayerKey {
    /// As a person types it: the name of a layer, or else its number in the listing; -1 is the last. In a model whose
    /// layers are all called by numbers, one from 0 on is always a name.
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
    /// The layer in terms of the backend, for inputs like those of `query`. A name is passed on as it is: the backend
    /// knows more spellings than it lists.
    ///
    /// # Errors
    /// [`LayerError::NoIndex`], or a failure of the plugin to list its layers.
    pub(super) fn resolve(&self, model: &PluginModel, query: &LayerQuery) -> Result<Layer, LayerError> {
        let text = match self {
            Self::Index(index) => return Ok(Layer::Index(*index)),
            Self::Name(name) => return Ok(Layer::Name(name.clone())),
            Self::Typed(text) => text,
        };
        match text.parse::<i64>() {
            Ok(number) => {
                // The listing may be cautious where the run itself is not.
                let listed = model.layers(query).or_else(|_| model.layers(&LayerQuery::default()))?;
                meant_by(text, number, &listed)
            }
            Err(_) => Ok(Layer::Name(text.clone())),
        }
    }
}

/// The layer that a typed number means among those of the listing.
fn meant_by(text: &str, number: i64, layers: &[LayerInfo]) -> Result<Layer, LayerError> {
    let is_named = layers.iter().any(|layer| layer.name == *text);
    // Where all layers are called by numbers, one that is not listed has a value that cannot be read, or several; the layer
    // at that place of the listing is another one.
    let is_path = number >= 0 && !layers.is_empty() && layers.iter().all(|layer| begins_with_number(&layer.name));
    if is_named || is_path {
        return Ok(Layer::Name(text.to_owned()));
    }
    let count = layers.len();
    let index = if number < 0 { number.saturating_add_unsigned(count as u64) } else { number };
    match usize::try_from(index).ok().filter(|&index| index < count) {
        Some(index) => Ok(Layer::Index(index)),
        None => Err(LayerError::NoIndex { index: number, count }),
    }
}

/// Whether a path begins as those of the members of an `nn.Sequential` do: `3`, `3.conv`, `3[0]`.
fn begins_with_number(name: &str) -> bool {
    let first = name.split(['.', '[']).next().unwrap_or_default();
    !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit())
}

/// Why the values or gradients of a layer cannot be computed.
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
    /// A length for a model that takes no other than its own.
    #[error("every input of {model} has a fixed length; leave out --seq-length")]
    FixedLength {
        /// The model.
        model: String,
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
        shape: ArrayShape,
        /// Samples that were asked about.
        rows: usize,
    },
    /// The values of one block have another type or shape than those of another.
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
    Plugin(#[from] PluginCallError),
}

/// The type and shape of values, for [`LayerError::Changed`].
pub(super) fn described(dtype: DType, shape: &[usize]) -> String {
    format!("{dtype} of shape {}", known_shape(shape))
}

/// A shape of known lengths.
pub(super) fn known_shape(shape: &[usize]) -> ArrayShape {
    ArrayShape::from(shape.iter().copied().map(Some).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(names: &[&str]) -> Vec<LayerInfo> {
        let info = |(index, name): (usize, &&str)| {
            LayerInfo::new(index, name.to_string(), String::new()).with_differentiable(true)
        };
        names.iter().enumerate().map(info).collect()
    }

    fn meant(number: i64, names: &[&str]) -> Result<Layer, String> {
        meant_by(&number.to_string(), number, &layers(names)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_number_is_a_place_unless_layers_are_called_so() {
        let named = ["conv1", "conv2.0", "7"];
        assert_eq!(meant(1, &named), Ok(Layer::Index(1)));
        assert_eq!(meant(-1, &named), Ok(Layer::Index(2)));
        assert_eq!(
            meant(3, &named),
            Err("there is no layer 3: the model has 3, from 0 on; see `kipos model layers`".into())
        );
        assert_eq!(meant(-4, &named).unwrap_err().split(':').next(), Some("there is no layer -4"));
    }

    #[test]
    fn where_layers_are_called_by_numbers_another_is_not_taken_for_a_missing_one() {
        // Of `0` nothing can be read, and `2` gives several tensors.
        let numbered = ["1", "2[0]", "2[1]", "3"];
        for number in [0, 1, 2, 3, 9] {
            assert_eq!(meant(number, &numbered), Ok(Layer::Name(number.to_string())));
        }
        assert_eq!(meant(-1, &numbered), Ok(Layer::Index(3)));
    }
}
