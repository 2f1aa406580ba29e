//! What the genome says of a REF allele.

use crate::genome::{is_base, reference_agrees};

/// Whether the genome holds REF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It holds these very bases.
    Agrees,
    /// Nothing contradicts REF, but some of its bases are ambiguous in the genome, or not shown at all.
    Unknown,
    /// It holds another base.
    Disagrees,
}

/// REF beside the bases that were found where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReferenceComparison {
    pub(crate) verdict: Verdict,
    /// Bases of REF (offset in REF, base) that stand where the genome has an ambiguous letter that contains them.
    pub(crate) over_ambiguous: Vec<(usize, u8)>,
}

impl ReferenceComparison {
    /// Compares `reference` with the letters that were `found`, each with its offset in REF; an offset may come several
    /// times.
    pub(crate) fn of(reference: &[u8], found: &[(usize, u8)]) -> Self {
        let agrees = |&(offset, letter): &(usize, u8)| reference_agrees(&reference[offset..=offset], &[letter]);
        let is_ambiguous = |(_, letter): &&(usize, u8)| !is_base(*letter);
        let verdict = match found {
            _ if !found.iter().all(agrees) => Verdict::Disagrees,
            [] => Verdict::Unknown,
            _ if found.iter().any(|found| is_ambiguous(&found)) => Verdict::Unknown,
            _ => Verdict::Agrees,
        };
        let mut over_ambiguous: Vec<(usize, u8)> = found
            .iter()
            .filter(is_ambiguous)
            .filter(|found| agrees(found))
            .map(|&(offset, _)| (offset, reference[offset]))
            .filter(|(_, base)| is_base(*base))
            .collect();
        over_ambiguous.sort_unstable();
        over_ambiguous.dedup();
        Self { verdict, over_ambiguous }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(reference: &str, genome: &str) -> (Verdict, Vec<(usize, u8)>) {
        let found: Vec<_> = genome.bytes().enumerate().collect();
        let ReferenceComparison { verdict, over_ambiguous } = ReferenceComparison::of(reference.as_bytes(), &found);
        (verdict, over_ambiguous)
    }

    #[test]
    fn an_ambiguous_genome_neither_agrees_nor_disagrees() {
        assert_eq!(compared("AC", "ac"), (Verdict::Agrees, vec![]));
        assert_eq!(compared("AC", "AN"), (Verdict::Unknown, vec![(1, b'C')]));
        assert_eq!(compared("AC", "Ry"), (Verdict::Unknown, vec![(0, b'A'), (1, b'C')]));
        assert_eq!(compared("AC", "GN"), (Verdict::Disagrees, vec![(1, b'C')]));
        assert_eq!(compared("AC", "YC"), (Verdict::Disagrees, vec![]));
        // A REF of N names no base that could be written.
        assert_eq!(compared("N", "N"), (Verdict::Unknown, vec![]));
        assert_eq!(compared("A", ""), (Verdict::Unknown, vec![]));
    }

    #[test]
    fn a_base_that_several_samples_show_is_written_once() {
        let found = [(0, b'N'), (0, b'A'), (0, b'N')];
        let compared = ReferenceComparison::of(b"A", &found);
        assert_eq!(compared, ReferenceComparison { verdict: Verdict::Unknown, over_ambiguous: vec![(0, b'A')] });
    }
}
