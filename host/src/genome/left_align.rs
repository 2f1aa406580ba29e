//! Insertions and deletions at the first of the places where they make the same sequence.

use std::ops::Range;

use super::Allele;
use super::iupac::is_base;

/// How far an insertion or deletion can be moved towards the start of its contig.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeftShift {
    /// By so many bases.
    pub bases: u64,
    /// The limit ended it, so other spellings may be moved to other places.
    pub limited: bool,
}

impl LeftShift {
    /// How far `allele` can be moved, by `limit` bases at most. `read` gives the genome's letters of a stretch of the
    /// allele's contig, 0-based; the genome must hold REF.
    ///
    /// The change ends where it would no longer make the same sequence, at a letter other than A, C, G and T, or one
    /// base behind the start of the contig, which stays for padding. Bases that are replaced by others cannot be moved.
    ///
    /// # Errors
    /// That of `read`.
    pub fn of<E>(
        allele: &Allele,
        limit: u64,
        mut read: impl FnMut(Range<u64>) -> Result<Vec<u8>, E>,
    ) -> Result<Self, E> {
        /// Most alleles move by few bases or not at all.
        const FIRST_READ: u64 = 32;
        const LARGEST_READ: u64 = 4096;
        let Some(unit) = moving_bases(allele) else { return Ok(Self::default()) };
        let start = allele.changed().start;
        // The bases of the unit repeat towards the start, from its last one on.
        let mut expected = unit.iter().rev().cycle();
        let (mut bases, mut length) = (0, FIRST_READ);
        loop {
            let end = start - bases;
            let stretch = end.saturating_sub(length).max(1)..end;
            if stretch.is_empty() {
                return Ok(Self { bases, limited: false });
            }
            for letter in read(stretch)?.iter().rev() {
                if !is_base(*letter) || !expected.next().is_some_and(|base| letter.eq_ignore_ascii_case(base)) {
                    return Ok(Self { bases, limited: false });
                }
                if bases == limit {
                    return Ok(Self { bases, limited: true });
                }
                bases += 1;
            }
            length = (2 * length).min(LARGEST_READ);
        }
    }
}

impl Allele {
    /// The same sequence, changed `shift` bases nearer to the start of the contig, as [`LeftShift::of`] allows. `padding`
    /// is the genome's letter before the place. POS stays that of the record.
    pub fn moved_left(&self, shift: u64, padding: u8) -> Self {
        let Some(unit) = moving_bases(self).filter(|_| shift > 0) else { return self.clone() };
        let mut spelled = unit.to_vec();
        let turns = usize::try_from(shift % unit.len() as u64).unwrap_or_default();
        spelled.rotate_right(turns);
        spelled.insert(0, padding);
        let start = self.changed().start - shift - 1;
        if self.inserted().is_empty() {
            self.respelled(start, &spelled, &[padding])
        } else {
            self.respelled(start, &[padding], &spelled)
        }
    }
}

