//! Memory for numbers, aligned for wide loads and used again.

use std::ops::{Deref, DerefMut};

/// A cache line, in numbers.
pub const LINE: usize = 16;

/// The numbers of one position: its channels, filled up with zeros to whole cache lines.
pub fn cell(channels: usize) -> usize {
    channels.next_multiple_of(LINE)
}

/// Numbers that start on a cache line. A line more than asked for is there, so that products may read on beyond the last
/// channel.
#[derive(Debug, Default)]
pub struct Buffer {
    data: Vec<f32>,
    start: usize,
    len: usize,
}

impl Buffer {
    /// So many zeros.
    pub fn zeros(len: usize) -> Self {
        let mut buffer = Self::default();
        buffer.reserve(len);
        buffer
    }

    /// Makes room for so many numbers. What they are is not defined, but no number that was never written.
    pub fn reserve(&mut self, len: usize) {
        if self.data.len() < len + 2 * LINE {
            self.data = Vec::new();
            self.data = vec![0.0; len + len / 4 + 2 * LINE];
            // Never more than a line: the memory of numbers is aligned for numbers.
            self.start = self.data.as_ptr().align_offset(LINE * size_of::<f32>()).min(LINE);
        }
        self.len = len + LINE;
    }

    /// The memory that it takes, in bytes.
    pub fn bytes(&self) -> usize {
        self.data.len() * size_of::<f32>()
    }
}

impl Deref for Buffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.data[self.start..self.start + self.len]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.data[self.start..self.start + self.len]
    }
}

/// Sets what fills cells up behind their channels to zero.
pub fn clear_rest(cells: &mut [f32], channels: usize) {
    let cell = cell(channels);
    if channels < cell {
        cells.chunks_exact_mut(cell).for_each(|cell| cell[channels..].fill(0.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_start_on_a_cache_line() {
        let mut buffer = Buffer::default();
        for len in [1, 5, 100, 3, 4000] {
            buffer.reserve(len);
            assert_eq!((buffer.as_ptr() as usize % 64, buffer.len()), (0, len + LINE));
        }
    }

    #[test]
    fn only_what_fills_up_is_cleared() {
        let mut cells = vec![1.0; 64];
        clear_rest(&mut cells, 20);
        assert_eq!(cells.iter().sum::<f32>(), 40.0);
        assert_eq!((cells[19], cells[20], cells[32], cells[52]), (1.0, 0.0, 1.0, 0.0));
    }
}
