//! The shapes of layers: TorchScript keeps none, so the model runs on zeros to tell.

use kipos_plugin_api::LayerQuery;

use crate::convert;
use crate::port::Port;
use crate::programs::Programs;

/// The batches that are tried. A layer with a row per sample has them for the length of its first axis; an axis that is
/// otherwise longer in one than in the other has no fixed length.
const ROWS: [usize; 2] = [2, 3];

/// Lengths that are tried where the description leaves them open, each beside its double: an axis that is otherwise longer
/// in one than in the other follows the input.
const OPEN_LENGTHS: [usize; 5] = [128, 256, 512, 1024, 2048];

/// A shape without the batch axis; `None` inside is a length that depends on the number of rows or the input.
type Shape = Vec<Option<usize>>;

/// The shape of every value of a layer; `None` if it is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shapes(Vec<Option<Shape>>);

impl Shapes {
    /// Those of a model, for inputs of the lengths asked for. None is known where the model fails on zeros or keeps state,
    /// or takes none of the lengths that are tried where they are open.
    pub fn of(programs: &Programs, inputs: &[Port], device: tch::Device, query: &LayerQuery) -> Self {
        let at = |open: usize| {
            let of = |rows: usize| with_zeros(programs, &row_shapes(inputs, query, open), inputs, device, rows);
            let [two, three] = ROWS.map(of);
            let shapes: Vec<Option<Shape>> =
                two?.iter().zip(&three?).map(|(two, three)| without_rows(two, three)).collect();
            Some(shapes)
        };
        if row_shapes(inputs, query, 1) == row_shapes(inputs, query, 2) {
            return Self(at(1).unwrap_or_default());
        }
        let found = OPEN_LENGTHS.into_iter().find_map(|length| Some((at(length)?, at(2 * length)?)));
        let (short, long) = found.unwrap_or_default();
        Self(short.into_iter().zip(long).map(|(short, long)| shared_lengths(&short?, &long?)).collect())
    }

    /// The shape of these values, if it is one.
    pub fn shared(&self, mut values: impl Iterator<Item = usize>) -> Option<Shape> {
        let of = |value: usize| self.0.get(value).and_then(Option::as_ref);
        let first = of(values.next()?)?;
        values.all(|value| of(value) == Some(first)).then(|| first.clone())
    }
}

/// The shapes of the inputs' rows: those described, or else asked for; `open` where nothing tells a length.
fn row_shapes(inputs: &[Port], query: &LayerQuery, open: usize) -> Vec<Vec<usize>> {
    let shape = |(input, port): (usize, &Port)| {
        let asked = query.lengths.get(input).copied().flatten();
        port.shape.iter().map(|length| length.or(asked).unwrap_or(open)).collect()
    };
    inputs.iter().enumerate().map(shape).collect()
}

/// The shapes of all values for a batch of zeros.
fn with_zeros(
    programs: &Programs,
    row_shapes: &[Vec<usize>],
    inputs: &[Port],
    device: tch::Device,
    rows: usize,
) -> Option<Vec<Vec<usize>>> {
    let zeros = inputs.iter().zip(row_shapes).map(|(port, row)| {
        let lengths = std::iter::once(&rows).chain(row);
        let shape = lengths.map(|&length| i64::try_from(length).ok()).collect::<Option<Vec<i64>>>()?;
        tch::Tensor::f_zeros(shape, (convert::kind_of(port.dtype)?, device)).ok()
    });
    programs.script().shapes(&zeros.collect::<Option<Vec<_>>>()?).ok()
}

/// The shape of a value, from what it was for each of [`ROWS`]; `None` if it has not one row per sample.
fn without_rows(two: &[usize], three: &[usize]) -> Option<Shape> {
    let rows = (two.first().copied(), three.first().copied());
    if two.len() != three.len() || rows != (Some(ROWS[0]), Some(ROWS[1])) {
        return None;
    }
    Some(two[1..].iter().zip(&three[1..]).map(|(two, three)| (two == three).then_some(*two)).collect())
}

/// What two shapes of a value have in common, for inputs of two lengths; `None` if they have not the same axes.
fn shared_lengths(short: &[Option<usize>], long: &[Option<usize>]) -> Option<Shape> {
    let same = |(short, long): (&Option<usize>, &Option<usize>)| short.filter(|_| short == long);
    (short.len() == long.len()).then(|| short.iter().zip(long).map(same).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_that_follows_the_input_has_no_length() {
        assert_eq!(shared_lengths(&[Some(8), Some(64)], &[Some(8), Some(128)]), Some(vec![Some(8), None]));
        assert_eq!(shared_lengths(&[None], &[None]), Some(vec![None]));
        assert_eq!(shared_lengths(&[Some(8)], &[Some(8), Some(1)]), None);
    }

    #[test]
    fn only_values_with_a_row_per_sample_have_a_shape() {
        assert_eq!(without_rows(&[2, 5, 2], &[3, 5, 3]), Some(vec![Some(5), None]));
        assert_eq!(without_rows(&[2], &[3]), Some(vec![]));
        for (two, three) in [(&[2, 4][..], &[2, 4][..]), (&[4, 2], &[4, 3]), (&[], &[]), (&[2], &[3, 1])] {
            assert_eq!(without_rows(two, three), None);
        }
    }

    #[test]
    fn calls_share_a_shape_or_have_none() {
        let shapes = Shapes(vec![Some(vec![Some(4)]), Some(vec![Some(4)]), Some(vec![None]), None]);
        assert_eq!(shapes.shared([0, 1].into_iter()), Some(vec![Some(4)]));
        for different in [&[0, 2][..], &[3], &[0, 3], &[7], &[]] {
            assert_eq!(shapes.shared(different.iter().copied()), None);
        }
    }
}
