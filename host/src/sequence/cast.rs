//! Numbers of one type as those of another.

use kipos_plugin_api::{DType, DataView, Tensor, TensorData};

/// Whether [`cast`] can make `to` of `from`.
pub fn castable(from: DType, to: DType) -> bool {
    from == to || (from != DType::String && !matches!(to, DType::Bool | DType::String))
}

/// The tensor with elements of `dtype`: numbers are converted as Rust's `as` does, so that fractions are cut off and
/// numbers out of range become the nearest one. `None` if they are not [`castable`].
pub fn cast(tensor: Tensor, dtype: DType) -> Option<Tensor> {
    if tensor.data().view().dtype() == dtype {
        return Some(tensor);
    }
    macro_rules! convert {
        ($elements:expr) => {
            match dtype {
                DType::F32 => TensorData::from($elements.map(|&e| e as f32).collect::<Vec<_>>()),
                DType::F64 => TensorData::from($elements.map(|&e| e as f64).collect::<Vec<_>>()),
                DType::I64 => TensorData::from($elements.map(|&e| e as i64).collect::<Vec<_>>()),
                DType::I32 => TensorData::from($elements.map(|&e| e as i32).collect::<Vec<_>>()),
                DType::U8 => TensorData::from($elements.map(|&e| e as u8).collect::<Vec<_>>()),
                DType::Bool | DType::String => return None,
            }
        };
    }
    let data = match tensor.data().view() {
        DataView::F32(elements) => convert!(elements.iter()),
        DataView::F64(elements) => convert!(elements.iter()),
        DataView::I64(elements) => convert!(elements.iter()),
        DataView::I32(elements) => convert!(elements.iter()),
        DataView::U8(elements) => convert!(elements.iter()),
        DataView::Bool(elements) => {
            let numbers: Vec<u8> = elements.iter().map(|&element| u8::from(element)).collect();
            convert!(numbers.iter())
        }
        DataView::Strings(_) => return None,
    };
    Tensor::new(tensor.shape().to_vec(), data).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_converted_and_text_is_not() {
        let tensor = |data: TensorData| Tensor::new(vec![2], data).unwrap();
        let floats = tensor(vec![1.75f64, -300.0].into());
        assert_eq!(cast(floats.clone(), DType::F32), Some(tensor(vec![1.75f32, -300.0].into())));
        assert_eq!(cast(floats.clone(), DType::U8), Some(tensor(vec![1u8, 0].into())));
        assert_eq!(cast(tensor(vec![true, false].into()), DType::I64), Some(tensor(vec![1i64, 0].into())));
        for dtype in [DType::F32, DType::F64, DType::I64, DType::I32, DType::U8, DType::Bool, DType::String] {
            assert_eq!(cast(floats.clone(), dtype).is_some(), castable(DType::F64, dtype), "{dtype}");
        }
        let text = tensor(["a", "b"].into_iter().collect::<kipos_plugin_api::Strings>().into());
        assert_eq!(cast(text.clone(), DType::F32), None);
        assert_eq!(cast(text.clone(), DType::String), Some(text));
    }
}
