//! Letters four at a time, for rows in which the letters of one base do not lie side by side.

use super::Element;

/// Four bases: for each channel what it holds for each of them.
type Quad<T> = [[T; 4]; 4];

/// The values of every four letters out of A, C, G and T.
///
/// Such a row has four lanes, one per channel. Written letter by letter, each lane costs as much as a whole row whose
/// letters lie side by side; with four letters looked up at once, all lanes together do.
#[derive(Debug, Clone)]
pub(super) struct Quads<T> {
    /// By [`place_of`] the letters.
    values: Box<[Quad<T>]>,
    /// Which letters, in upper case, a place stands for.
    letters: Box<[u32; 256]>,
}

impl<T: Element> Quads<T> {
    /// The quads of letters that have these columns.
    pub(super) fn new(columns: &[[T; 4]; 256]) -> Self {
        let mut values = vec![[[T::default(); 4]; 4]; 256].into_boxed_slice();
        let mut letters = Box::new([0; 256]);
        for number in 0..256usize {
            let quad = [0, 2, 4, 6].map(|shift| b"ACGT"[number >> shift & 3]);
            let place = place_of(u32::from_le_bytes(quad));
            letters[place] = u32::from_le_bytes(quad);
            values[place] = transposed(&quad, columns);
        }
        Self { values, letters }
    }

    /// Writes the letters of `sequence` into the lanes of `row`, which are as long as it is.
    pub(super) fn encode(&self, columns: &[[T; 4]; 256], sequence: &[u8], row: &mut [T]) {
        let length = sequence.len();
        let mut lanes = row.chunks_exact_mut(length.max(1));
        let (Some(first), Some(second), Some(third), Some(fourth)) =
            (lanes.next(), lanes.next(), lanes.next(), lanes.next())
        else {
            return;
        };
        let (first, first_tail) = first.as_chunks_mut::<4>();
        let (second, second_tail) = second.as_chunks_mut::<4>();
        let (third, third_tail) = third.as_chunks_mut::<4>();
        let (fourth, fourth_tail) = fourth.as_chunks_mut::<4>();
        let (quads, tail) = sequence.as_chunks::<4>();
        let lanes = first.iter_mut().zip(second).zip(third).zip(fourth);
        for (quad, (((first, second), third), fourth)) in quads.iter().zip(lanes) {
            // Both cases of a letter differ in this bit alone.
            let upper = u32::from_le_bytes(*quad) & !0x2020_2020;
            let place = place_of(upper);
            let other;
            let values = if self.letters[place] == upper {
                &self.values[place]
            } else {
                other = transposed(quad, columns);
                &other
            };
            (*first, *second, *third, *fourth) = (values[0], values[1], values[2], values[3]);
        }
        for (position, letter) in tail.iter().enumerate() {
            let column = columns[usize::from(*letter)];
            let ends = [&mut *first_tail, &mut *second_tail, &mut *third_tail, &mut *fourth_tail];
            for (end, value) in ends.into_iter().zip(column) {
                end[position] = value;
            }
        }
    }
}

/// The columns of four letters, channel by channel.
fn transposed<T: Element>(letters: &[u8; 4], columns: &[[T; 4]; 256]) -> Quad<T> {
    let columns = letters.map(|letter| columns[usize::from(letter)]);
    std::array::from_fn(|channel| columns.map(|column| column[channel]))
}

/// A place of its own, below 256, for every four letters out of A, C, G and T; other letters share these places.
fn place_of(letters: u32) -> usize {
    // Two bits tell the letters apart; the product moves those of all four into the highest byte.
    let bits = letters >> 1 & 0x0303_0303;
    (bits.wrapping_mul(0x4010_0401) >> 24) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_quad_has_a_place_of_its_own() {
        let quads = (0..256usize).map(|number| [0, 2, 4, 6].map(|shift| b"ACGT"[number >> shift & 3]));
        let places: HashSet<usize> = quads.map(|quad| place_of(u32::from_le_bytes(quad))).collect();
        assert_eq!((places.len(), places.iter().max()), (256, Some(&255)));
    }
}
