//! The shapes of layers: TorchScript keeps none, so the model runs on zeros to tell.

use crate::convert;
use crate::port::Port;
use crate::programs::Programs;

/// The batches that are tried. A layer with a row per sample has them for the length of its first axis; an axis that is
/// otherwise longer in one than in the other has no fixed length.
const ROWS: [usize; 2] = [2, 3];

/// A shape without the batch axis; `None` inside is a length that depends on the number of rows.
type Shape = Vec<Option<usize>>;

/// The shape of every value of a layer; `None` if it is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shapes(Vec<Option<Shape>>);

impl Shapes {
    /// Those of a model. None is known where the description leaves lengths of inputs open, or the model fails on zeros
    /// or keeps state.
    pub fn of(programs: &Programs, inputs: &[Port], device: tch::Device) -> Self {
        let [two, three] = ROWS.map(|rows| with_zeros(programs, inputs, device, rows).unwrap_or_default());
        Self(two.iter().zip(&three).map(|(two, three)| without_rows(two, three)).collect())
    }

    /// The shape of these values, if it is one.
    pub fn shared(&self, mut values: impl Iterator<Item = usize>) -> Option<Shape> {
        let of = |value: usize| self.0.get(value).and_then(Option::as_ref);
        let first = of(values.next()?)?;
        values.all(|value| of(value) == Some(first)).then(|| first.clone())
    }
}

/// The shapes of all values for a batch of zeros.
fn with_zeros(programs: &Programs, inputs: &[Port], device: tch::Device, rows: usize) -> Option<Vec<Vec<usize>>> {
    let zeros = inputs.iter().map(|port| {
        let lengths: Option<Vec<i64>> =
            port.shape.iter().map(|length| length.and_then(|length| i64::try_from(length).ok())).collect();
        let shape = [vec![rows as i64], lengths?].concat();
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

#[cfg(test)]
mod tests {
    use super::*;

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
