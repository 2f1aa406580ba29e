//! Rows of arrays, and how far two arrays are apart.

use kipos_plugin_api::{DataView, Result, Tensor, TensorData, TensorView};

/// The rows of these numbers, in this order.
pub(super) fn rows(of: &Tensor, numbers: &[usize]) -> Result<Tensor> {
    let width: usize = of.shape().iter().skip(1).product();
    macro_rules! picked {
        ($elements:expr) => {
            numbers
                .iter()
                .flat_map(|row| $elements[row * width..(row + 1) * width].iter().copied())
                .collect::<Vec<_>>()
                .into()
        };
    }
    let data: TensorData = match of.data().view() {
        DataView::F32(elements) => picked!(elements),
        DataView::F64(elements) => picked!(elements),
        DataView::I64(elements) => picked!(elements),
        DataView::I32(elements) => picked!(elements),
        DataView::U8(elements) => picked!(elements),
        DataView::Bool(elements) => picked!(elements),
        DataView::Strings(strings) => {
            let texts = numbers.iter().flat_map(|row| row * width..(row + 1) * width).map(|at| strings.get(at));
            TensorData::Strings(texts.collect::<Result<Vec<_>>>()?.into_iter().collect())
        }
    };
    let mut shape = of.shape().to_vec();
    if let Some(first) = shape.first_mut() {
        *first = numbers.len();
    }
    Tensor::new(shape, data)
}

/// All elements as numbers; none of strings.
pub(super) fn numbers(of: &TensorView<'_>) -> Vec<f64> {
    match of.data() {
        DataView::F32(elements) => elements.iter().copied().map(f64::from).collect(),
        DataView::F64(elements) => elements.to_vec(),
        DataView::I64(elements) => elements.iter().map(|element| *element as f64).collect(),
        DataView::I32(elements) => elements.iter().copied().map(f64::from).collect(),
        DataView::U8(elements) => elements.iter().copied().map(f64::from).collect(),
        DataView::Bool(elements) => elements.iter().map(|element| f64::from(u8::from(*element))).collect(),
        DataView::Strings(_) => Vec::new(),
    }
}

/// The largest difference of two arrays of one length, as a part of the largest magnitude that is expected; infinite where
/// only one side is a number.
pub(super) fn relative_difference(found: &[f64], expected: &[f64]) -> f64 {
    let distance = |(found, expected): (&f64, &f64)| match (found - expected).abs() {
        _ if found == expected || found.is_nan() && expected.is_nan() => 0.0,
        distance if distance.is_nan() => f64::INFINITY,
        distance => distance,
    };
    let largest = |numbers: &mut dyn Iterator<Item = f64>| numbers.fold(0.0, f64::max);
    let difference = largest(&mut found.iter().zip(expected).map(distance));
    match largest(&mut expected.iter().map(|number| number.abs()).filter(|number| number.is_finite())) {
        0.0 => difference,
        scale => difference / scale,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_picked_in_any_order() {
        let of = Tensor::new(vec![3, 2], vec![0f32, 1., 2., 3., 4., 5.]).unwrap();
        assert_eq!(rows(&of, &[2, 0, 2]).unwrap(), Tensor::new(vec![3, 2], vec![4f32, 5., 0., 1., 4., 5.]).unwrap());
        let texts = ["A", "C", "G", "T"].into_iter().collect();
        let of = Tensor::new(vec![2, 2], TensorData::Strings(texts)).unwrap();
        let expected = TensorData::Strings(["G", "T"].into_iter().collect());
        assert_eq!(rows(&of, &[1]).unwrap(), Tensor::new(vec![1, 2], expected).unwrap());
    }

    #[test]
    fn differences_are_parts_of_the_largest_value() {
        assert_eq!(relative_difference(&[1.0, -4.0], &[1.0, -8.0]), 0.5);
        assert_eq!(relative_difference(&[0.25], &[0.0]), 0.25);
        assert_eq!(relative_difference(&[f64::NAN, 1.0], &[f64::NAN, 1.0]), 0.0);
        assert_eq!(relative_difference(&[f64::NAN], &[1.0]), f64::INFINITY);
        assert_eq!(relative_difference(&[f64::INFINITY], &[f64::INFINITY]), 0.0);
        assert_eq!(relative_difference(&[], &[]), 0.0);
    }
}
