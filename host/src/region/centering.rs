//! The window of a variant that has one of its own.

pub use crate::description::{Centering, CenteringError};
use crate::genome::{Interval, Strand};

/// The window of `length` bases for an allele that starts at `start` (0-based) of a contig. It may leave the contig at
/// either end.
pub(super) fn centered_window(centering: Centering, length: usize, contig: usize, start: i64) -> Option<Interval> {
    let window_start = start - i64::try_from(centering.index(length)?).ok()?;
    let window_end = window_start + i64::try_from(length).ok()?;
    Interval::new(contig, window_start, window_end, Strand::Forward).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(length: usize, centering: Centering) -> Option<(i64, i64, usize)> {
        // POS 1000
        let window = centered_window(centering, length, 0, 999)?;
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
