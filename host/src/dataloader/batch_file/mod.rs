//! Batch files: samples that another program has made ready.
//!
//! A model whose loader kipos does not know is fed from an HDF5 file with the loader's output. `kipoi preproc` writes such
//! files for every Kipoi loader; any other program may write them too.
//!
//! | path | what |
//! |---|---|
//! | `/inputs` | the input of a model with one unnamed input: samples x … |
//! | `/inputs/<name>` | one dataset per input, if they are named; groups may lie in groups, their names are joined by `/` |
//! | `/inputs/0`, `/inputs/1`, … | the same for a list of inputs |
//! | `/metadata/<object>/chr`, `start`, `end` | where each sample lies: the contig's name, first base and end, **0-based and half-open** as in BED |
//! | `/metadata/<object>/strand` | optional: `-` for sequences that are read backwards; anything else is forward |
//! | `/metadata/<object>/id` | optional: the sample's name |
//!
//! One-hot DNA of either axis order has its channels in the order A, C, G, T, unless the model's dataloader.yaml says
//! otherwise (`default_args: {alphabet: AGCT}`). `<object>` is usually `ranges`; a loader that reads several stretches per sample writes several objects. All datasets
//! have as many rows as there are samples. Numbers are floats, integers or booleans; half precision and narrow or
//! unsigned integers are widened. Text is of fixed or variable length, `bytes` or `str` of Python. Everything else in the
//! file, `/targets` too, is passed over. Compression with gzip is understood.
//!
//! A file of two samples of a model with the input `seq`, written from Python:
//!
//! ```python
//! import h5py, numpy as np
//! one_hot = np.zeros((2, 1000, 4), dtype="float32")  # fill it with the sequences
//! with h5py.File("batches.h5", "w") as f:
//!     f.create_dataset("inputs/seq", data=one_hot, compression="gzip")
//!     ranges = f.create_group("metadata/ranges")
//!     ranges["chr"] = ["chr1", "chr7"]
//!     ranges["start"] = np.array([5000, 9000])
//!     ranges["end"] = np.array([6000, 10000])
//!     ranges["strand"] = ["+", "-"]
//!     ranges["id"] = ["peak1", "peak2"]
//! ```

mod elements;
mod place;
mod ranges;
#[cfg(test)]
mod tests;
mod tree;

use super::{BatchError, BatchInput, Batches, RangeObject};
use elements::Elements;
use kipos_plugin_api::{Tensor, TensorData};
use place::Place;
use ranges::Contigs;
use std::{
    fs,
    path::{Path, PathBuf},
};
use tree::{Branch, Leaf, Node};

/// Rows that are read ahead at most.
const ROWS_AHEAD: usize = 64;

/// Bytes that are read ahead at most, unless one row has more.
const BYTES_AHEAD: usize = 4 << 20;

/// Bytes of a chunk that the HDF5 library keeps unpacked at most. `kipoi preproc` makes chunks of 10000 rows, each of
/// which has to be unpacked as a whole; without room for one, every read would do so again.
const LARGEST_CHUNK: usize = 1 << 30;

/// An open batch file. The ranges of all samples are in memory, their inputs are not.
#[derive(Debug)]
pub struct BatchFile {
    path: PathBuf,
    samples: usize,
    inputs: Vec<BatchInput>,
    stores: Vec<Store>,
    range_objects: Vec<RangeObject>,
}

/// Where the samples of an input come from.
#[derive(Debug)]
struct Store {
    leaf: Leaf,
    elements: Elements,
    /// Rows that are read at once.
    rows: usize,
    ahead: Option<Block>,
}

/// Neighbouring rows of an input.
#[derive(Debug)]
struct Block {
    first: usize,
    elements: TensorData,
}

impl BatchFile {
    /// Opens a batch file, and reads all of its ranges.
    ///
    /// # Errors
    /// The file is missing, no HDF5, or not laid out as the [module](self) describes.
    pub fn open(path: &Path) -> Result<Self, BatchError> {
        fs::File::open(path).map_err(|error| unreadable(path, &error))?;
        let file = open_hdf5(path)?;
        let root = Branch::root(&file);
        let leaves = input_leaves(path, &root)?;
        let mut inputs = Vec::new();
        let mut stores = Vec::new();
        let mut first: Option<(usize, String)> = None;
        for leaf in leaves {
            let at = Place { path, place: &leaf.place };
            let shape = leaf.dataset.shape();
            let Some((&rows, shape)) = shape.split_first() else {
                return Err(at.layout("a single value", "an array whose first axis is that of the samples"));
            };
            let (samples, model) = first.get_or_insert_with(|| (rows, leaf.place.clone()));
            if rows != *samples {
                return Err(at.layout(format!("of {rows} rows"), format!("{samples}, as `{model}` has")));
            }
            let elements = Elements::of(&leaf.dataset, at)?;
            let name = leaf.place.strip_prefix("/inputs/").unwrap_or_default().to_owned();
            inputs.push(BatchInput { name, dtype: elements.dtype(), shape: shape.to_vec() });
            stores.push(Store { rows: rows_ahead(&leaf), leaf, elements, ahead: None });
        }
        let samples = first.map_or(0, |(samples, _)| samples);
        let mut contigs = Contigs::default();
        let range_objects = ranges::read(path, &root, samples, &mut contigs)?;
        Ok(Self { path: path.to_owned(), samples, inputs, stores, range_objects })
    }
}

