//! Where REF and the genome disagree: an example for messages.

use std::fmt;

use crate::genome::{VcfRecord, reference_agrees};
use crate::internal::OrInternal;

/// A stretch of a REF beside what the genome, or a prepared sample, has there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefDisagreement {
    /// The contig, as the record spells it.
    pub contig: String,
    /// 1-based position of the first base of the stretch.
    pub position: u64,
    /// REF, or the part of it that a sample shows.
    pub reference: String,
    /// What is there instead.
    pub found: String,
}

impl RefDisagreement {
    /// The disagreement of a record whose REF, in upper case, is `reference`. At least one of the `found` letters, each with
    /// its offset in REF, is another base.
    pub(super) fn of(record: &VcfRecord, reference: &[u8], found: &[(usize, u8)]) -> Self {
        let disagrees = |&(offset, found): &(usize, u8)| !reference_agrees(&reference[offset..=offset], &[found]);
        let at = found.iter().position(disagrees).or_internal("a base disagrees");
        // Letters of one sequence stand side by side; those of another begin anew.
        let is_next = |pair: &[(usize, u8)]| pair[0].0 + 1 == pair[1].0;
        let begin = (1..=at).rev().find(|&index| !is_next(&found[index - 1..=index])).unwrap_or(0);
        let stretch = found[begin..].chunk_by(|a, b| a.0 + 1 == b.0).next().or_internal("a base disagrees");
        let first = stretch[0].0;
        let found: Vec<u8> = stretch.iter().map(|(_, letter)| *letter).collect();
        Self {
            reference: String::from_utf8_lossy(&reference[first..first + found.len()]).into_owned(),
            found: String::from_utf8_lossy(&found).into_owned(),
            contig: record.chrom().to_owned(),
            position: record.pos() + first as u64,
        }
    }
}

impl fmt::Display for RefDisagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { contig, position, reference, found } = self;
        write!(f, "REF is {} at {contig}:{position}, and the genome has {}", shortened(reference), shortened(found))
    }
}

/// As many bases as a line has room for.
fn shortened(bases: &str) -> String {
    const SHOWN: usize = 20;
    match bases.get(..SHOWN).filter(|_| bases.len() > SHOWN + 3) {
        Some(first) => format!("{first}... ({} bases)", bases.len()),
        None => bases.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sequences_are_shown_and_long_ones_cut() {
        let shown = |reference: &str, found: &str| {
            let (reference, found) = (reference.to_owned(), found.to_owned());
            RefDisagreement { contig: "chr1".into(), position: 60, reference, found }.to_string()
        };
        assert_eq!(shown("A", "G"), "REF is A at chr1:60, and the genome has G");
        assert_eq!(
            shown(&"A".repeat(30), "G"),
            "REF is AAAAAAAAAAAAAAAAAAAA... (30 bases) at chr1:60, and the genome has G"
        );
    }
}
