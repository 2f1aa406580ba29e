//! Weights in the order in which products read them.

use crate::memory::Buffer;

/// The columns of a panel.
pub const COLUMNS: usize = 32;

/// Fewer rows of panels are not worth threads.
const WORTH_THREADS: usize = 1 << 15;

/// A matrix of weights, cut into panels of columns; of each panel, the rows lie one after the other.
#[derive(Debug)]
pub struct Panels {
    rows: usize,
    columns: usize,
    data: Buffer,
}

impl Panels {
    /// The matrix of so many rows and columns whose elements `weight` gives.
    pub fn new(rows: usize, columns: usize, weight: impl Fn(usize, usize) -> f32 + Sync) -> Self {
        Self::by_panel(rows, columns, 1, |first, panel| {
            for (row, place) in panel.iter_mut().enumerate() {
                for (column, place) in place.iter_mut().enumerate().take(columns - first) {
                    *place = weight(row, first + column);
                }
            }
        })
    }

    /// The matrix of so many rows and columns, of which `fill` writes a panel at a time, on so many threads: its rows from this
    /// column on, which are zero.
    pub fn by_panel(
        rows: usize,
        columns: usize,
        threads: usize,
        fill: impl Fn(usize, &mut [[f32; COLUMNS]]) + Sync,
    ) -> Self {
        let panels = columns.div_ceil(COLUMNS);
        let mut data = Buffer::zeros(panels * rows * COLUMNS);
        let places = &mut data.as_chunks_mut::<COLUMNS>().0[..panels * rows];
        let (at_once, places_count) = (panels.div_ceil(threads.max(1)).max(1), places.len());
        let several = |(part, places): (usize, &mut [[f32; COLUMNS]])| {
            for (panel, places) in places.chunks_exact_mut(rows).enumerate() {
                fill((part * at_once + panel) * COLUMNS, places);
            }
        };
        let parts = places.chunks_mut((at_once * rows).max(1)).enumerate();
        if threads < 2 || places_count < WORTH_THREADS {
            parts.for_each(several);
        } else {
            std::thread::scope(|scope| parts.for_each(|part| drop(scope.spawn(|| several(part)))));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_are_the_same_on_any_number_of_threads() {
        let (rows, columns) = (9_000, 150);
        let weight = |row: usize, column: usize| (row * columns + column) as f32;
        let one = Panels::new(rows, columns, weight);
        for threads in [1, 2, 3, 9] {
            let panels = Panels::by_panel(rows, columns, threads, |first, panel| {
                for (row, place) in panel.iter_mut().enumerate() {
                    (first..columns).zip(place).for_each(|(column, place)| *place = weight(row, column));
                }
            });
            assert!((0..one.count()).all(|at| panels.panel(at) == one.panel(at)), "{threads} threads");
        }
        assert_eq!((one.count(), one.panel(4)[2][21], one.panel(4)[2][22]), (5, weight(2, 149), 0.0));
    }
}
