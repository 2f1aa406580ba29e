//! How a one-hot array lies in memory: which axis runs along the sequence, which over the letters.

use thiserror::Error;

/// The layout of one row (no batch axis) of one-hot DNA.
///
/// Axes of length 1 do not change where an element lies, so two facts suffice: the length, and whether the
/// letters of one base lie side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneHotLayout {
    shape: Vec<usize>,
    length: usize,
    channels_last: bool,
}

/// A combination of axes that has no meaning.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`alphabet_axis: {alphabet_axis}` does not fit `dummy_axis: {}`: the bases can be on axis {possible}",
    dummy_axis.map_or("none".to_owned(), |axis| axis.to_string())
)]
pub struct LayoutError {
    alphabet_axis: usize,
    dummy_axis: Option<usize>,
    possible: &'static str,
}

/// The number of letters: A, C, G and T in some order.
const LETTERS: usize = 4;

impl OneHotLayout {
    /// The layout of kipoiseq's loaders: from `(length, 4)` a length-1 axis is inserted at `dummy_axis`, then the
    /// axis of the letters swaps places with `alphabet_axis`.
    ///
    /// # Errors
    /// If the letters cannot be put on that axis.
    pub fn new(length: usize, alphabet_axis: usize, dummy_axis: Option<usize>) -> Result<Self, LayoutError> {
        let (shape, channels_last) = match (dummy_axis, alphabet_axis) {
            (None, 0) => (vec![LETTERS, length], false),
            (None, 1) => (vec![length, LETTERS], true),
            (Some(0), 1) => (vec![1, LETTERS, length], false),
            (Some(0), 2) => (vec![1, length, LETTERS], true),
            (Some(1), 0) => (vec![LETTERS, 1, length], false),
            (Some(1), 2) => (vec![length, 1, LETTERS], true),
            (Some(2), 0) => (vec![LETTERS, length, 1], false),
            (Some(2), 1) => (vec![length, LETTERS, 1], true),
            _ => {
                let possible = match dummy_axis {
                    None => "0 or 1",
                    Some(0) => "1 or 2",
                    Some(1) => "0 or 2",
                    Some(2) => "0 or 1",
                    Some(_) => "0, 1 or 2, and the dummy axis on 0, 1 or 2",
                };
                return Err(LayoutError { alphabet_axis, dummy_axis, possible });
            }
        };
        Ok(Self { shape, length, channels_last })
    }

    /// The layout of an array of this shape: apart from axes of length 1 it has two, one of them of length 4, which is
    /// that of the letters. `None` if it is no such array, or both are of length 4.
    pub fn of_shape(shape: &[usize]) -> Option<Self> {
        let long: Vec<usize> = shape.iter().copied().filter(|&length| length != 1).collect();
        let (length, channels_last) = match long[..] {
            [length, LETTERS] if length != LETTERS => (length, true),
            [LETTERS, length] if length != LETTERS => (length, false),
            _ => return None,
        };
        Some(Self { shape: shape.to_vec(), length, channels_last })
    }

    /// The shape of one row.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The number of bases of one row.
    pub fn length(&self) -> usize {
        self.length
    }

    /// The number of elements of one row.
    pub fn elements(&self) -> usize {
        self.length * LETTERS
    }

    /// Whether the letters of one base lie side by side.
    pub(super) fn channels_last(&self) -> bool {
        self.channels_last
    }

    /// The index of a base's letter in a row.
    pub(super) fn index(&self, position: usize, channel: usize) -> usize {
        if self.channels_last { position * LETTERS + channel } else { channel * self.length + position }
    }

    /// The axes, without the batch axis, that run along the sequence and over the letters.
    pub fn axes(&self) -> (usize, usize) {
        let long = |axis: &usize| self.shape[*axis] != 1 || self.shape.len() == 2;
        let mut axes = (0..self.shape.len()).filter(long);
        let first = axes.next().unwrap_or_default();
        let last = axes.next_back().unwrap_or(first);
        if self.channels_last { (first, last) } else { (last, first) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// kipoiseq's table of axes, whole.
    #[test]
    fn every_combination_of_axes() {
        let shape = |dummy, alphabet| OneHotLayout::new(9, alphabet, dummy).ok().map(|layout| layout.shape);
        let table = [
            (None, [Some(vec![4, 9]), Some(vec![9, 4]), None]),
            (Some(0), [None, Some(vec![1, 4, 9]), Some(vec![1, 9, 4])]),
            (Some(1), [Some(vec![4, 1, 9]), None, Some(vec![9, 1, 4])]),
            (Some(2), [Some(vec![4, 9, 1]), Some(vec![9, 4, 1]), None]),
            (Some(3), [None, None, None]),
        ];
        for (dummy, expected) in table {
            assert_eq!([0, 1, 2].map(|alphabet| shape(dummy, alphabet)), expected, "dummy_axis {dummy:?}");
        }
    }

    #[test]
    fn the_axes_are_those_of_the_shape() {
        for (dummy, alphabet) in [(None, 0), (None, 1), (Some(0), 1), (Some(0), 2), (Some(1), 0), (Some(2), 1)] {
            let layout = OneHotLayout::new(9, alphabet, dummy).unwrap();
            let (position, channel) = layout.axes();
            assert_eq!((layout.shape()[position], layout.shape()[channel]), (9, 4), "{layout:?}");
        }
    }

    #[test]
    fn shapes_have_one_layout_or_none() {
        for (dummy, alphabet) in [(None, 0), (None, 1), (Some(0), 1), (Some(1), 2), (Some(2), 0)] {
            let layout = OneHotLayout::new(9, alphabet, dummy).unwrap();
            assert_eq!(OneHotLayout::of_shape(layout.shape()), Some(layout));
        }
        for odd in [&[4, 4][..], &[9, 5], &[9], &[9, 4, 2], &[1, 4], &[]] {
            assert_eq!(OneHotLayout::of_shape(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn an_impossible_combination_names_the_possible() {
        assert_eq!(
            OneHotLayout::new(9, 0, Some(0)).unwrap_err().to_string(),
            "`alphabet_axis: 0` does not fit `dummy_axis: 0`: the bases can be on axis 1 or 2"
        );
    }
}
