//! The large weights of a model's files, which all sessions share: whoever computes with one holds it, and what nobody holds
//! is read again.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::SystemTime;

use bytes::Bytes;
use kipos_onnx_graph::proto::{StringStringEntryProto, TensorProto};
use kipos_onnx_graph::tensor::{Constant, element};
use kipos_onnx_graph::{Graph, LARGEST_CONSTANT};
use ort::value::{DynValue, Tensor};

/// `TensorProto.data_location` of weights outside the graph.
const OUTSIDE: i32 = 1;

/// So many bytes are read at a time.
const PIECE: usize = 1 << 20;

/// What tells that a file is still the one that was read.
type Version = Option<(u64, SystemTime)>;

/// The large weights of a file, by where in it they begin.
pub struct Weights {
    file: PathBuf,
    version: Version,
    places: HashMap<usize, Place>,
}

/// A weight in the file.
struct Place {
    element: i32,
    dims: Vec<i64>,
    /// There as long as somebody holds it.
    value: Mutex<Weak<DynValue>>,
}

/// Weights that are held, also those that lie in other files.
pub struct HeldWeights<'a> {
    weights: &'a Weights,
    graph: &'a Graph,
    values: HashMap<usize, Arc<DynValue>>,
}

impl Weights {
    /// No weights yet of a file as it lies there.
    pub fn of_file(file: &Path) -> Self {
        Self { file: file.to_owned(), version: version(file), places: HashMap::new() }
    }

    /// Takes the large weights out of graphs that were read from the file, whose bytes are given. The graphs keep their shapes
    /// and say where in the file the weights are.
    pub fn take(&mut self, bytes: &Bytes, graphs: &mut [&mut Graph]) {
        for graph in graphs.iter_mut() {
            let mut tensors: Vec<&mut TensorProto> = graph.initializers.values_mut().collect();
            // Of a weight in two shapes, the one with an axis more is the one that is needed.
            tensors.sort_by_key(|tensor| std::cmp::Reverse(tensor.dims.len()));
            for tensor in tensors {
                self.take_one(bytes, tensor);
            }
        }
    }

    fn take_one(&mut self, bytes: &Bytes, tensor: &mut TensorProto) {
        let Some(raw) = large(tensor) else { return };
        let at = (raw.as_ptr() as usize).wrapping_sub(bytes.as_ptr() as usize);
        if at.checked_add(raw.len()).is_none_or(|end| end > bytes.len()) {
            return;
        }
        if let Entry::Vacant(place) = self.places.entry(at) {
            place.insert(Place {
                element: tensor.data_type,
                dims: tensor.dims.clone(),
                value: Mutex::new(Weak::new()),
            });
        }
        let entry = |key: &str, value: String| StringStringEntryProto { key: key.into(), value };
        tensor.external_data = vec![
            entry("location", self.location().to_owned()),
            entry("offset", at.to_string()),
            entry("length", raw.len().to_string()),
        ];
        (tensor.raw_data, tensor.data_location) = (None, Some(OUTSIDE));
    }

    /// Whether the file is still the one that was read.
    pub fn is_same_file(&self) -> bool {
        version(&self.file) == self.version
    }

    /// The weights that `graph` leaves out, by their names in it.
    ///
    /// # Errors
    /// A file that is another by now; those of the engine.
    pub fn of(&self, graph: &Graph) -> ort::Result<Vec<(String, Arc<DynValue>)>> {
        let taken = graph.initializers.values().filter_map(|tensor| Some((tensor, self.place(tensor)?)));
        let value = |(tensor, at): (&TensorProto, usize)| {
            Ok((tensor.name.clone(), with_shape(&self.value(at)?, &tensor.dims)?))
        };
        taken.map(value).collect()
    }

