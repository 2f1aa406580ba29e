//! One alternate allele of a record, trimmed to what it changes.

use super::{SkipReason, bases::Bases, iupac::base_set};
use std::ops::Range;

/// What an allele does to the sequence.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum AlleleKind {
    /// One base for one base, also when both are the same.
    Snv,
    /// Several bases for as many others.
    Mnv,
    /// Bases come in beside one anchor base that stays.
    Insertion,
    /// Bases go away beside one anchor base that stays.
    Deletion,
    /// Bases are replaced by more or fewer others.
    Delins,
}

impl AlleleKind {
    /// Whether the allele changes the length of the sequence.
    pub const fn is_indel(self) -> bool {
        matches!(self, Self::Insertion | Self::Deletion | Self::Delins)
    }
}

/// A replacement of `reference` by `alternate` at `start`, upper-cased and trimmed.
///
/// Trimming takes the common suffix, then the common prefix, and always leaves one base on either
/// side, so an indel keeps one anchor base. It makes the value of an allele independent of the
/// other alleles its record lists. It does not left-align; `LeftShift` tells how far one can be moved.
#[derive(Clone, Debug, Eq)]
pub struct Allele {
    pos: u64,
    start: u64,
    reference: Bases,
    alternate: Bases,
}

/// Alleles that do the same are the same, wherever their records begin.
impl PartialEq for Allele {
    fn eq(&self, other: &Self) -> bool {
        self.start == other.start && self.reference == other.reference && self.alternate == other.alternate
    }
}

impl Allele {
    /// Reads one alternate allele of a record.
    ///
    /// `pos` is the 1-based POS of the record, `reference` its REF and `alternate` *one* element of
    /// its ALT, all as written. REF may hold ambiguous letters and N; ALT only ACGT; lower case is
    /// fine in both.
    ///
    /// # Errors
    ///
    /// The [`SkipReason`] of an allele that names no bases: `no_alt`, `symbolic`, `breakend`,
    /// `spanning_deletion`, `non_acgt`; `outside_contig` for POS 0, which denotes a telomere.
    pub fn parse(pos: u64, reference: &[u8], alternate: &[u8]) -> Result<Self, SkipReason> {
        check_alternate(alternate)?;
        if reference.is_empty() || reference.iter().any(|&letter| base_set(letter) == 0) {
            return Err(SkipReason::NonAcgt);
        }
        let first = pos.checked_sub(1).ok_or(SkipReason::OutsideContig)?;
        let (in_reference, in_alternate) = differing_core(reference, alternate);
        let start = first.checked_add(in_reference.start as u64).ok_or(SkipReason::OutsideContig)?;
        Ok(Self {
            pos,
            start,
            reference: Bases::upper_cased(&reference[in_reference]),
            alternate: Bases::upper_cased(&alternate[in_alternate]),
        })
    }

    /// POS of the record as it is written, 1-based, before anything was trimmed.
    pub fn pos(&self) -> u64 {
        self.pos
    }

    /// The first base of REF, 0-based: the padding base where an insertion or deletion has it first.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// REF, upper case, with the padding base of an insertion or deletion; at least one base, possibly ambiguous or N.
    pub fn reference(&self) -> &[u8] {
        &self.reference
    }

    /// ALT, upper-case ACGT, with the padding base of an insertion or deletion; at least one base.
    pub fn alternate(&self) -> &[u8] {
        &self.alternate
    }

    /// The bases of the contig that the allele changes, 0-based: without the padding base of an insertion or deletion.
    /// Those of an insertion are none; the range is then empty and lies at the gap before the base `start`.
    pub fn changed(&self) -> Range<u64> {
        let (in_reference, _) = self.changed_parts();
        self.start.saturating_add(in_reference.start as u64)..self.start.saturating_add(in_reference.end as u64)
    }

    /// What stands instead of the [`changed`](Self::changed) bases, upper-case ACGT; nothing for a deletion.
    pub fn inserted(&self) -> &[u8] {
        let (_, in_alternate) = self.changed_parts();
        &self.alternate[in_alternate]
    }

    /// What is taken away of REF: the [`changed`](Self::changed) bases, upper case.
    pub(super) fn deleted(&self) -> &[u8] {
        let (in_reference, _) = self.changed_parts();
        &self.reference[in_reference]
    }

    /// An allele of the same record that is spelled otherwise.
    pub(super) fn respelled(&self, start: u64, reference: &[u8], alternate: &[u8]) -> Self {
        let (reference, alternate) = (Bases::upper_cased(reference), Bases::upper_cased(alternate));
        Self { pos: self.pos, start, reference, alternate }
    }

