//! Stretches of a contig.

use std::fmt;

/// The strand a sequence is read on.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Strand {
    /// As written in the genome file.
    #[default]
    Forward,
    /// The reverse complement of what the genome file holds.
    Reverse,
}

impl Strand {
    /// Whether this is [`Reverse`](Self::Reverse).
    pub fn is_reverse(self) -> bool {
        self == Self::Reverse
    }
}

impl fmt::Display for Strand {
    /// Writes `+` or `-`, as BED does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Forward => "+",
            Self::Reverse => "-",
        })
    }
}

/// Why an [`Interval`] could not be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IntervalError {
    /// The end lies before the start.
    #[error("interval end {end} is before its start {start}; swap them")]
    Reversed {
        /// First base, 0-based.
        start: i64,
        /// One past the last base, 0-based.
        end: i64,
    },
}

/// A stretch `[start, end)` of one contig, 0-based and half-open, in forward coordinates whatever
/// its strand.
///
/// The start may be negative and the end may lie beyond the contig: a window around a variant near
/// a contig end does both, and the edge rule decides later what happens to it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Interval {
    contig: usize,
    start: i64,
    end: i64,
    strand: Strand,
}

impl Interval {
    /// Makes the interval `[start, end)`; `contig` is the index of a contig in the genome.
    ///
    /// # Errors
    ///
    /// [`IntervalError::Reversed`] if `end < start`. An empty interval is fine.
    pub fn new(contig: usize, start: i64, end: i64, strand: Strand) -> Result<Self, IntervalError> {
        if end < start {
            return Err(IntervalError::Reversed { start, end });
        }
        Ok(Self { contig, start, end, strand })
    }

    /// The contig, as its index in the genome.
    pub fn contig(&self) -> usize {
        self.contig
    }

    /// The first base, 0-based; may be negative.
    pub fn start(&self) -> i64 {
        self.start
    }

    /// One past the last base, 0-based; may lie beyond the contig.
    pub fn end(&self) -> i64 {
        self.end
    }

    /// The strand the stretch is read on.
    pub fn strand(&self) -> Strand {
        self.strand
    }

    /// The same stretch, read on `strand`.
    #[must_use]
    pub fn on(&self, strand: Strand) -> Self {
        Self { strand, ..*self }
    }

    /// The number of bases.
    pub fn len(&self) -> u64 {
        self.end.abs_diff(self.start)
    }

    /// Whether the interval holds no base.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// The interval of `length` bases with the same middle and strand: where the middle lies between two bases of a
    /// whole number, an odd length has its extra base behind it.
    #[must_use]
    pub fn resized(&self, length: u64) -> Self {
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        let middle = self.start.midpoint(self.end);
        let start = middle.saturating_sub(length / 2);
        Self { start, end: start.saturating_add(length), ..*self }
    }

    /// The bases that both have, on this strand; `None` if there are none.
    pub fn shared(&self, other: &Self) -> Option<Self> {
        let (start, end) = (self.start.max(other.start), self.end.min(other.end));
        (self.contig == other.contig && start < end).then_some(Self { start, end, ..*self })
    }

    /// Whether the 0-based `position` on the same contig lies inside.
    pub fn contains(&self, position: i64) -> bool {
        (self.start..self.end).contains(&position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_half_open_and_may_be_negative() {
        let interval = Interval::new(3, -5, 7, Strand::Reverse).unwrap();
        assert_eq!(interval.len(), 12);
        assert!(interval.contains(-5) && interval.contains(6));
        assert!(!interval.contains(-6) && !interval.contains(7));
        assert_eq!((interval.contig(), interval.strand()), (3, Strand::Reverse));
    }

    #[test]
    fn an_empty_interval_contains_nothing_and_a_reversed_one_is_refused() {
        let empty = Interval::new(0, 4, 4, Strand::Forward).unwrap();
        assert!(empty.is_empty() && !empty.contains(4));
        assert_eq!(Interval::new(0, 5, 4, Strand::Forward), Err(IntervalError::Reversed { start: 5, end: 4 }));
    }

    /// The table of kipoiseq's loaders, which round the middle towards zero and ignore the strand.
    #[test]
    fn resizing_keeps_the_middle() {
        let resized = |start, end, length| {
            let resized = Interval::new(2, start, end, Strand::Reverse).unwrap().resized(length);
            assert_eq!((resized.contig(), resized.strand()), (2, Strand::Reverse));
            (resized.start(), resized.end())
        };
        assert_eq!(resized(10, 20, 4), (13, 17));
        assert_eq!(resized(10, 20, 5), (13, 18));
        assert_eq!(resized(10, 20, 11), (10, 21));
        assert_eq!(resized(10, 21, 4), (13, 17));
        assert_eq!(resized(10, 21, 5), (13, 18));
        assert_eq!(resized(136_018, 136_069, 1000), (135_543, 136_543));
        assert_eq!(resized(0, 3, 10), (-4, 6));
    }

    #[test]
    fn what_is_shared_has_the_strand_of_the_first() {
        let shared = |contig, start, end| {
            let own = Interval::new(1, 10, 20, Strand::Reverse).unwrap();
            own.shared(&Interval::new(contig, start, end, Strand::Forward).unwrap())
        };
        let expected = |start, end| Interval::new(1, start, end, Strand::Reverse).ok();
        assert_eq!([shared(1, 15, 30), shared(1, 0, 11)], [expected(15, 20), expected(10, 11)]);
        assert_eq!([shared(1, 12, 13), shared(1, 0, 90)], [expected(12, 13), expected(10, 20)]);
        assert_eq!([shared(1, 20, 30), shared(1, 0, 10), shared(2, 10, 20), shared(1, 15, 15)], [None; 4]);
    }

    #[test]
    fn the_widest_interval_has_a_length() {
        let widest = Interval::new(0, i64::MIN, i64::MAX, Strand::Forward).unwrap();
        assert_eq!(widest.len(), u64::MAX);
    }
}
