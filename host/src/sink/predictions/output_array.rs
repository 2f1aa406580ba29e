//! The arrays of a file of predictions.

use std::sync::Arc;

use crate::columns::ColumnValues;
use crate::description::SpecialType;
use crate::output_selection::OutputGeometry;
use kipos_plugin_api::{DType, Tensor};

/// What an array is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeafKind {
    /// Where a sample comes from.
    Metadata,
    /// What the loader knows of the answer.
    Targets,
    /// What the model was given.
    Inputs,
    /// What the model said.
    Predictions,
    /// How what it said depends on what it was given.
    Gradients,
}

impl LeafKind {
    /// The first part of the path of such arrays.
    pub fn name(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Targets => "targets",
            Self::Inputs => "inputs",
            Self::Predictions => "preds",
            Self::Gradients => "grads",
        }
    }
}

/// An array that has a row for every sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputArray {
    /// What it is about.
    pub kind: LeafKind,
    /// Its name below that, parted by `/` where arrays are nested; empty if it is the only one of its kind.
    pub name: String,
    /// The type of its values.
    pub dtype: DType,
    /// The shape of a row.
    pub shape: Vec<usize>,
    /// What the values mean beside their shape, if the model's description says; HDF5 keeps it as an attribute.
    pub special_type: Option<SpecialType>,
    /// The axis of its positions, an index of `shape`, and the bases of the window that these stand for, if the model's
    /// description says so. Tables name the bases, HDF5 keeps both as attributes.
    pub positions: Option<(usize, OutputGeometry)>,
    /// The axis of its tasks, an index of `shape`, and their names, if the model's description has them.
    pub tasks: Option<(usize, Arc<[String]>)>,
}

impl OutputArray {
    /// An array of single values.
    pub fn column(kind: LeafKind, name: impl Into<String>, dtype: DType) -> Self {
        Self { kind, name: name.into(), dtype, shape: Vec::new(), special_type: None, positions: None, tasks: None }
    }

    /// The parts of its path, such as `preds` and `0`.
    pub fn path(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.kind.name()).chain(self.name.split('/').filter(|part| !part.is_empty()))
    }

    /// Values of a row.
    pub fn width(&self) -> usize {
        self.shape.iter().product()
    }
}

impl ColumnValues {
    /// The values of the first `rows` rows of a tensor that is of the type and shape of an array.
    pub(crate) fn first_of(array: &OutputArray, tensor: &Tensor, rows: usize) -> Self {
        let mut values = Self::of(array.dtype);
        values.append_first(&tensor.data().view(), rows * array.width());
        values
    }
}
