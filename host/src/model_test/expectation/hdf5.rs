//! Expectations as HDF5: what `kipos predict --keep-inputs` writes, and Kipoi.

use std::path::Path;

use ::hdf5::Dataset;

use super::{ExpectationError, by_place, unreadable};
use crate::dataloader::hdf5_tree::{Branch, Leaf, Node, open_hdf5};
use crate::internal::OrInternal;
use crate::sink::{OutputArray, stored_path};

/// Whether the file has inputs beside its predictions.
///
/// # Errors
/// A file that cannot be read.
pub(super) fn has_inputs(path: &Path) -> Result<bool, ExpectationError> {
    Ok(open_hdf5(path, 0)?.link_exists("inputs"))
}

/// Reads the arrays of all outputs.
///
/// # Errors
/// A file that cannot be read, other arrays, or another number of rows.
pub(super) fn read(
    path: &Path,
    outputs: &[OutputArray],
    list: bool,
    samples: usize,
) -> Result<Vec<Vec<f64>>, ExpectationError> {
    let file = open_hdf5(path, 0)?;
    let found = datasets(path, &Branch::root(&file))?;
    let known: Vec<String> = found.iter().map(|leaf| leaf.place.trim_start_matches('/').to_owned()).collect();
    let names = |leaves: &[OutputArray]| leaves.iter().map(stored_path).collect::<Vec<String>>();
    let has_all = |names: &[String]| names.iter().all(|name| known.contains(name));
    let own = names(outputs);
    let placed = names(&by_place(outputs));
    let names = if list && !has_all(&own) && has_all(&placed) { placed } else { own };
    if let Some(name) = names.iter().find(|name| !known.contains(name)) {
        return Err(ExpectationError::Missing { path: path.to_owned(), name: name.clone(), known });
    }
    if let Some(name) = known.iter().find(|name| !names.contains(name)) {
        return Err(ExpectationError::Unknown { path: path.to_owned(), name: name.clone() });
    }
    let read = |(leaf, name): (&OutputArray, &String)| {
        let at = known.iter().position(|known| known == name).or_internal("all names are known");
        read_output(path, leaf, name, &found[at].dataset, samples)
    };
    outputs.iter().zip(&names).map(read).collect()
}

/// The datasets of all predictions.
fn datasets(path: &Path, root: &Branch) -> Result<Vec<Leaf>, ExpectationError> {
    Ok(match root.get(path, "preds")? {
        Some(Node::Dataset(leaf)) => vec![leaf],
        Some(Node::Group(group)) => group.leaves(path)?,
        None => Vec::new(),
    })
}

/// All rows of an array, of whatever number type. Axes of length 1 do not count: graphs drop them, or have some more.
fn read_output(
    path: &Path,
    leaf: &OutputArray,
    name: &str,
    dataset: &Dataset,
    samples: usize,
) -> Result<Vec<f64>, ExpectationError> {
    let (path, name) = (path.to_owned(), name.to_owned());
    let shape = dataset.shape();
    let (&found, row) = shape.split_first().unwrap_or((&0, &[]));
    let long = |axes: &[usize]| axes.iter().copied().filter(|&axis| axis != 1).collect::<Vec<_>>();
    if long(row) != long(&leaf.shape) {
        return Err(ExpectationError::Shape { path, name, found: row.to_vec(), expected: leaf.shape.clone() });
    }
    if found != samples {
        return Err(ExpectationError::Samples { path, name, found, expected: samples });
    }
    dataset.read_raw::<f64>().map_err(|error| unreadable(&path, &format!("`{name}`: {error}")))
}
