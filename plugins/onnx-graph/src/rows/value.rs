//! What is known of a tensor before anything runs.

use crate::proto::{Dimension, DimensionValue, TensorProto, TypeValue, ValueInfoProto};
use crate::tensor::Constant;

/// A constant of more elements tells no sizes.
pub const MOST_SIZES: usize = 64;

/// The length of an axis, or a whole number that a graph computes lengths with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// This number.
    Known(i64),
    /// As many as there are rows.
    Rows,
    /// Not known.
    Any,
}

impl Extent {
    /// The number, if it is known and an axis can be so long.
    pub fn known(self) -> Option<usize> {
        match self {
            Self::Known(length) => usize::try_from(length).ok(),
            _ => None,
        }
    }
}

/// Where the rows of a batch are in a tensor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rows {
    /// Nowhere: it is the same whatever the rows hold and however many there are, apart from its shape.
    Free,
    /// Nowhere, but it depends on how many there are.
    Count,
    /// Along an axis, each with so many elements of that axis, one row after the other. Every element depends on its own
    /// row alone.
    Along {
        /// The axis.
        axis: usize,
        /// Elements of the axis for each row.
        each: usize,
    },
    /// Its elements depend on several rows, because of this node.
    Mixed(String),
    /// The operators do not tell.
    Unknown,
}

/// What is known of a tensor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// Where its rows are.
    pub rows: Rows,
    /// Its shape, if the number of its axes is known.
    pub shape: Option<Vec<Extent>>,
    /// Its elements, if they are a few whole numbers.
    pub sizes: Option<Vec<Extent>>,
}

impl Value {
    /// A tensor of this shape.
    pub fn new(rows: Rows, shape: Option<Vec<Extent>>) -> Self {
        Self { rows, shape, sizes: None }
    }

    /// A tensor of which nothing is known.
    pub fn unknown() -> Self {
        Self::new(Rows::Unknown, None)
    }

    /// Whole numbers. Known ones are the same for every batch.
    pub fn of_sizes(sizes: Vec<Extent>, shape: Option<Vec<Extent>>) -> Self {
        let known = sizes.iter().all(|size| matches!(size, Extent::Known(_)));
        Self { rows: if known { Rows::Free } else { Rows::Count }, shape, sizes: Some(sizes) }
    }

    /// A weight.
    pub fn of_weight(tensor: &TensorProto) -> Self {
        let shape = tensor.dims.iter().map(|&length| Extent::Known(length)).collect();
        let sizes = match (tensor.elements() <= MOST_SIZES).then(|| tensor.constant()).flatten() {
            Some(Constant::Ints(values)) => Some(values.into_iter().map(Extent::Known).collect()),
            _ => None,
        };
        Self { rows: Rows::Free, shape: Some(shape), sizes }
    }

    /// An input of the graph, whose first axis is that of the rows: `batch` of them, if the graph takes no other number.
    pub fn of_input(input: &ValueInfoProto, batch: Option<usize>) -> Self {
        let declared = match input.r#type.as_ref().and_then(|of| of.value.as_ref()) {
            Some(TypeValue::Tensor(tensor)) => tensor.shape.as_ref(),
            _ => None,
        };
        let length = |(axis, dimension): (usize, &Dimension)| match (&dimension.value, batch) {
            (_, Some(rows)) if axis == 0 => Extent::Known(rows as i64),
            (_, None) if axis == 0 => Extent::Rows,
            (Some(DimensionValue::DimValue(length)), _) if *length > 0 => Extent::Known(*length),
            _ => Extent::Any,
        };
        let shape = declared.map(|shape| shape.dim.iter().enumerate().map(length).collect());
        Self::new(Rows::Along { axis: 0, each: 1 }, shape)
    }

    /// The number of axes.
    pub fn rank(&self) -> Option<usize> {
        self.shape.as_ref().map(Vec::len)
    }

    /// The axis of the rows.
    pub fn row_axis(&self) -> Option<usize> {
        match self.rows {
            Rows::Along { axis, .. } => Some(axis),
            _ => None,
        }
    }

    /// Its elements, if all are known.
    pub fn ints(&self) -> Option<Vec<i64>> {
        let known = |size: &Extent| match size {
            Extent::Known(number) => Some(*number),
            _ => None,
        };
        self.sizes.as_ref()?.iter().map(known).collect()
    }

    /// The elements that one row has: those of all axes behind that of the rows, where that is the first.
    pub fn row_elements(&self) -> Option<usize> {
        let Rows::Along { axis: 0, each } = self.rows else { return None };
        let behind = self.shape.as_ref()?.get(1..)?.iter();
        behind.map(|extent| extent.known()).product::<Option<usize>>().map(|elements| elements * each)
    }
}

/// `axis` counted from the start; `None` if there is no such axis.
pub fn from_start(axis: i64, rank: usize) -> Option<usize> {
    usize::try_from(if axis < 0 { axis + rank as i64 } else { axis }).ok().filter(|&axis| axis < rank)
}
