//! Weights in the order in which products read them.

use crate::memory::Buffer;

/// The columns of a panel.
pub const COLUMNS: usize = 32;

/// A matrix of weights, cut into panels of columns; of each panel, the rows lie one after the other.
#[derive(Debug)]
pub struct Panels {
    rows: usize,
    columns: usize,
    data: Buffer,
}

impl Panels {
    /// The matrix of so many rows and columns whose elements `weight` gives.
    pub fn new(rows: usize, columns: usize, mut weight: impl FnMut(usize, usize) -> f32) -> Self {
        Self::by_panel(rows, columns, |first, panel| {
            for (row, place) in panel.iter_mut().enumerate() {
                for (column, place) in place.iter_mut().enumerate().take(columns - first) {
                    *place = weight(row, first + column);
                }
            }
        })
    }

    /// The matrix of so many rows and columns, of which `fill` writes a panel at a time: its rows from this column on, which
    /// are zero.
    pub fn by_panel(rows: usize, columns: usize, mut fill: impl FnMut(usize, &mut [[f32; COLUMNS]])) -> Self {
        let mut data = Buffer::zeros(columns.div_ceil(COLUMNS) * rows * COLUMNS);
        let places = data.as_chunks_mut::<COLUMNS>().0;
        for first in (0..columns).step_by(COLUMNS) {
            fill(first, &mut places[first / COLUMNS * rows..][..rows]);
        }
        Self { rows, columns, data }
    }

    /// The number of panels.
    pub fn count(&self) -> usize {
        self.columns.div_ceil(COLUMNS)
    }

    /// The rows of a panel.
    pub fn panel(&self, panel: usize) -> &[[f32; COLUMNS]] {
        &self.data.as_chunks().0[panel * self.rows..(panel + 1) * self.rows]
    }
}
