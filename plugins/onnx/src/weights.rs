//! The large weights of a graph, which all its sessions share.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use kipos_onnx_graph::proto::{StringStringEntryProto, TensorProto};
use kipos_onnx_graph::tensor::element;
use kipos_onnx_graph::{Graph, LARGEST_CONSTANT};
use ort::value::{DynValue, Tensor};

/// Where a weight lies, in the words of the format: in no file, but here, at this position of the list.
const LOCATION: &str = "kipos.weights";

/// `TensorProto.data_location` of weights outside the file.
const EXTERNAL: i32 = 1;

/// The large weights of a graph.
#[derive(Default)]
pub struct Weights {
    values: Vec<Arc<DynValue>>,
}

/// A part of the file; of two weights with the same, one may be the other in another shape.
type Place = (*const u8, usize, i32);

impl Weights {
    /// Takes the large weights out of graphs of the same file. They keep their shapes and know where their weights went.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn take(graphs: &mut [&mut Graph]) -> ort::Result<Self> {
        let mut weights = Self::default();
        let mut taken: HashMap<Place, (usize, Bytes)> = HashMap::new();
        for graph in graphs.iter_mut() {
            let mut tensors: Vec<&mut TensorProto> = graph.initializers.values_mut().collect();
            // The form with an axis more is the one that runs.
            tensors.sort_by_key(|tensor| std::cmp::Reverse(tensor.dims.len()));
            for tensor in tensors {
                let Some(raw) = large(tensor) else { continue };
                let place = (raw.as_ptr(), raw.len(), tensor.data_type);
                // The bytes are held until the end, so that no other weight can come to lie in their place.
                let index = match taken.get(&place) {
                    Some((index, _)) => *index,
                    None => {
                        weights.values.push(Arc::new(value(tensor, &raw)?));
                        taken.insert(place, (weights.values.len() - 1, raw.clone()));
                        weights.values.len() - 1
                    }
                };
                let entry = |key: &str, value: String| StringStringEntryProto { key: key.into(), value };
                tensor.external_data = vec![
                    entry("location", LOCATION.into()),
                    entry("offset", index.to_string()),
                    entry("length", raw.len().to_string()),
                ];
                (tensor.raw_data, tensor.data_location) = (None, Some(EXTERNAL));
            }
        }
        Ok(weights)
    }

    /// The weights that `graph` reads, by their names in it.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn of(&self, graph: &Graph) -> ort::Result<Vec<(String, Arc<DynValue>)>> {
        let taken =
            graph.initializers.values().filter_map(|tensor| Some((tensor, self.values.get(index_of(tensor)?)?)));
        let shaped = taken.map(|(tensor, value)| Ok((tensor.name.clone(), with_shape(value, &tensor.dims)?)));
        shaped.collect()
    }
}

fn index_of(tensor: &TensorProto) -> Option<usize> {
    let entry = |key: &str| tensor.external_data.iter().find(|entry| entry.key == key).map(|entry| &entry.value);
    if entry("location")? != LOCATION { None } else { entry("offset")?.parse().ok() }
}

/// The bytes of a weight, if it is one that can be taken out.
fn large(tensor: &TensorProto) -> Option<Bytes> {
    let size = match tensor.data_type {
        element::F32 => size_of::<f32>(),
        element::F64 => size_of::<f64>(),
        _ => return None,
    };
    let raw = tensor.raw_data.as_ref()?;
    let elements = tensor.elements();
    // Smaller ones may be looked into.
    (elements > LARGEST_CONSTANT && raw.len() == elements * size && tensor.external_data.is_empty())
        .then(|| raw.clone())
}

fn value(tensor: &TensorProto, raw: &[u8]) -> ort::Result<DynValue> {
    macro_rules! elements {
        ($element:ty) => {{
            let (chunks, _) = raw.as_chunks();
            chunks.iter().map(|&bytes| <$element>::from_le_bytes(bytes)).collect::<Vec<$element>>()
        }};
    }
    Ok(match tensor.data_type {
        element::F64 => Tensor::from_array((tensor.dims.clone(), elements!(f64)))?.into_dyn(),
        _ => Tensor::from_array((tensor.dims.clone(), elements!(f32)))?.into_dyn(),
    })
}

/// The weight in a shape: itself if it has it, else a copy.
fn with_shape(value: &Arc<DynValue>, dims: &[i64]) -> ort::Result<Arc<DynValue>> {
    if value.shape().to_vec() == dims {
        return Ok(Arc::clone(value));
    }
    let copy = match value.try_extract_tensor::<f64>() {
        Ok((_, elements)) => Tensor::from_array((dims.to_vec(), elements.to_vec()))?.into_dyn(),
        Err(_) => Tensor::from_array((dims.to_vec(), value.try_extract_tensor::<f32>()?.1.to_vec()))?.into_dyn(),
    };
    Ok(Arc::new(copy))
}