impl Batches for BatchFile {
    fn path(&self) -> &Path {
        &self.path
    }

    fn len(&self) -> usize {
        self.samples
    }

    /// At least one: those of a list in its order, others by name.
    fn inputs(&self) -> &[BatchInput] {
        &self.inputs
    }

    /// By name; none if `/metadata` has none.
    fn range_objects(&self) -> &[RangeObject] {
        &self.range_objects
    }

    /// One sample, as a batch of one. Samples that are asked for in their order are read some at a time.
    fn read(&mut self, input: usize, sample: usize) -> Result<Tensor, BatchError> {
        let (known, samples) = (self.inputs.len(), self.samples);
        let no_such = |what, index, known| unreadable(&self.path, &format!("it has no {what} {index} among {known}"));
        let found = self.stores.get_mut(input).zip(self.inputs.get(input));
        let (store, BatchInput { shape, .. }) = found.ok_or_else(|| no_such("input", input, known))?;
        if sample >= samples {
            return Err(no_such("sample", sample, samples));
        }
        let at = Place { path: &self.path, place: &store.leaf.place };
        let first = sample - sample % store.rows;
        let block = match &mut store.ahead {
            Some(block) if block.first == first => block,
            other => {
                let rows = first..samples.min(first + store.rows);
                let elements = store.elements.read(&store.leaf.dataset, rows, at)?;
                other.insert(Block { first, elements })
            }
        };
        let width: usize = shape.iter().product();
        let row = sample - first;
        let elements = elements::part(&block.elements, row * width..(row + 1) * width);
        let shape = [&[1], shape.as_slice()].concat();
        let tensor = elements.and_then(|elements| Tensor::new(shape, elements).ok());
        tensor.ok_or_else(|| at.layout(format!("too short for sample {sample}"), format!("{samples} samples")))
    }
}

fn unreadable(path: &Path, message: &dyn ToString) -> BatchError {
    BatchError::Read { path: path.to_owned(), message: message.to_string() }
}

/// Opens the file with room for the largest chunk of an input.
fn open_hdf5(path: &Path) -> Result<hdf5::File, BatchError> {
    let open = |chunk: usize| {
        let mut options = hdf5::File::with_options();
        options.with_fapl(|access| {
            // Nothing is written: a lock could only fail, as it does on many network file systems.
            access.file_locking(false);
            let default = access.finish().and_then(|list| list.get_chunk_cache());
            match default {
                Ok(default) if default.nbytes < chunk => access.chunk_cache(default.nslots, chunk, default.w0),
                _ => access,
            }
        });
        options.open(path).map_err(|_| unreadable(path, &"it is no HDF5 file, or not a complete one"))
    };
    let chunk = {
        // Closed again before the end: an open file shares its cache with those that are opened later.
        let leaves = input_leaves(path, &Branch::root(&open(0)?))?;
        leaves.iter().filter_map(chunk_bytes).max().unwrap_or(0).min(LARGEST_CHUNK)
    };
    open(chunk)
}

/// The datasets of all inputs.
fn input_leaves(path: &Path, root: &Branch) -> Result<Vec<Leaf>, BatchError> {
    let leaves = match root.get(path, "inputs")? {
        Some(Node::Dataset(leaf)) => vec![leaf],
        Some(Node::Group(group)) => group.leaves(path)?,
        None => {
            let expected = "a dataset, or a group of datasets, as `kipoi preproc` writes it";
            return Err(Place { path, place: "/inputs" }.layout("missing", expected));
        }
    };
    if leaves.is_empty() {
        return Err(Place { path, place: "/inputs" }.layout("an empty group", "at least one dataset in it"));
    }
    Ok(leaves)
}

fn chunk_bytes(leaf: &Leaf) -> Option<usize> {
    let elements: usize = leaf.dataset.chunk()?.iter().product();
    elements.checked_mul(leaf.dataset.dtype().ok()?.size())
}

/// Rows that are worth reading at once.
fn rows_ahead(leaf: &Leaf) -> usize {
    let width: usize = leaf.dataset.shape().iter().skip(1).product();
    let bytes = leaf.dataset.dtype().map_or(1, |stored| stored.size()).saturating_mul(width);
    (BYTES_AHEAD / bytes.max(1)).clamp(1, ROWS_AHEAD)
}
