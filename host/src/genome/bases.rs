//! Short base strings without a heap allocation.

use std::{fmt, ops::Deref};

/// Longest string kept in place; with its length it fills the 24 bytes a `Vec` would take.
const INLINE: usize = 22;

/// A string of upper-case nucleotide letters.
///
/// Nearly every allele is a few bases long, and one of up to 22 is held in place: millions of
/// records then cost no allocation for their alleles.
#[derive(Clone)]
pub(super) struct Bases(Storage);

#[derive(Clone)]
enum Storage {
    Inline { length: u8, letters: [u8; INLINE] },
    Heap(Box<[u8]>),
}

impl Bases {
    /// Copies `letters`, upper-cased.
    pub(super) fn upper_cased(letters: &[u8]) -> Self {
        match u8::try_from(letters.len()) {
            Ok(length) if letters.len() <= INLINE => {
                let mut held = [0; INLINE];
                for (slot, letter) in held.iter_mut().zip(letters) {
                    *slot = letter.to_ascii_uppercase();
                }
                Self(Storage::Inline { length, letters: held })
            }
            _ => Self(Storage::Heap(letters.to_ascii_uppercase().into())),
        }
    }
}

impl Deref for Bases {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Storage::Inline { length, letters } => &letters[..usize::from(*length)],
            Storage::Heap(letters) => letters,
        }
    }
}

impl PartialEq for Bases {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Bases {}

impl fmt::Display for Bases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&String::from_utf8_lossy(self))
    }
}

impl fmt::Debug for Bases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bases({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_strings_read_back_upper_cased() {
        for length in [0, 1, INLINE, INLINE + 1, 255, 256, 1000] {
            let letters = b"acgtN".repeat(length / 5 + 1);
            let bases = Bases::upper_cased(&letters[..length]);
            assert_eq!(&*bases, &letters[..length].to_ascii_uppercase());
            let inline = matches!(bases.0, Storage::Inline { .. });
            assert_eq!(inline, length <= INLINE);
        }
    }

    #[test]
    fn an_in_place_string_is_no_larger_than_a_vec() {
        assert_eq!(size_of::<Bases>(), size_of::<Vec<u8>>());
    }
}