/// The bases that come in or go away, if the allele does one of both and not the other.
fn moving_bases(allele: &Allele) -> Option<&[u8]> {
    let changed = allele.changed();
    let (deleted, inserted) = (changed.end - changed.start, allele.inserted());
    match (deleted, inserted) {
        (0, []) => None,
        (0, inserted) => Some(inserted),
        (_, []) => Some(allele.deleted()).filter(|deleted| deleted.iter().copied().all(is_base)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    /// The first place of `REF>ALT` at a 1-based position of `genome`, as start (0-based), REF, ALT, and the shift.
    fn aligned(genome: &str, pos: u64, reference: &str, alternate: &str, limit: u64) -> (u64, String, LeftShift) {
        let allele = Allele::parse(pos, reference.as_bytes(), alternate.as_bytes()).unwrap();
        let genome = genome.as_bytes();
        let letters = |range: Range<u64>| genome[range.start as usize..range.end as usize].to_vec();
        let Ok(shift) = LeftShift::of(&allele, limit, |range| Ok::<_, Infallible>(letters(range)));
        let place = allele.changed().start.saturating_sub(shift.bases + 1);
        let moved = allele.moved_left(shift.bases, letters(place..place + 1)[0]);
        let text = |bases: &[u8]| String::from_utf8_lossy(bases).into_owned();
        (moved.start(), format!("{}>{}", text(moved.reference()), text(moved.alternate())), shift)
    }

    #[test]
    fn indels_move_to_the_first_place() {
        let genome = "GCACACATNTTTG";
        for (pos, reference, alternate, limit, expected) in [
            // A repeat of two bases.
            (5, "ACA", "A", 100, (0, "GCA>G", 4, false)),
            (5, "A", "ACA", 100, (0, "G>GCA", 4, false)),
            (6, "C", "CAC", 100, (0, "G>GCA", 5, false)),
            (5, "ACA", "A", 1, (3, "CAC>C", 1, true)),
            // The limit is just enough.
            (5, "ACA", "A", 4, (0, "GCA>G", 4, false)),
            // N ends it, and stands as padding.
            (11, "T", "TT", 100, (8, "N>NT", 2, false)),
            (11, "TT", "T", 100, (8, "NT>N", 2, false)),
            // What replaces bases cannot move.
            (2, "CA", "T", 100, (1, "CA>T", 0, false)),
            (2, "C", "T", 100, (1, "C>T", 0, false)),
            // Unlike letters before it.
            (8, "T", "TG", 100, (7, "T>TG", 0, false)),
        ] {
            let (start, spelled, bases, limited) = expected;
            assert_eq!(
                aligned(genome, pos, reference, alternate, limit),
                (start, spelled.to_owned(), LeftShift { bases, limited }),
                "{reference}>{alternate} at {pos}"
            );
        }
        // The first base of the contig is left for padding, and lower case is no other base.
        assert_eq!(aligned("aaaa", 3, "AA", "A", 100), (0, "AA>A".to_owned(), LeftShift { bases: 2, limited: false }));
        assert_eq!(aligned("CTTT", 1, "CT", "T", 100), (0, "CT>T".to_owned(), LeftShift::default()));
    }

    #[test]
    fn long_repeats_are_read_in_pieces() {
        let genome = format!("GC{}", "AT".repeat(5_000));
        let (start, spelled, shift) = aligned(&genome, 10_002, "T", "TAT", 20_000);
        assert_eq!((start, spelled.as_str(), shift.bases), (1, "C>CAT", 10_000));
        let (_, _, shift) = aligned(&genome, 10_002, "T", "TAT", 9_999);
        assert_eq!(shift, LeftShift { bases: 9_999, limited: true });
    }

    fn dna(length: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = String> {
        proptest::collection::vec(prop::sample::select(vec!['A', 'C']), length).prop_map(String::from_iter)
    }

    proptest! {
        /// All spellings of a haplotype become one, and it is the haplotype.
        #[test]
        fn one_haplotype_has_one_spelling(
            genome in dna(1..24), at in any::<prop::sample::Index>(), deletes in 0_usize..4, inserts in dna(0..4)
        ) {
            let first = at.index(genome.len());
            let deleted = first..(first + 1 + deletes).min(genome.len());
            let replaced = |at: Range<usize>, by: &str| [&genome[..at.start], by, &genome[at.end..]].concat();
            // One base of padding before it, so that it is a record.
            let alternate = format!("{}{inserts}", &genome[first..=first]);
            let haplotype = replaced(deleted.clone(), &alternate);
            prop_assume!(haplotype.len() != genome.len());
            let (start, spelled, _) = aligned(&genome, first as u64 + 1, &genome[deleted], &alternate, 1_000);
            let (reference, alternate) = spelled.split_once('>').unwrap();
            let start = start as usize;
            prop_assert_eq!(replaced(start..start + reference.len(), alternate), haplotype.clone());
            // No pure insertion or deletion further left makes the same haplotype.
            if reference.len() == 1 || alternate.len() == 1 {
                prop_assume!(reference.as_bytes()[0] == alternate.as_bytes()[0]);
                let (longer, shorter) = (genome.len().max(haplotype.len()), genome.len().min(haplotype.len()));
                let change = longer - shorter;
                for earlier in 0..start {
                    let (long, short) = if haplotype.len() > genome.len() { (&haplotype, &genome) } else { (&genome, &haplotype) };
                    let without = [&long[..=earlier], &long[earlier + 1 + change..]].concat();
                    prop_assert_ne!(&without, short, "a change at {} would do", earlier);
                }
            }
        }
    }
}
