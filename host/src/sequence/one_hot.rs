//! Letters to one-hot columns and back strands.

use thiserror::Error;

use super::quads::Quads;
use super::{Element, OneHotLayout, complement};

/// Encodes DNA letters into rows of one layout, alphabet and number type.
///
/// A letter of the alphabet has 1 in its channel; any other letter (N, IUPAC) has the neutral value in all four.
/// Case does not matter.
#[derive(Debug, Clone)]
pub struct OneHotCodec<T> {
    layout: OneHotLayout,
    columns: Box<[[T; 4]; 256]>,
    /// For layouts with a lane per channel.
    quads: Option<Quads<T>>,
    /// The channel of the complement of each channel's letter.
    complement: [usize; 4],
}

/// An alphabet that is not an order of A, C, G and T.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the alphabet must hold A, C, G and T once each, in the order of the channels, found `{0}`")]
pub struct AlphabetError(String);

impl<T: Element> OneHotCodec<T> {
    /// A codec for rows of `layout`, with the channels in the order of `alphabet`.
    ///
    /// # Errors
    /// If `alphabet` is not an order of A, C, G and T.
    pub fn new(layout: OneHotLayout, alphabet: &str, neutral: f32) -> Result<Self, AlphabetError> {
        let error = || AlphabetError(alphabet.to_owned());
        let letters: [u8; 4] = alphabet.as_bytes().try_into().map_err(|_| error())?;
        let channel = |letter: u8| letters.iter().position(|&l| l == letter);
        let mut columns = Box::new([[T::from_f32(neutral); 4]; 256]);
        let mut complements = [0; 4];
        for letter in *b"ACGT" {
            let (Some(own), Some(partner)) = (channel(letter), channel(complement(letter))) else {
                return Err(error());
            };
            let mut column = [T::default(); 4];
            column[own] = T::from_f32(1.0);
            columns[usize::from(letter)] = column;
            columns[usize::from(letter.to_ascii_lowercase())] = column;
            complements[own] = partner;
        }
        let quads = (!layout.channels_last()).then(|| Quads::new(&columns));
        Ok(Self { layout, columns, quads, complement: complements })
    }

    /// The layout of the rows.
    pub fn layout(&self) -> &OneHotLayout {
        &self.layout
    }

    /// Encodes `sequence` into `row`; both must have the layout's length.
    pub fn encode(&self, sequence: &[u8], row: &mut [T]) {
        debug_assert_eq!((sequence.len(), row.len()), (self.layout.length(), self.layout.elements()));
        match &self.quads {
            Some(quads) => quads.encode(&self.columns, sequence, row),
            None => {
                for (&letter, column) in sequence.iter().zip(row.as_chunks_mut::<4>().0) {
                    *column = self.columns[usize::from(letter)];
                }
            }
        }
    }

    /// Writes an allele's letter at `position` of `row`. Unlike in a sequence, a letter outside the alphabet leaves
    /// the whole column 0: an allele says what the base is, and that is none of the four.
    pub fn write_allele(&self, row: &mut [T], position: usize, letter: u8) {
        let known = matches!(letter.to_ascii_uppercase(), b'A' | b'C' | b'G' | b'T');
        let column = if known { self.columns[usize::from(letter)] } else { [T::default(); 4] };
        for (channel, element) in column.into_iter().enumerate() {
            row[self.layout.index(position, channel)] = element;
        }
    }

    /// The letter at `position` of `row`: N unless exactly one channel is 1 and the others are 0.
    pub fn letter(&self, row: &[T], position: usize) -> u8
    where
        T: PartialEq,
    {
        let column: [T; 4] = std::array::from_fn(|channel| row[self.layout.index(position, channel)]);
        *b"ACGT".iter().find(|&&letter| self.columns[usize::from(letter)] == column).unwrap_or(&b'N')
    }

    /// The channel of an allele's letter, if it has one.
    pub fn channel(&self, letter: u8) -> Option<usize>
    where
        T: PartialEq,
    {
        let known = matches!(letter.to_ascii_uppercase(), b'A' | b'C' | b'G' | b'T');
        let column = &self.columns[usize::from(letter)];
        column.iter().position(|&element| known && element != T::default())
    }

    /// The channel of the complement of a channel's letter.
    pub fn complement_channel(&self, channel: usize) -> usize {
        self.complement[channel]
    }

