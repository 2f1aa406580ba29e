//! Where a variant lies in a window of its own.

use crate::genome::{Interval, Strand};

/// Where the variant lies in its window when the window's length is odd or even.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Centering {
    /// Index ⌈L/2⌉ − 1: the middle base of an odd window, the base before the middle of an even one.
    #[default]
    Middle,
    /// Index ⌊L/2⌋ − 1, as Kipoi's variant-centred regions have it; differs from [`Middle`](Self::Middle) for odd L.
    Kipoi,
}

impl Centering {
    /// The 0-based index of the variant's first base in a window of `length` bases; `None` if that is too short for any.
    pub fn index(self, length: usize) -> Option<usize> {
        match self {
            Self::Middle => length.div_ceil(2).checked_sub(1),
            Self::Kipoi => (length / 2).checked_sub(1),
        }
    }

    /// The window of `length` bases for an allele that starts at `start` (0-based) of a contig. It may leave the contig
    /// at either end.
    pub(super) fn window(self, length: usize, contig: usize, start: i64) -> Option<Interval> {
        let window_start = start - i64::try_from(self.index(length)?).ok()?;
        let window_end = window_start + i64::try_from(length).ok()?;
        Interval::new(contig, window_start, window_end, Strand::Forward).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(length: usize, centering: Centering) -> Option<(i64, i64, usize)> {
        // POS 1000
        let window = centering.window(length, 0, 999)?;
        Some((window.start(), window.end(), centering.index(length)?))
    }

    #[test]
    fn windows_in_kipoi_spelling() {
        let kipoi = |length| window(length, Centering::Kipoi);
        assert_eq!(kipoi(2), Some((999, 1001, 0)));
        assert_eq!(kipoi(3), Some((999, 1002, 0)));
        assert_eq!(kipoi(10), Some((995, 1005, 4)));
        assert_eq!(kipoi(100), Some((950, 1050, 49)));
        assert_eq!(kipoi(101), Some((950, 1051, 49)));
        assert_eq!(kipoi(1001), Some((500, 1501, 499)));
        assert_eq!(kipoi(1), None);
    }

    #[test]
    fn windows_of_odd_length_have_a_middle() {
        let middle = |length| window(length, Centering::Middle);
        assert_eq!(middle(1), Some((999, 1000, 0)));
        assert_eq!(middle(3), Some((998, 1001, 1)));
        assert_eq!(middle(101), Some((949, 1050, 50)));
        assert_eq!(middle(100), window(100, Centering::Kipoi));
        assert_eq!(middle(0), None);
    }
}
