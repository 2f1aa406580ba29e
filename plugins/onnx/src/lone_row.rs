//! Single rows: cut out, run as two, put together again.
//!
//! Some kernels of ONNX Runtime (products with computed weights, plain recurrent layers, sums of products; with
//! up to two threads also means over positions) round one row otherwise than several. A row's answer should not depend
//! on how many rows run beside it, so one row runs beside its own copy. The README says what this does not cure.

use std::ops::Range;

use kipos_plugin_api::{DataView, PluginError, Result, Strings, StringsView, Tensor, TensorData, TensorView};

fn with_rows(shape: &[usize], rows: usize) -> Vec<usize> {
    shape.iter().enumerate().map(|(axis, &length)| if axis == 0 { rows } else { length }).collect()
}

fn texts<'a>(strings: &StringsView<'a>) -> Result<Vec<&'a str>> {
    (0..strings.len()).map(|index| strings.get(index)).collect()
}

/// The single row of `view` twice.
///
/// # Errors
/// Text that is not readable.
pub fn doubled(view: &TensorView<'_>) -> Result<Tensor> {
    let shape = with_rows(view.shape(), 2);
    macro_rules! repeat {
        ($($variant:ident),*) => {
            match view.data() {
                $(DataView::$variant(elements) => Tensor::new(shape, elements.repeat(2)),)*
                DataView::Strings(strings) => {
                    Tensor::new(shape, texts(&strings)?.repeat(2).into_iter().collect::<Strings>())
                }
            }
        };
    }
    repeat!(F32, F64, I64, I32, U8, Bool)
}

/// Row `index` of `view`.
///
/// # Errors
/// Text that is not readable.
pub fn row(view: &TensorView<'_>, index: usize) -> Result<Tensor> {
    rows(view, index..index + 1)
}

/// Some rows of `view`.
///
/// # Errors
/// Text that is not readable.
pub fn rows(view: &TensorView<'_>, range: Range<usize>) -> Result<Tensor> {
    let shape = with_rows(view.shape(), range.len());
    let width = shape.iter().skip(1).product::<usize>();
    let own = range.start * width..range.end * width;
    macro_rules! cut {
        ($($variant:ident),*) => {
            match view.data() {
                $(DataView::$variant(elements) => Tensor::new(shape, elements[own].to_vec()),)*
                DataView::Strings(strings) => {
                    Tensor::new(shape, texts(&strings)?[own].iter().collect::<Strings>())
                }
            }
        };
    }
    cut!(F32, F64, I64, I32, U8, Bool)
}

/// All rows of tensors that differ in nothing but their rows, one tensor after the other.
///
/// # Errors
/// Tensors that differ in more.
pub fn stacked(parts: &[&Tensor]) -> Result<Tensor> {
    let Some(first) = parts.first() else { return Err(PluginError::shape("there are no rows to put together")) };
    let rows = parts.iter().map(|part| part.view().rows()).sum();
    let shape = with_rows(first.shape(), rows);
    let differs = |part: &&&Tensor| part.shape().get(1..) != first.shape().get(1..);
    if let Some(other) = parts.iter().find(differs) {
        return Err(PluginError::shape(format!(
            "one row has shape {:?}, but another has {:?}",
            first.shape(),
            other.shape()
        )));
    }
    macro_rules! join {
        ($($variant:ident),*) => {
            match first.data() {
                $(TensorData::$variant(_) => {
                    let elements = |part: &&Tensor| match part.data() {
                        TensorData::$variant(elements) => elements.to_vec(),
                        _ => Vec::new(),
                    };
                    Tensor::new(shape, parts.iter().flat_map(elements).collect::<Vec<_>>())
                })*
                TensorData::Strings(_) => {
                    let mut all = Vec::new();
                    for part in parts {
                        if let TensorData::Strings(strings) = part.data() {
                            all.extend(texts(&strings.view())?);
                        }
                    }
                    Tensor::new(shape, all.into_iter().collect::<Strings>())
                }
            }
        };
    }
    join!(F32, F64, I64, I32, U8, Bool)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(row: [&str; 3]) -> Tensor {
        Tensor::new(vec![1, 3], row.into_iter().collect::<Strings>()).unwrap()
    }

    #[test]
    fn the_first_of_two_is_the_row_that_was_doubled() {
        let numbers = Tensor::new(vec![1, 2], vec![1i64, 2]).unwrap();
        let words = words(["AC", "", "G"]);
        let twice = doubled(&numbers.view()).unwrap();
        assert_eq!(twice, Tensor::new(vec![2, 2], vec![1i64, 2, 1, 2]).unwrap());
        assert_eq!(doubled(&words.view()).unwrap().shape(), [2, 3]);
        for one in [numbers, words] {
            assert_eq!(row(&doubled(&one.view()).unwrap().view(), 0).unwrap(), one);
        }
    }

    #[test]
    fn rows_that_were_cut_out_make_the_whole_again() {
        let numbers = Tensor::new(vec![3, 2, 1], vec![1f32, 2., 3., 4., 5., 6.]).unwrap();
        let texts = Tensor::new(vec![3, 1], ["A", "", "CG"].into_iter().collect::<Strings>()).unwrap();
        for whole in [numbers, texts] {
            let rows: Vec<Tensor> = (0..3).map(|index| row(&whole.view(), index).unwrap()).collect();
            assert_eq!(rows[1].shape()[0], 1);
            assert_eq!(stacked(&rows.iter().collect::<Vec<_>>()).unwrap(), whole);
        }
    }

    #[test]
    fn rows_of_different_shapes_are_not_put_together() {
        let (a, b) = (Tensor::new(vec![1, 2], vec![1u8, 2]).unwrap(), Tensor::new(vec![1, 1], vec![1u8]).unwrap());
        assert_eq!(stacked(&[&a, &b]).unwrap_err().message, "one row has shape [1, 2], but another has [1, 1]");
    }
}