    /// Writes the reverse complement of `row` into `out`.
    pub fn reverse_complement(&self, row: &[T], out: &mut [T]) {
        debug_assert_eq!(row.len(), out.len());
        if self.complement == [3, 2, 1, 0] {
            // Reversing both axes is reversing the memory, in either layout.
            for (&element, out) in row.iter().rev().zip(out) {
                *out = element;
            }
            return;
        }
        for position in 0..self.layout.length() {
            for (channel, &partner) in self.complement.iter().enumerate() {
                let mirrored = self.layout.length() - 1 - position;
                out[self.layout.index(mirrored, partner)] = row[self.layout.index(position, channel)];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn layouts(length: usize) -> Vec<OneHotLayout> {
        let axes = [(None, 0), (None, 1), (Some(0), 1), (Some(0), 2), (Some(1), 0), (Some(1), 2), (Some(2), 0)];
        axes.iter().map(|&(dummy, alphabet)| OneHotLayout::new(length, alphabet, dummy).unwrap()).collect()
    }

    fn encode(codec: &OneHotCodec<f32>, sequence: &[u8]) -> Vec<f32> {
        let mut row = vec![9.0; codec.layout().elements()];
        codec.encode(sequence, &mut row);
        row
    }

    #[test]
    fn letters_become_columns() {
        let codec = OneHotCodec::<f32>::new(OneHotLayout::new(4, 1, None).unwrap(), "ACGT", 0.25).unwrap();
        let rows = [[1., 0., 0., 0.], [0., 1., 0., 0.], [0.25; 4], [0., 0., 0., 1.]];
        assert_eq!(encode(&codec, b"ACNt"), rows.concat());
        let codec = OneHotCodec::<f32>::new(OneHotLayout::new(2, 0, None).unwrap(), "AGCT", 0.25).unwrap();
        assert_eq!(encode(&codec, b"CG"), [0., 0., 0., 1., 1., 0., 0., 0.]);
    }

    #[test]
    fn integers_truncate_the_neutral_value() {
        let codec = OneHotCodec::<u8>::new(OneHotLayout::new(2, 1, None).unwrap(), "ACGT", 0.25).unwrap();
        let mut row = vec![9; 8];
        codec.encode(b"NG", &mut row);
        assert_eq!(row, [0, 0, 0, 0, 0, 0, 1, 0]);
    }

    #[test]
    fn an_allele_outside_the_alphabet_is_an_empty_column() {
        let codec = OneHotCodec::<f32>::new(OneHotLayout::new(2, 1, None).unwrap(), "ACGT", 0.25).unwrap();
        let mut row = encode(&codec, b"AC");
        codec.write_allele(&mut row, 1, b'N');
        assert_eq!(row, [1., 0., 0., 0., 0., 0., 0., 0.]);
        assert_eq!((codec.channel(b'g'), codec.channel(b'N')), (Some(2), None));
    }

    #[test]
    fn odd_alphabets_are_refused() {
        for alphabet in ["ACG", "ACGU", "AACG", "acgt", "ACGTN"] {
            let layout = OneHotLayout::new(2, 1, None).unwrap();
            let error = OneHotCodec::<f32>::new(layout, alphabet, 0.25).unwrap_err();
            assert_eq!(error, AlphabetError(alphabet.into()));
        }
    }

    proptest! {
        #[test]
        fn every_byte_has_the_column_of_its_letter(sequence in prop_oneof!["[ACGT]{1,40}", "[ACGTNRacgtnr]{1,40}", "[ -~]{1,9}"]) {
            for layout in layouts(sequence.len()) {
                let codec = OneHotCodec::<f32>::new(layout, "AGCT", 0.25).unwrap();
                let row = encode(&codec, sequence.as_bytes());
                for (position, letter) in sequence.chars().enumerate() {
                    let channel = "AGCT".find(letter.to_ascii_uppercase());
                    for other in 0..4 {
                        let expected = channel.map_or(0.25, |channel| f32::from(u8::from(channel == other)));
                        prop_assert_eq!(row[codec.layout().index(position, other)], expected);
                    }
                }
            }
        }

        #[test]
        fn the_reverse_complement_encodes_the_other_strand(sequence in "[ACGTNacgtn]{1,40}", agct in any::<bool>()) {
            let sequence = sequence.into_bytes();
            let other: Vec<u8> = sequence.iter().rev().map(|letter| complement(letter.to_ascii_uppercase())).collect();
            for layout in layouts(sequence.len()) {
                // CATG's reversed order is not its complement, so it takes the general path.
                for alphabet in ["ACGT", if agct { "AGCT" } else { "CATG" }] {
                    let codec = OneHotCodec::<f32>::new(layout.clone(), alphabet, 0.25).unwrap();
                    let row = encode(&codec, &sequence);
                    let mut reversed = vec![9.0; row.len()];
                    codec.reverse_complement(&row, &mut reversed);
                    prop_assert_eq!(&reversed, &encode(&codec, &other));
                    let mut twice = vec![9.0; row.len()];
                    codec.reverse_complement(&reversed, &mut twice);
                    prop_assert_eq!(&twice, &row);
                }
            }
        }

        #[test]
        fn writing_an_allele_changes_one_position(sequence in "[ACGT]{1,40}", at in any::<prop::sample::Index>(), letter in "[ACGT]") {
            let mut sequence = sequence.into_bytes();
            let position = at.index(sequence.len());
            for layout in layouts(sequence.len()) {
                let codec = OneHotCodec::<f32>::new(layout, "ACGT", 0.25).unwrap();
                let mut row = encode(&codec, &sequence);
                codec.write_allele(&mut row, position, letter.as_bytes()[0]);
                let before = std::mem::replace(&mut sequence[position], letter.as_bytes()[0]);
                prop_assert_eq!(&row, &encode(&codec, &sequence));
                sequence[position] = before;
            }
        }
    }
}
