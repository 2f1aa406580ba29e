//! The columns before the scores of a table.

/// What the rows of a run are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RowKind {
    /// Variants that somebody names.
    #[default]
    Variants,
    /// All SNVs of stretches of the genome, in the order of the genome, in windows around or near them.
    Saturation {
        /// The index of the centre in each window, 0-based.
        centre: i64,
    },
}

/// A column before the scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowColumn {
    /// The contig.
    Chrom,
    /// Where REF begins, **1-based** as in a VCF.
    Pos,
    /// The record's ID.
    Id,
    /// REF.
    Reference,
    /// The ALT allele.
    Alternate,
    /// The name of the region that the window comes from.
    Region,
    /// Where the window starts, 0-based.
    Start,
    /// One past the window's last base, 0-based.
    End,
    /// The strand on which the model read the window.
    Strand,
    /// How many bases the SNV is behind the centre of its window.
    Offset,
    /// Why the row has no scores.
    Skip,
}

use RowColumn::{Alternate, Chrom, End, Id, Offset, Pos, Reference, Region, Skip, Start, Strand};

const OF_VARIANTS: [RowColumn; 10] = [Chrom, Pos, Id, Reference, Alternate, Region, Start, End, Strand, Skip];

/// SNVs have no IDs; their windows come from no region, and are read forward.
const OF_SATURATION: [RowColumn; 8] = [Chrom, Pos, Reference, Alternate, Start, End, Offset, Skip];

impl RowKind {
    /// The columns before the scores, in their order.
    pub(super) fn columns(self) -> &'static [RowColumn] {
        match self {
            Self::Variants => &OF_VARIANTS,
            Self::Saturation { .. } => &OF_SATURATION,
        }
    }

    /// How many bases the base at POS (1-based) is behind the centre of the window that begins at `start` (0-based);
    /// `None` where rows have no such column.
    pub(super) fn offset(self, pos: u64, start: i64) -> Option<i64> {
        match self {
            Self::Variants => None,
            Self::Saturation { centre } => Some(i64::try_from(pos).ok()? - 1 - start - centre),
        }
    }
}

impl RowColumn {
    /// Its name in all formats.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Chrom => "chrom",
            Self::Pos => "pos",
            Self::Id => "id",
            Self::Reference => "ref",
            Self::Alternate => "alt",
            Self::Region => "region_id",
            Self::Start => "region_start",
            Self::End => "region_end",
            Self::Strand => "strand",
            Self::Offset => "offset",
            Self::Skip => "skip",
        }
    }

    /// Whether it holds 64-bit integers rather than strings.
    pub(super) const fn is_number(self) -> bool {
        matches!(self, Self::Pos | Self::Start | Self::End | Self::Offset)
    }

    /// Whether every row has a value in it.
    pub(super) const fn is_complete(self) -> bool {
        matches!(self, Self::Chrom | Self::Pos | Self::Reference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_their_documented_names() {
        let names = |kind: RowKind| kind.columns().iter().map(|column| column.name()).collect::<Vec<_>>().join(" ");
        assert_eq!(names(RowKind::Variants), "chrom pos id ref alt region_id region_start region_end strand skip");
        let saturation = RowKind::Saturation { centre: 4 };
        assert_eq!(names(saturation), "chrom pos ref alt region_start region_end offset skip");
    }

    #[test]
    fn offsets_count_from_the_centre() {
        let saturation = RowKind::Saturation { centre: 4 };
        // The centre of a window from 10 on is the base at 14, which has POS 15.
        assert_eq!([15, 14, 20].map(|pos| saturation.offset(pos, 10)), [Some(0), Some(-1), Some(5)]);
        assert_eq!(saturation.offset(1, -4), Some(0));
        assert_eq!(RowKind::Variants.offset(15, 10), None);
    }
}
