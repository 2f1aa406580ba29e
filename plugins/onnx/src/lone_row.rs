//! One row run as two.
//!
//! Some kernels of ONNX Runtime (products with computed weights, plain recurrent layers, sums of products; with
//! up to two threads also means over positions) round one row otherwise than several. A row's answer should not depend
//! on how many rows run beside it, so one row runs beside its own copy. The README says what this does not cure.

use kipos_plugin_api::{DataView, Result, Strings, StringsView, Tensor, TensorView};

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

/// The first of the two rows of `tensor`.
///
/// # Errors
/// Text that is not readable.
pub fn first_of_two(tensor: &Tensor) -> Result<Tensor> {
    let shape = with_rows(tensor.shape(), 1);
    let half = tensor.view().data().len() / 2;
    macro_rules! first {
        ($($variant:ident),*) => {
            match tensor.view().data() {
                $(DataView::$variant(elements) => Tensor::new(shape, elements[..half].to_vec()),)*
                DataView::Strings(strings) => {
                    Tensor::new(shape, texts(&strings)?.into_iter().take(half).collect::<Strings>())
                }
            }
        };
    }
    first!(F32, F64, I64, I32, U8, Bool)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_two_is_the_row_that_was_doubled() {
        let numbers = Tensor::new(vec![1, 2], vec![1i64, 2]).unwrap();
        let words: Strings = ["AC", "", "G"].into_iter().collect();
        let words = Tensor::new(vec![1, 3], words).unwrap();
        let twice = doubled(&numbers.view()).unwrap();
        assert_eq!(twice, Tensor::new(vec![2, 2], vec![1i64, 2, 1, 2]).unwrap());
        assert_eq!(doubled(&words.view()).unwrap().shape(), [2, 3]);
        for row in [numbers, words] {
            assert_eq!(first_of_two(&doubled(&row.view()).unwrap()).unwrap(), row);
        }
    }
}
