//! Variants to try a model with.

use crate::genome::{NamedVariant, is_base};

/// The bases that are read: the deletion takes the second and third.
const BASES: usize = 3;

/// What is inserted. Two bases, so that no codon or repeat of one base hides it.
const INSERTED: &str = "CA";

/// Variants of one place: the three SNVs of a base, an insertion behind it, and a deletion behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ExampleVariants {
    /// The contig and the 1-based position of the base.
    pub(super) place: String,
    pub(super) variants: Vec<NamedVariant>,
}

impl ExampleVariants {
    /// Variants at the bases A, C, G or T that lie nearest to `middle`, an index of `letters`, which start at the 0-based
    /// position `start` of the contig; `None` where there are not three of them in a row.
    pub(super) fn near(contig: &str, start: u64, letters: &[u8], middle: usize) -> Option<Self> {
        let is_place = |at: &usize| letters[*at..at + BASES].iter().all(|letter| is_base(*letter));
        let places = 0..(letters.len() + 1).saturating_sub(BASES);
        let at = places.filter(is_place).min_by_key(|at| at.abs_diff(middle))?;
        let bases = letters[at..at + BASES].to_ascii_uppercase();
        let bases = std::str::from_utf8(&bases).ok()?;
        let place = format!("{contig}:{}", start + at as u64 + 1);
        let first = &bases[..1];
        let others = ["A", "C", "G", "T"].into_iter().filter(|other| *other != first);
        let alleles = others.map(|other| format!("{place}:{first}:{other}"));
        let alleles = alleles.chain([format!("{place}:{first}:{first}{INSERTED}"), format!("{place}:{bases}:{first}")]);
        let variants = alleles.map(|text| text.parse().ok()).collect::<Option<_>>()?;
        Some(Self { place, variants })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(letters: &[u8], middle: usize) -> Option<String> {
        let found = ExampleVariants::near("chr1", 100, letters, middle)?;
        let variants: Vec<String> = found.variants.iter().map(ToString::to_string).collect();
        Some(format!("{} | {}", found.place, variants.join(" ")))
    }

    #[test]
    fn one_place_gives_all_kinds() {
        insta::assert_snapshot!(shown(b"ACGTACGT", 4).unwrap(), @"chr1:105 | chr1:105:A:C chr1:105:A:G chr1:105:A:T chr1:105:A:ACA chr1:105:ACG:A");
        insta::assert_snapshot!(shown(b"ttg", 0).unwrap(), @"chr1:101 | chr1:101:T:A chr1:101:T:C chr1:101:T:G chr1:101:T:TCA chr1:101:TTG:T");
    }

    #[test]
    fn places_without_bases_are_passed_over() {
        insta::assert_snapshot!(shown(b"ACGNNNNNTTT", 5).unwrap(), @"chr1:109 | chr1:109:T:A chr1:109:T:C chr1:109:T:G chr1:109:T:TCA chr1:109:TTT:T");
        insta::assert_snapshot!(shown(b"ACGTT", 4).unwrap(), @"chr1:103 | chr1:103:G:A chr1:103:G:C chr1:103:G:T chr1:103:G:GCA chr1:103:GTT:G");
        assert_eq!(shown(b"ACNACNAC", 4), None);
        assert_eq!(shown(b"AC", 0), None);
        assert_eq!(shown(b"", 0), None);
    }
}
