//! Maps as rows of a table: one for each cell that has a place in the genome.

use super::{MapEntry, ROWS};

/// The bases of the rows of a map, from the top.
const BASES: [u8; ROWS] = *b"ACGT";

/// The columns of tables of maps.
pub(super) const COLUMNS: [&str; 9] = ["input", "chrom", "pos", "ref", "alt", "score", "task", "value", "entry"];

/// A cell of a map. Names are numbers in the lists of the entry and of the scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct MapRow {
    pub(super) input: u32,
    /// The base's place in its contig, from 1.
    pub(super) pos: i64,
    /// What the genome has there.
    pub(super) reference: u8,
    /// What stands for it.
    pub(super) alternate: u8,
    pub(super) score: u32,
    pub(super) task: u32,
    /// `None` where the map has NaN.
    pub(super) value: Option<f32>,
}

/// The rows of an entry: base by base along the contig, then by the base instead, by input, score and task. Padding, which
/// has no coordinates, has no rows.
pub(super) fn rows(entry: &MapEntry) -> impl Iterator<Item = MapRow> + '_ {
    let end = entry.contig_length.unwrap_or(i64::MAX);
    let in_contig = (entry.window.start()..end).zip(&entry.letters).enumerate().filter(|(_, (place, _))| *place >= 0);
    in_contig.flat_map(move |(column, (place, letter))| {
        let cell = move |base, alternate| Cell { entry, column, base, pos: place + 1, reference: *letter, alternate };
        BASES.into_iter().enumerate().flat_map(move |(base, alternate)| cell(base, alternate).rows())
    })
}

/// What the maps of all inputs, scores and tasks say of one base in one place.
#[derive(Clone, Copy)]
struct Cell<'m> {
    entry: &'m MapEntry,
    column: usize,
    base: usize,
    pos: i64,
    reference: u8,
    alternate: u8,
}

impl<'m> Cell<'m> {
    fn rows(self) -> impl Iterator<Item = MapRow> + 'm {
        let Self { entry, column, base, pos, reference, alternate } = self;
        let length = entry.letters.len();
        let of_score = move |input| {
            (0u32..).zip(&entry.scores).flat_map(move |(score, maps)| {
                // The values of this cell in the maps of the tasks, which lie one behind the other.
                let values = maps.iter().skip(base * length + column).step_by(ROWS * length);
                (0u32..).zip(values).map(move |(task, value)| {
                    let value = Some(*value).filter(|value| !value.is_nan());
                    MapRow { input, pos, reference, alternate, score, task, value }
                })
            })
        };
        (0u32..).zip(&entry.inputs).flat_map(move |(input, _)| of_score(input))
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_maps::entry;
    use super::*;

    #[test]
    fn rows_go_along_the_contig() {
        let entry = entry(9, b"AC", 90);
        let all: Vec<_> = rows(&entry).collect();
        // Two bases, four letters, two inputs, three tasks of two scores.
        assert_eq!(all.len(), 2 * 4 * 2 * 3);
        let places: Vec<_> = all.iter().map(|row| (row.pos, row.alternate)).collect();
        assert!(places.is_sorted());
        assert_eq!((all[0].reference, all[0].value), (b'A', Some(0.0)));
        let found: Vec<_> = all[30..36].iter().map(|row| (row.input, row.score, row.task, row.value)).collect();
        // The last is NaN in the map.
        let expected = [(0, 0, 0, 3.0), (0, 1, 0, 103.0), (0, 1, 1, 111.0), (1, 0, 0, 3.0), (1, 1, 0, 103.0)];
        assert_eq!(all[30], MapRow { input: 0, pos: 11, reference: b'C', alternate: b'C', ..all[30] });
        assert_eq!(found[..5], expected.map(|(input, score, task, value)| (input, score, task, Some(value))));
        assert_eq!(all[47].value, None);
    }

    #[test]
    fn padding_has_no_rows() {
        let places = |start, letters: &[u8], length| {
            let mut found: Vec<_> = rows(&entry(start, letters, length)).map(|row| row.pos).collect();
            found.dedup();
            found
        };
        assert_eq!(places(-2, b"NNACN", 90), [1, 2, 3]);
        assert_eq!(places(3, b"ACGN", 6), [4, 5, 6]);
        assert_eq!(places(9, b"NN", 6), [0i64; 0]);
    }
}
