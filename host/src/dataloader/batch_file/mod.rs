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
//! | `/targets` | optional, laid out as `/inputs`: what the loader knows of the answer |
//! | `/metadata/…` | optional: other arrays, which predictions carry along |
//!
//! One-hot DNA of either axis order has its channels in the order A, C, G, T, unless the model's dataloader.yaml says
//! otherwise (`default_args: {alphabet: AGCT}`). `<object>` is usually `ranges`; a loader that reads several stretches per sample writes several objects. All datasets
//! have as many rows as there are samples. Numbers are floats, integers or booleans; half precision and narrow or
//! unsigned integers are widened. Text is of fixed or variable length, `bytes` or `str` of Python. Targets and other metadata
//! are not looked at unless they are to be written; everything else in the file is passed over. Compression with gzip is
//! understood.
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

pub(super) mod elements;
mod others;
pub(super) mod place;
mod ranges;
mod store;
#[cfg(test)]
mod tests;
pub(super) mod tree;

use super::{BatchArray, BatchError, BatchInput, BatchPart, Batches, RangeObject, open_hdf5};
use kipos_plugin_api::Tensor;
use place::Hdf5Place;
use ranges::Contigs;
use std::path::{Path, PathBuf};
use store::Store;
use tree::{Branch, Leaf, Node};

/// Bytes of a chunk that the HDF5 library keeps unpacked at most. `kipoi preproc` makes chunks of 10000 rows, each of
/// which has to be unpacked as a whole; without room for one, every read would do so again.
const LARGEST_CHUNK: usize = 1 << 30;

/// An open batch file. The ranges of all samples are in memory, their arrays are not.
#[derive(Debug)]
pub struct BatchFile {
    path: PathBuf,
    samples: usize,
    inputs: Vec<BatchInput>,
    stores: Vec<Store>,
    /// The arrays besides the inputs, as far as they were asked for.
    others: Vec<Store>,
    range_objects: Vec<RangeObject>,
}

impl BatchFile {
    /// Opens a batch file, and reads all of its ranges.
    ///
    /// # Errors
    /// The file is missing, no HDF5, or not laid out as the [module](self) describes.
    pub fn open(path: &Path) -> Result<Self, BatchError> {
        let file = open_roomy(path)?;
        let root = Branch::root(&file);
        let mut stores: Vec<Store> = Vec::new();
        for leaf in input_leaves(path, &root)? {
            let store = Store::open(path, leaf)?;
            check_rows(path, &store, stores.first().unwrap_or(&store))?;
            stores.push(store);
        }
        let input = |store: &Store| BatchInput {
            name: store.name_below("/inputs"),
            dtype: store.dtype(),
            shape: store.shape().to_vec(),
        };
        let inputs = stores.iter().map(input).collect();
        let samples = stores.first().map_or(0, Store::rows);
        let mut contigs = Contigs::default();
        let range_objects = ranges::read(path, &root, samples, &mut contigs)?;
        Ok(Self { path: path.to_owned(), samples, inputs, stores, others: Vec::new(), range_objects })
    }

    /// The index of a sample that there is.
    fn check_sample(&self, sample: usize) -> Result<(), BatchError> {
        if sample < self.samples { Ok(()) } else { Err(self.no_such("sample", sample, self.samples)) }
    }

    fn no_such(&self, what: &str, index: usize, known: usize) -> BatchError {
        unreadable(&self.path, &format!("it has no {what} {index} among {known}"))
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
        self.check_sample(sample)?;
        match self.stores.get_mut(input) {
            Some(store) => store.read(&self.path, sample),
            None => Err(self.no_such("input", input, self.inputs.len())),
        }
    }

    fn open_others(&mut self, wanted: &[BatchPart]) -> Result<Vec<BatchArray>, BatchError> {
        let (path, Some(first)) = (&self.path, self.stores.first()) else { return Ok(Vec::new()) };
        let root = Branch::root(&first.file().map_err(|error| unreadable(path, &error))?);
        let (mut stores, mut arrays) = (Vec::new(), Vec::new());
        for part in wanted {
            for leaf in others::leaves(path, &root, *part, &self.range_objects)? {
                let store = Store::open(path, leaf)?;
                check_rows(path, &store, first)?;
                let name = store.name_below(others::place(*part));
                let (dtype, shape, special_type) = (store.dtype(), store.shape().to_vec(), store.special_type(path));
                arrays.push(BatchArray { part: *part, name, dtype, shape, special_type });
                stores.push(store);
            }
        }
        self.others = stores;
        Ok(arrays)
    }

    fn read_other(&mut self, array: usize, sample: usize) -> Result<Tensor, BatchError> {
        self.check_sample(sample)?;
        match self.others.get_mut(array) {
            Some(store) => store.read(&self.path, sample),
            None => Err(self.no_such("array", array, self.others.len())),
        }
    }
}

/// Refuses an array that has not as many rows as the model array.
fn check_rows(path: &Path, store: &Store, model: &Store) -> Result<(), BatchError> {
    if store.rows() == model.rows() {
        return Ok(());
    }
    let expected = format!("{}, as `{}` has", model.rows(), model.place());
    Err(Hdf5Place { path, place: store.place() }.layout(format!("of {} rows", store.rows()), expected))
}

fn unreadable(path: &Path, message: &dyn ToString) -> BatchError {
    BatchError::Read { path: path.to_owned(), message: message.to_string() }
}

/// Opens the file with room for the largest chunk of an input.
fn open_roomy(path: &Path) -> Result<hdf5::File, BatchError> {
    let chunk = {
        // Closed again before the end: an open file shares its cache with those that are opened later.
        let leaves = input_leaves(path, &Branch::root(&open_hdf5(path, 0)?))?;
        leaves.iter().filter_map(chunk_bytes).max().unwrap_or(0).min(LARGEST_CHUNK)
    };
    open_hdf5(path, chunk)
}

/// The datasets of all inputs.
fn input_leaves(path: &Path, root: &Branch) -> Result<Vec<Leaf>, BatchError> {
    let leaves = match root.get(path, "inputs")? {
        Some(Node::Dataset(leaf)) => vec![leaf],
        Some(Node::Group(group)) => group.leaves(path)?,
        None => {
            let expected = "a dataset, or a group of datasets, as `kipoi preproc` writes it";
            return Err(Hdf5Place { path, place: "/inputs" }.layout("missing", expected));
        }
    };
    if leaves.is_empty() {
        return Err(Hdf5Place { path, place: "/inputs" }.layout("an empty group", "at least one dataset in it"));
    }
    Ok(leaves)
}

fn chunk_bytes(leaf: &Leaf) -> Option<usize> {
    let size = leaf.dataset.dtype().ok()?.size();
    leaf.dataset.chunk()?.into_iter().try_fold(size, usize::checked_mul)
}
