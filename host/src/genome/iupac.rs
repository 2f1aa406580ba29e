//! Nucleotide letters as sets of bases.

const A: u8 = 1;
const C: u8 = 2;
const G: u8 = 4;
const T: u8 = 8;

/// The bases a letter stands for, one bit each; 0 for a byte that is no nucleotide letter.
pub(super) fn base_set(letter: u8) -> u8 {
    match letter.to_ascii_uppercase() {
        b'A' => A,
        b'C' => C,
        b'G' => G,
        b'T' => T,
        b'R' => A | G,
        b'Y' => C | T,
        b'S' => C | G,
        b'W' => A | T,
        b'K' => G | T,
        b'M' => A | C,
        b'B' => C | G | T,
        b'D' => A | G | T,
        b'H' => A | C | T,
        b'V' => A | C | G,
        b'N' => A | C | G | T,
        _ => 0,
    }
}

/// Whether a letter is one base: A, C, G or T in either case.
pub fn is_base(letter: u8) -> bool {
    matches!(letter.to_ascii_uppercase(), b'A' | b'C' | b'G' | b'T')
}

/// Whether a REF allele agrees with the `genome` bases at its place.
///
/// Case is ignored, and an ambiguous letter of the genome agrees with every REF letter it contains
/// (N with all). The opposite does not hold: a REF of N disagrees with a genome that says A.
/// Different lengths never agree.
pub fn reference_agrees(reference_allele: &[u8], genome: &[u8]) -> bool {
    reference_allele.len() == genome.len()
        && reference_allele.iter().zip(genome).all(|(&said, &found)| {
            let said = base_set(said);
            said != 0 && said & !base_set(found) == 0
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_is_ignored() {
        assert!(reference_agrees(b"acGT", b"ACgt"));
        assert!(!reference_agrees(b"A", b"c"));
    }

    #[test]
    fn ambiguity_counts_in_the_genome_only() {
        assert!(reference_agrees(b"G", b"R"));
        assert!(reference_agrees(b"R", b"v"));
        assert!(!reference_agrees(b"C", b"R"));
        assert!(!reference_agrees(b"N", b"A"));
        assert!(reference_agrees(b"ACGTN", b"NnNNN"));
    }

    #[test]
    fn other_lengths_and_other_bytes_disagree() {
        assert!(!reference_agrees(b"AC", b"A"));
        assert!(!reference_agrees(b".", b"."));
        assert!(!reference_agrees(b"A", b"-"));
    }
}
