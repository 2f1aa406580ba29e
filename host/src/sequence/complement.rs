//! The other strand, letter by letter.

/// The complement of a nucleotide letter, ambiguous ones included, in the same case; any other byte stays as it is.
pub fn complement(letter: u8) -> u8 {
    let complemented = match letter.to_ascii_uppercase() {
        b'A' => b'T',
        b'C' => b'G',
        b'G' => b'C',
        b'T' => b'A',
        b'R' => b'Y',
        b'Y' => b'R',
        b'K' => b'M',
        b'M' => b'K',
        b'B' => b'V',
        b'V' => b'B',
        b'D' => b'H',
        b'H' => b'D',
        _ => return letter,
    };
    if letter.is_ascii_lowercase() { complemented.to_ascii_lowercase() } else { complemented }
}

/// Turns letters into those of the other strand, read in its direction.
pub fn reverse_complement(letters: &mut [u8]) {
    letters.reverse();
    letters.iter_mut().for_each(|letter| *letter = complement(*letter));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ambiguous_letters_and_case_are_kept() {
        let mut letters = *b"ACGTNacgtnRYSWKMBDHV-";
        reverse_complement(&mut letters);
        assert_eq!(&letters, b"-BDHVKMWSRYnacgtNACGT");
        reverse_complement(&mut letters);
        assert_eq!(&letters, b"ACGTNacgtnRYSWKMBDHV-");
    }
}
