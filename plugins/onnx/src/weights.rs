//! The large weights of a file, which all sessions share.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use bytes::Bytes;
use kipos_onnx_graph::proto::{StringStringEntryProto, TensorProto};
use kipos_onnx_graph::tensor::element;
use kipos_onnx_graph::{Graph, LARGEST_CONSTANT};
use ort::value::{DynValue, Tensor};

/// `TensorProto.data_location` of weights outside the graph.
const OUTSIDE: i32 = 1;

/// The large weights of a file, by where in it they begin.
#[derive(Default)]
pub struct Weights {
    /// The name of the file, as graphs call the place of their weights.
    location: String,
    values: HashMap<usize, Arc<DynValue>>,
}

impl Weights {
    /// Takes the large weights out of graphs that were read from `file`, called `location`. The graphs keep their shapes
    /// and say where in the file the weights are.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn take(file: &Bytes, location: &str, graphs: &mut [&mut Graph]) -> ort::Result<Self> {
        let mut weights = Self { location: location.to_owned(), values: HashMap::new() };
        for graph in graphs.iter_mut() {
            let mut tensors: Vec<&mut TensorProto> = graph.initializers.values_mut().collect();
            // Of a weight in two shapes, the one with an axis more is the one that is needed.
            tensors.sort_by_key(|tensor| std::cmp::Reverse(tensor.dims.len()));
            for tensor in tensors {
                weights.take_one(file, tensor)?;
            }
        }
        Ok(weights)
    }

    fn take_one(&mut self, file: &Bytes, tensor: &mut TensorProto) -> ort::Result<()> {
        let Some(raw) = large(tensor) else { return Ok(()) };
        let at = (raw.as_ptr() as usize).wrapping_sub(file.as_ptr() as usize);
        if at.checked_add(raw.len()).is_none_or(|end| end > file.len()) {
            return Ok(());
        }
        if let Entry::Vacant(place) = self.values.entry(at) {
            place.insert(Arc::new(value(tensor, &raw)?));
        }
        let entry = |key: &str, value: String| StringStringEntryProto { key: key.into(), value };
        tensor.external_data = vec![
            entry("location", self.location.clone()),
            entry("offset", at.to_string()),
            entry("length", raw.len().to_string()),
        ];
        (tensor.raw_data, tensor.data_location) = (None, Some(OUTSIDE));
        Ok(())
    }

    /// The weights that `graph` leaves out, by their names in it.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn of(&self, graph: &Graph) -> ort::Result<Vec<(String, Arc<DynValue>)>> {
        let taken = graph.initializers.values().filter_map(|tensor| Some((tensor, self.find(tensor)?)));
        taken.map(|(tensor, value)| Ok((tensor.name.clone(), with_shape(value, &tensor.dims)?))).collect()
    }

    /// The numbers of a weight of a graph, if it was taken out and is float32.
    pub fn numbers(&self, tensor: &TensorProto) -> Option<&[f32]> {
        self.find(tensor)?.try_extract_tensor::<f32>().ok().map(|(_, numbers)| numbers)
    }

    fn find(&self, tensor: &TensorProto) -> Option<&Arc<DynValue>> {
        let entry = |key: &str| tensor.external_data.iter().find(|entry| entry.key == key).map(|entry| &entry.value);
        let ours = *entry("location")? == self.location;
        if ours { self.values.get(&entry("offset")?.parse().ok()?) } else { None }
    }
}

/// The bytes of a weight, if it is one that can be taken out. Smaller ones may be looked into.
fn large(tensor: &TensorProto) -> Option<Bytes> {
    let size = match tensor.data_type {
        element::F32 => size_of::<f32>(),
        element::F64 => size_of::<f64>(),
        _ => return None,
    };
    let (raw, elements) = (tensor.raw_data.as_ref()?, tensor.elements());
    (elements > LARGEST_CONSTANT && raw.len() == elements * size).then(|| raw.clone())
}

fn value(tensor: &TensorProto, raw: &[u8]) -> ort::Result<DynValue> {
    macro_rules! elements {
        ($element:ty) => {
            raw.as_chunks().0.iter().map(|&bytes| <$element>::from_le_bytes(bytes)).collect::<Vec<$element>>()
        };
    }
    let dims = tensor.dims.clone();
    Ok(match tensor.data_type {
        element::F64 => Tensor::from_array((dims, elements!(f64)))?.into_dyn(),
        _ => Tensor::from_array((dims, elements!(f32)))?.into_dyn(),
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
