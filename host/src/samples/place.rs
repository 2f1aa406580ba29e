//! Where an allele is in a window, and the bases of a row that it replaces.

use kipos_plugin_api::Site;

use crate::edits::BaseSubstitution;
use crate::genome::{Allele, Interval, Strand};
use crate::internal::OrInternal;
use crate::sequence::reverse_complement;

/// The place of an allele, or of other bases, in a window of one input, in forward orientation.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlaceInWindow {
    /// Index of the first base; negative if it is before the window.
    pub(super) position: i64,
    /// Bases of the window.
    pub(super) length: i64,
    strand: Strand,
}

impl PlaceInWindow {
    pub(super) fn of(allele: &Allele, window: &Interval) -> Self {
        let start = i64::try_from(allele.start()).or_internal("an allele is inside its contig");
        Self::at(start - window.start(), window)
    }

    /// The place of bases that begin at index `position` of the window.
    pub(super) fn at(position: i64, window: &Interval) -> Self {
        Self { position, length: window.end() - window.start(), strand: window.strand() }
    }

    /// Whether any of the first `length` bases is inside the window.
    pub(super) fn is_inside(&self, length: usize) -> bool {
        self.position < self.length && self.position + length as i64 > 0
    }

    /// Whether the allele is so long that it would leave less context than it takes. A single base fits any window.
    pub(super) fn is_too_long(&self, allele: &Allele) -> bool {
        allele.reference().len().max(allele.alternate().len()) as i64 > (self.length / 2).max(1)
    }

    /// Whether the window is read on the reverse strand.
    pub(super) fn is_reverse(&self) -> bool {
        self.strand.is_reverse()
    }

    /// Those of the first `length` bases that are inside the window: (offset among them, index in the row).
    pub(super) fn shown(&self, length: usize) -> impl Iterator<Item = (usize, usize)> + use<> {
        let Self { position, length: window, strand } = *self;
        (0..length).filter_map(move |offset| {
            let index = position + offset as i64;
            let index = if strand.is_reverse() { window - 1 - index } else { index };
            Some((offset, usize::try_from(index).ok().filter(|&index| (index as i64) < window)?))
        })
    }

    /// The substitution of `bases` at this place of `input`: those inside the window, on its strand. `None` if all are
    /// outside.
    pub(super) fn substitution(&self, input: usize, bases: &[u8]) -> Option<BaseSubstitution> {
        let position = self.position;
        let before = usize::try_from(-position).unwrap_or(0);
        let room = usize::try_from(self.length - position).unwrap_or(0);
        let shown = bases.get(before..room.min(bases.len())).filter(|shown| !shown.is_empty())?;
        let mut bases = shown.to_vec();
        let mut position = position + before as i64;
        if self.strand.is_reverse() {
            reverse_complement(&mut bases);
            position = self.length - position - bases.len() as i64;
        }
        Some(BaseSubstitution {
            input,
            position: usize::try_from(position).or_internal("bases are cut to the window"),
            bases,
        })
    }

    /// What scorers are told.
    pub(super) fn site(&self, allele: &Allele) -> Site {
        self.site_of(allele.reference().len(), allele.alternate().len()).with_pos(Some(allele.pos()))
    }

    /// What scorers are told of alleles of so many bases.
    pub(super) fn site_of(&self, reference_len: usize, alternate_len: usize) -> Site {
        Site::new(reference_len, alternate_len)
            .with_window_len(usize::try_from(self.length).ok())
            .with_position(usize::try_from(self.position).ok())
            .with_reverse_strand(self.strand.is_reverse())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(strand: Strand, pos: u64, reference: &[u8]) -> Option<(usize, String)> {
        let allele = Allele::parse(pos, reference, &vec![b'C'; reference.len()]).unwrap();
        let place = PlaceInWindow::of(&allele, &Interval::new(0, 10, 20, strand).unwrap());
        let write = place.substitution(0, reference)?;
        Some((write.position, String::from_utf8(write.bases).unwrap()))
    }

    #[test]
    fn letters_are_cut_to_the_window_and_turned_with_it() {
        let forward = |pos, letters| write(Strand::Forward, pos, letters);
        let reverse = |pos, letters| write(Strand::Reverse, pos, letters);
        assert_eq!(forward(11, b"A"), Some((0, "A".into())));
        assert_eq!(forward(20, b"AGT"), Some((9, "A".into())));
        assert_eq!(forward(9, b"AGT"), Some((0, "T".into())));
        assert_eq!(reverse(11, b"A"), Some((9, "T".into())));
        assert_eq!(reverse(20, b"AGT"), Some((0, "T".into())));
        assert_eq!(reverse(9, b"AGT"), Some((9, "A".into())));
        assert_eq!(reverse(13, b"AGT"), Some((5, "ACT".into())));
    }

    #[test]
    fn scorers_are_told_where_the_allele_and_its_record_are() {
        // Trimmed, the deletion begins two bases behind POS.
        let allele = Allele::parse(12, b"ACGT", b"ACG").unwrap();
        let window = Interval::new(0, 10, 20, Strand::Reverse).unwrap();
        let site = PlaceInWindow::of(&allele, &window).site(&allele);
        let expected = Site::new(2, 1)
            .with_position(Some(3))
            .with_window_len(Some(10))
            .with_pos(Some(12))
            .with_reverse_strand(true);
        assert_eq!(site, expected);
        assert_eq!(site.row_index(), Some(6));
    }

    #[test]
    fn letters_beside_the_window_are_not_written() {
        for strand in [Strand::Forward, Strand::Reverse] {
            for pos in [1, 9, 10, 21, 22, 90] {
                assert_eq!(write(strand, pos, b"A"), None, "{strand:?} {pos}");
            }
        }
    }
}
