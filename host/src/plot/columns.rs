//! The horizontal axis: columns side by side, each a base or a place of an array.

use super::error::PlotError;
use std::ops::Range;

/// Which columns are drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PlotLimit {
    /// All.
    #[default]
    All,
    /// Columns `[from, to)` of the array, 0-based, whatever strand they lie on.
    Columns(i64, i64),
    /// Bases `[from, to)` of the contig, 0-based.
    Genomic(i64, i64),
}

impl PlotLimit {
    /// The columns among `count`, the first of which is base `start` of the contig. [`PlotLimit::Genomic`] counts from 0 if
    /// there is no contig.
    ///
    /// # Errors
    /// [`PlotError::Limit`] if it is empty or leaves the region.
    pub(crate) fn range(self, count: usize, start: i64) -> Result<Range<usize>, PlotError> {
        let (what, from, to, start) = match self {
            Self::All => return Ok(0..count),
            Self::Columns(from, to) => ("limit-region", from, to, 0),
            Self::Genomic(from, to) => ("limit-region-genomic", from, to, start),
        };
        let end = start.saturating_add(count as i64);
        if from < start || to > end || from >= to {
            return Err(PlotError::Limit { what, from, to, start, end });
        }
        Ok((from - start) as usize..(to - start) as usize)
    }
}

/// What the columns of a picture are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Coordinates {
    /// The contig that the columns are bases of; `None` for places of an array.
    pub(super) contig: Option<String>,
    /// Bases of the contig, if that is known: columns beyond are padding.
    pub(super) contig_length: Option<i64>,
    /// First column, 0-based.
    pub(super) start: i64,
    /// One past the last.
    pub(super) end: i64,
    /// The first column is drawn at the right end.
    pub(super) descending: bool,
}

impl Coordinates {
    /// Those from `start` to `end` that the contig has; all places of an array.
    pub(super) fn bases(&self) -> Range<i64> {
        if self.contig.is_none() {
            return self.start..self.end;
        }
        self.start.max(0)..self.end.min(self.contig_length.unwrap_or(i64::MAX))
    }
}

/// Columns on the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Columns {
    /// How many there are.
    pub(super) count: usize,
    /// Left edge of the first.
    pub(super) left: f64,
    /// Width of all.
    pub(super) width: f64,
}

impl Columns {
    /// Width of one.
    pub(super) fn cell(&self) -> f64 {
        self.width / self.count.max(1) as f64
    }

    /// Left edge of a column; that of the one behind the last is the right edge.
    pub(super) fn x(&self, column: usize) -> f64 {
        self.left + self.width * column as f64 / self.count.max(1) as f64
    }

    /// Middle of a column.
    pub(super) fn middle(&self, column: usize) -> f64 {
        self.x(column) + self.cell() / 2.0
    }

    /// Right edge of all.
    pub(super) fn right(&self) -> f64 {
        self.left + self.width
    }

    /// Neighbouring columns that are drawn as one: as many as have a pixel between them.
    pub(super) fn bins(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let size = if self.cell() < 1.0 { (1.0 / self.cell()).ceil() as usize } else { 1 };
        let count = self.count;
        (0..count).step_by(size.max(1)).map(move |first| first..count.min(first + size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_count_from_the_array_or_the_genome() {
        assert_eq!(PlotLimit::All.range(10, 100).unwrap(), 0..10);
        assert_eq!(PlotLimit::Columns(2, 5).range(10, 100).unwrap(), 2..5);
        assert_eq!(PlotLimit::Genomic(102, 110).range(10, 100).unwrap(), 2..10);
    }

    #[test]
    fn limits_outside_are_refused() {
        let message = |limit: PlotLimit| limit.range(10, 100).unwrap_err().to_string();
        insta::assert_snapshot!(message(PlotLimit::Genomic(99, 105)), @"limit-region-genomic [99, 105) is not within [100, 110); choose two numbers within it, the smaller one first");
        insta::assert_snapshot!(message(PlotLimit::Columns(3, 3)), @"limit-region [3, 3) is not within [0, 10); choose two numbers within it, the smaller one first");
        insta::assert_snapshot!(message(PlotLimit::Columns(0, 11)), @"limit-region [0, 11) is not within [0, 10); choose two numbers within it, the smaller one first");
    }

    #[test]
    fn narrow_columns_share_a_pixel() {
        let wide = Columns { count: 3, left: 0.0, width: 30.0 };
        assert_eq!(wide.bins().collect::<Vec<_>>(), [0..1, 1..2, 2..3]);
        let narrow = Columns { count: 7, left: 0.0, width: 3.0 };
        assert_eq!(narrow.bins().collect::<Vec<_>>(), [0..3, 3..6, 6..7]);
        assert_eq!((wide.x(3), wide.middle(1)), (30.0, 15.0));
    }
}