    /// The parts of REF and ALT that differ: all of both, but for the padding base.
    fn changed_parts(&self) -> (Range<usize>, Range<usize>) {
        let (reference, alternate) = (self.reference.len(), self.alternate.len());
        match self.kind() {
            AlleleKind::Insertion | AlleleKind::Deletion if self.reference.first() == self.alternate.first() => {
                (1..reference, 1..alternate)
            }
            AlleleKind::Insertion | AlleleKind::Deletion => (0..reference - 1, 0..alternate - 1),
            AlleleKind::Snv | AlleleKind::Mnv | AlleleKind::Delins => (0..reference, 0..alternate),
        }
    }

    /// What the allele does to the sequence.
    pub fn kind(&self) -> AlleleKind {
        let (short, long) = if self.reference.len() <= self.alternate.len() {
            (&self.reference, &self.alternate)
        } else {
            (&self.alternate, &self.reference)
        };
        if short.len() == long.len() {
            return match short.len() {
                1 => AlleleKind::Snv,
                _ => AlleleKind::Mnv,
            };
        }
        // The anchor is the base before the event, or the base after it at the start of a contig.
        let anchored = short.len() == 1 && (long.first() == short.first() || long.last() == short.first());
        match (anchored, self.reference.len() < self.alternate.len()) {
            (false, _) => AlleleKind::Delins,
            (true, true) => AlleleKind::Insertion,
            (true, false) => AlleleKind::Deletion,
        }
    }
}

/// Refuses every ALT element that does not spell out its bases.
fn check_alternate(alternate: &[u8]) -> Result<(), SkipReason> {
    if alternate == b"." {
        return Err(SkipReason::NoAlt);
    }
    if alternate == b"*" {
        return Err(SkipReason::SpanningDeletion);
    }
    // A breakend may point into an assembly contig, `C[<ctg1>:7[`, so brackets are looked at first.
    if alternate.iter().any(|byte| matches!(byte, b'[' | b']'))
        || alternate.first() == Some(&b'.')
        || alternate.last() == Some(&b'.')
    {
        return Err(SkipReason::Breakend);
    }
    if alternate.contains(&b'<') {
        return Err(SkipReason::Symbolic);
    }
    let spelled = |byte: &u8| matches!(byte.to_ascii_uppercase(), b'A' | b'C' | b'G' | b'T');
    if alternate.is_empty() || !alternate.iter().all(spelled) {
        return Err(SkipReason::NonAcgt);
    }
    Ok(())
}

