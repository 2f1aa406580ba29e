//! Arrays of a batch file, read some rows at a time.

use super::elements::{self, Elements};
use super::place::Hdf5Place;
use super::tree::Leaf;
use crate::dataloader::{BatchError, hdf5_file::text_attribute};
use crate::description::SpecialType;
use crate::internal::OrInternal;
use kipos_plugin_api::{DType, Tensor, TensorData};
use std::path::Path;

/// Rows that are read ahead at most.
const ROWS_AHEAD: usize = 64;

/// Bytes that are read ahead at most, unless one row has more.
pub(super) const BYTES_AHEAD: usize = 4 << 20;

/// The most samples of a file. Memory holds the range of each.
const MOST_SAMPLES: usize = 1 << 26;

/// Where the rows of an array come from.
#[derive(Debug)]
pub(super) struct Store {
    leaf: Leaf,
    elements: Elements,
    /// The shape of a row.
    shape: Vec<usize>,
    /// All rows.
    rows: usize,
    /// Rows that are read at once.
    pub(super) rows_ahead: usize,
    ahead: Option<Block>,
}

/// Neighbouring rows.
#[derive(Debug)]
struct Block {
    first: usize,
    elements: TensorData,
}

impl Store {
    /// An array with a row per sample.
    ///
    /// # Errors
    /// A single value, or elements of a type that is not read.
    pub(super) fn open(path: &Path, leaf: Leaf) -> Result<Self, BatchError> {
        let at = Hdf5Place { path, place: &leaf.place };
        let shape = leaf.dataset.shape();
        let Some((&rows, shape)) = shape.split_first() else {
            return Err(at.layout("a single value", "an array whose first axis is that of the samples"));
        };
        if rows > MOST_SAMPLES {
            let found = format!("of {rows} rows");
            return Err(at.layout(found, format!("at most {MOST_SAMPLES}; split the samples into several files")));
        }
        let elements = Elements::of(&leaf.dataset, at)?;
        elements.check_stored(&leaf.dataset, at)?;
        Ok(Self { shape: shape.to_vec(), rows, rows_ahead: rows_ahead(&leaf), elements, ahead: None, leaf })
    }

    /// Path in the file, from the root.
    pub(super) fn place(&self) -> &str {
        &self.leaf.place
    }

    /// The path below a group of this path; empty for that path itself.
    pub(super) fn name_below(&self, group: &str) -> String {
        let below = self.leaf.place.strip_prefix(group).or_internal("arrays are looked for in their group");
        below.strip_prefix('/').unwrap_or_default().to_owned()
    }

    pub(super) fn dtype(&self) -> DType {
        self.elements.dtype()
    }

    /// The shape of a row.
    pub(super) fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The number of rows.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// What its attribute of that name says.
    pub(super) fn special_type(&self, path: &Path) -> Option<SpecialType> {
        SpecialType::of_name(&text_attribute(path, &self.leaf.dataset, "special_type")?)
    }

    /// The open file that it lies in.
    pub(super) fn file(&self) -> hdf5::Result<hdf5::File> {
        self.leaf.dataset.file()
    }

    /// A row that there is, as a batch of one. Rows that are asked for in their order are read some at a time.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(super) fn read(&mut self, path: &Path, row: usize) -> Result<Tensor, BatchError> {
        let at = Hdf5Place { path, place: &self.leaf.place };
        let first = row - row % self.rows_ahead;
        let block = match &mut self.ahead {
            Some(block) if block.first == first => block,
            other => {
                let rows = first..self.rows.min(first + self.rows_ahead);
                let elements = self.elements.read(&self.leaf.dataset, rows, at)?;
                other.insert(Block { first, elements })
            }
        };
        let within = row - first;
        // The block was read, so its elements could be counted.
        let width: usize = self.shape.iter().product();
        let elements = elements::part(&block.elements, within * width..(within + 1) * width);
        let shape = [&[1], self.shape.as_slice()].concat();
        let tensor = elements.and_then(|elements| Tensor::new(shape, elements).ok());
        tensor.ok_or_else(|| at.layout(format!("too short for sample {row}"), format!("{} samples", self.rows)))
    }
}

/// Rows that are worth reading at once.
fn rows_ahead(leaf: &Leaf) -> usize {
    let size = leaf.dataset.dtype().map_or(1, |stored| stored.size());
    let bytes = leaf.dataset.shape().iter().skip(1).fold(size, |bytes, length| bytes.saturating_mul(*length));
    (BYTES_AHEAD / bytes.max(1)).clamp(1, ROWS_AHEAD)
}
