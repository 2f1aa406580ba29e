//! Rows of all arrays together.

use std::sync::Arc;

use super::OutputArray;
use crate::columns::ColumnValues;

/// Some rows of a file of predictions: of every array as many.
#[derive(Debug, Clone)]
pub struct PredictionRows {
    leaves: Arc<[OutputArray]>,
    values: Vec<ColumnValues>,
    rows: usize,
}

impl PredictionRows {
    /// No rows yet, of these arrays.
    pub fn new(leaves: &Arc<[OutputArray]>) -> Self {
        let values = leaves.iter().map(|leaf| ColumnValues::of(leaf.dtype)).collect();
        Self { leaves: Arc::clone(leaves), values, rows: 0 }
    }

    /// Rows of these arrays, whose values are given in their order.
    pub fn of(leaves: &Arc<[OutputArray]>, values: Vec<ColumnValues>, rows: usize) -> Self {
        Self { leaves: Arc::clone(leaves), values, rows }
    }

    /// The arrays.
    pub fn leaves(&self) -> &[OutputArray] {
        &self.leaves
    }

    /// The values of all rows of each array.
    pub fn values(&self) -> &[ColumnValues] {
        &self.values
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The memory of all rows in bytes.
    pub fn bytes(&self) -> usize {
        self.values.iter().map(ColumnValues::bytes).sum()
    }

    /// Appends the rows of `other`, which are of the same arrays.
    pub fn extend(&mut self, other: &Self) {
        self.values.iter_mut().zip(&other.values).for_each(|(own, other)| own.extend(other));
        self.rows += other.rows;
    }

    /// Removes all rows, keeping the memory.
    pub fn clear(&mut self) {
        self.values.iter_mut().for_each(ColumnValues::clear);
        self.rows = 0;
    }

    /// Whether every array has values for every row.
    pub(super) fn is_whole(&self) -> bool {
        self.values.len() == self.leaves.len()
            && self.leaves.iter().zip(&self.values).all(|(leaf, values)| values.len() == self.rows * leaf.width())
    }
}