/// The parts of both alleles that remain when the common suffix, then the common prefix are taken
/// off, never to less than one base.
fn differing_core(reference: &[u8], alternate: &[u8]) -> (Range<usize>, Range<usize>) {
    let same = |(a, b): &(&u8, &u8)| a.eq_ignore_ascii_case(b);
    let spare = reference.len().min(alternate.len()).saturating_sub(1);
    let suffix = reference.iter().rev().zip(alternate.iter().rev()).take(spare).take_while(same).count();
    let prefix = reference.iter().zip(alternate).take(spare - suffix).take_while(same).count();
    (prefix..reference.len() - suffix, prefix..alternate.len() - suffix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(pos: u64, reference: &str, alternate: &str) -> (u64, String, String, AlleleKind) {
        let allele = Allele::parse(pos, reference.as_bytes(), alternate.as_bytes()).unwrap();
        (allele.start(), allele.reference.to_string(), allele.alternate.to_string(), allele.kind())
    }

    #[test]
    fn alleles_are_trimmed_and_classified() {
        use AlleleKind::{Deletion, Delins, Insertion, Mnv, Snv};
        for (reference, alternate, start, core_reference, core_alternate, kind) in [
            ("A", "g", 9, "A", "G", Snv),
            ("c", "C", 9, "C", "C", Snv),
            ("ACT", "ACT", 9, "A", "A", Snv),
            ("CTT", "CT", 9, "CT", "C", Deletion),
            ("CT", "CTT", 9, "C", "CT", Insertion),
            ("ACGT", "AGGT", 10, "C", "G", Snv),
            ("ACGT", "ATCT", 10, "CG", "TC", Mnv),
            ("GCACA", "GCA", 9, "GCA", "G", Deletion),
            ("AT", "GCC", 9, "AT", "GCC", Delins),
            ("TAT", "TGCC", 10, "AT", "GCC", Delins),
            ("CT", "T", 9, "CT", "T", Deletion),
            ("N", "A", 9, "N", "A", Snv),
            ("aRg", "aCg", 10, "R", "C", Snv),
        ] {
            assert_eq!(
                parsed(10, reference, alternate),
                (start, core_reference.into(), core_alternate.into(), kind),
                "{reference}>{alternate}"
            );
        }
    }

    #[test]
    fn padding_is_no_change() {
        for (reference, alternate, changed, inserted) in [
            ("A", "G", 9..10, "G"),
            ("AC", "GT", 9..11, "GT"),
            ("A", "ATT", 10..10, "TT"),
            ("ACC", "A", 10..12, ""),
            // Padding behind the change, as at the first base of a contig.
            ("A", "TTA", 9..9, "TT"),
            ("CCA", "A", 9..11, ""),
            // Both would do: the padding base comes first.
            ("ATA", "A", 10..12, ""),
            ("A", "GCC", 9..10, "GCC"),
            ("AT", "GCC", 9..11, "GCC"),
        ] {
            let allele = Allele::parse(10, reference.as_bytes(), alternate.as_bytes()).unwrap();
            assert_eq!(
                (allele.changed(), allele.inserted()),
                (changed, inserted.as_bytes()),
                "{reference}>{alternate}"
            );
        }
    }

    #[test]
    fn alleles_that_name_no_bases_have_their_reason() {
        for (reference, alternate, reason) in [
            ("A", ".", SkipReason::NoAlt),
            ("A", "<DEL>", SkipReason::Symbolic),
            ("A", "<*>", SkipReason::Symbolic),
            ("A", "A<ctg1>", SkipReason::Symbolic),
            ("G", "G]17:198982]", SkipReason::Breakend),
            ("G", "[13:123457[G", SkipReason::Breakend),
            ("G", "C[<ctg1>:7[", SkipReason::Breakend),
            ("G", ".TG", SkipReason::Breakend),
            ("G", "TG.", SkipReason::Breakend),
            ("A", "*", SkipReason::SpanningDeletion),
            ("A", "N", SkipReason::NonAcgt),
            ("A", "", SkipReason::NonAcgt),
            ("A", "AR", SkipReason::NonAcgt),
            ("", "A", SkipReason::NonAcgt),
            (".", "A", SkipReason::NonAcgt),
            ("A*", "A", SkipReason::NonAcgt),
        ] {
            let result = Allele::parse(10, reference.as_bytes(), alternate.as_bytes());
            assert_eq!(result, Err(reason), "{reference}>{alternate}");
        }
        assert_eq!(Allele::parse(0, b"N", b"A"), Err(SkipReason::OutsideContig));
        let far = Allele::parse(u64::MAX, b"CCC", b"CCT").unwrap_err();
        assert_eq!(far, SkipReason::OutsideContig);
    }

    fn replace(sequence: &[u8], start: usize, length: usize, by: &[u8]) -> Vec<u8> {
        [&sequence[..start], by, &sequence[start + length..]].concat()
    }

    fn dna(length: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = Vec<u8>> {
        // Two letters only, so that prefixes and suffixes often agree.
        proptest::collection::vec(prop::sample::select(b"AC".as_slice()), length)
    }

    proptest! {
        #[test]
        fn a_trimmed_allele_makes_the_same_sequence(
            before in dna(0..8), reference in dna(1..8), alternate in dna(1..8), after in dna(0..8)
        ) {
            let sequence = [&before[..], &reference, &after].concat();
            let raw = replace(&sequence, before.len(), reference.len(), &alternate);
            let allele = Allele::parse(before.len() as u64 + 1, &reference, &alternate).unwrap();
            let start = usize::try_from(allele.start()).unwrap();
            let replaced = &sequence[start..start + allele.reference().len()];
            prop_assert_eq!(allele.reference(), replaced);
            let trimmed = replace(&sequence, start, replaced.len(), allele.alternate());
            prop_assert_eq!(&trimmed, &raw);
            let changed = allele.changed();
            let start = usize::try_from(changed.start).unwrap();
            let without_padding = replace(&sequence, start, changed.count(), allele.inserted());
            prop_assert_eq!(without_padding, raw);
        }

        #[test]
        fn trimming_twice_changes_nothing(reference in dna(1..8), alternate in dna(1..8)) {
            let once = Allele::parse(5, &reference, &alternate).unwrap();
            let twice = Allele::parse(once.start() + 1, once.reference(), once.alternate()).unwrap();
            prop_assert_eq!(&once, &twice);
            if reference.len() == alternate.len() && reference != alternate {
                prop_assert_ne!(once.reference().first(), once.alternate().first());
                prop_assert_ne!(once.reference().last(), once.alternate().last());
            }
        }

        #[test]
        fn padding_with_common_bases_changes_no_equal_length_allele(
            reference in dna(3), alternate in dna(3), left in dna(0..4), right in dna(0..4)
        ) {
            prop_assume!(reference != alternate);
            let padded = |core: &[u8]| [&left[..], core, &right].concat();
            let plain = Allele::parse(10 + left.len() as u64, &reference, &alternate).unwrap();
            let wide = Allele::parse(10, &padded(&reference), &padded(&alternate)).unwrap();
            prop_assert_eq!(plain, wide);
        }

        #[test]
        fn any_bytes_give_an_allele_or_a_reason(
            pos in any::<u64>(), reference in any::<Vec<u8>>(), alternate in any::<Vec<u8>>()
        ) {
            if let Ok(allele) = Allele::parse(pos, &reference, &alternate) {
                prop_assert!(!allele.reference().is_empty() && !allele.alternate().is_empty());
            }
        }
    }
}