    /// Holds the weights that `graph` leaves out.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub fn hold<'a>(&'a self, graph: &'a Graph) -> ort::Result<HeldWeights<'a>> {
        let places = graph.initializers.values().filter_map(|tensor| self.place(tensor));
        let values = places.map(|at| Ok((at, self.value(at)?))).collect::<ort::Result<_>>()?;
        Ok(HeldWeights { weights: self, graph, values })
    }

    /// The name of the file, as graphs call the place of their weights.
    fn location(&self) -> &str {
        self.file.file_name().and_then(|name| name.to_str()).unwrap_or_default()
    }

    /// Where in the file a weight begins, if it was taken out.
    fn place(&self, tensor: &TensorProto) -> Option<usize> {
        let at = entry(tensor, "offset")?.parse().ok()?;
        (entry(tensor, "location")? == self.location() && self.places.contains_key(&at)).then_some(at)
    }

    /// A weight, read if nobody holds it.
    fn value(&self, at: usize) -> ort::Result<Arc<DynValue>> {
        let place = self.places.get(&at).ok_or_else(|| ort::Error::new("a weight was never taken out"))?;
        // Whoever asks meanwhile waits for it.
        let mut held = place.value.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = held.upgrade() {
            return Ok(value);
        }
        let count = place.dims.iter().map(|&length| usize::try_from(length).unwrap_or(0)).product();
        macro_rules! tensor {
            ($element:ty) => {
                Tensor::from_array((
                    place.dims.clone(),
                    self.read::<$element, _>(at, count, <$element>::from_le_bytes)?,
                ))?
            };
        }
        let value =
            Arc::new(if place.element == element::F64 { tensor!(f64).into_dyn() } else { tensor!(f32).into_dyn() });
        *held = Arc::downgrade(&value);
        Ok(value)
    }

    fn read<T, const SIZE: usize>(&self, at: usize, count: usize, number: fn([u8; SIZE]) -> T) -> ort::Result<Vec<T>> {
        let failed = |why: String| ort::Error::new(format!("{} {why}", self.file.display()));
        if !self.is_same_file() {
            return Err(failed("was replaced since it was read; start again".into()));
        }
        read(&self.file, at as u64, count, number).map_err(|error| failed(format!("cannot be read again: {error}")))
    }
}

impl HeldWeights<'_> {
    /// The numbers of a weight of the graph, if it is float32.
    pub fn numbers(&self, name: &str) -> Option<Cow<'_, [f32]>> {
        let tensor = self.graph.initializers.get(name).filter(|tensor| tensor.data_type == element::F32)?;
        if let Some(value) = self.weights.place(tensor).and_then(|at| self.values.get(&at)) {
            return value.try_extract_tensor::<f32>().ok().map(|(_, numbers)| Cow::Borrowed(numbers));
        }
        if let Some(location) = entry(tensor, "location") {
            let at = entry(tensor, "offset").map_or(Some(0), |at| at.parse().ok())?;
            let file = self.weights.file.with_file_name(location);
            return read(&file, at, tensor.elements(), f32::from_le_bytes).ok().map(Cow::Owned);
        }
        match tensor.constant()? {
            Constant::Floats(numbers) => Some(Cow::Owned(numbers.into_iter().map(|number| number as f32).collect())),
            Constant::Ints(_) => None,
        }
    }
}

/// What the graph says of where a weight lies.
fn entry<'a>(tensor: &'a TensorProto, key: &str) -> Option<&'a str> {
    tensor.external_data.iter().find(|entry| entry.key == key).map(|entry| entry.value.as_str())
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

/// Numbers of a file from a place on.
fn read<T, const SIZE: usize>(file: &Path, at: u64, count: usize, number: fn([u8; SIZE]) -> T) -> io::Result<Vec<T>> {
    let mut file = File::open(file)?;
    let length = (count as u64).saturating_mul(SIZE as u64);
    if at.saturating_add(length) > file.metadata()?.len() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    file.seek(SeekFrom::Start(at))?;
    let mut numbers = Vec::with_capacity(count);
    let mut piece = vec![0; PIECE];
    while numbers.len() < count {
        let bytes = &mut piece[..((count - numbers.len()) * SIZE).min(PIECE)];
        file.read_exact(bytes)?;
        numbers.extend(bytes.as_chunks().0.iter().map(|&bytes| number(bytes)));
    }
    Ok(numbers)
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

fn version(file: &Path) -> Version {
    let metadata = std::fs::metadata(file).ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}
