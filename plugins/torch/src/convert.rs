//! Tensors of the contract and tensors of LibTorch.

use kipos_plugin_api::{DType, DataView, PluginError, Result, Tensor, TensorView};
use tch::Kind;

use crate::ffi;
use crate::reason::reason;

/// LibTorch's type for numbers of the contract.
pub fn kind_of(dtype: DType) -> Option<Kind> {
    Some(match dtype {
        DType::F32 => Kind::Float,
        DType::F64 => Kind::Double,
        DType::I64 => Kind::Int64,
        DType::I32 => Kind::Int,
        DType::U8 => Kind::Uint8,
        DType::Bool => Kind::Bool,
        DType::String => return None,
    })
}

/// The view as a tensor of `kind` on `device`: the host's own memory where both are what the view has already. It must
/// be dropped before the view ends.
///
/// # Errors
/// Text; too little memory.
pub fn borrowed(what: &str, view: &TensorView<'_>, kind: Kind, device: tch::Device) -> Result<tch::Tensor> {
    macro_rules! borrow {
        ($($variant:ident $kind:ident),*) => {
            match view.data() {
                $(DataView::$variant(elements) => ffi::borrowed(elements, view.shape(), Kind::$kind),)*
                DataView::Strings(_) => {
                    return Err(PluginError::shape(format!("{what} holds strings, but the model reads numbers")));
                }
            }
        };
    }
    let tensor = borrow! { F32 Float, F64 Double, I64 Int64, I32 Int, U8 Uint8, Bool Bool };
    let moved = tensor.and_then(|tensor| tensor.f_to_device(device).and_then(|t| t.f_to_kind(kind)).map_err(text));
    moved.map_err(|error| failed(what, &error))
}

/// A copy of a tensor. Half precision widens to float32, and small whole numbers to int32.
///
/// # Errors
/// Elements that the contract has no type for.
pub fn owned(what: &str, tensor: &tch::Tensor) -> Result<Tensor> {
    let widened = match tensor.kind() {
        Kind::Half | Kind::BFloat16 => Kind::Float,
        Kind::Int8 | Kind::Int16 => Kind::Int,
        kind => kind,
    };
    let cpu = tensor.f_detach().and_then(|t| t.f_to_device(tch::Device::Cpu)).and_then(|t| t.f_to_kind(widened));
    let contiguous = cpu.and_then(|tensor| tensor.f_contiguous()).map_err(|error| failed(what, &text(error)))?;
    let shape: Vec<usize> = contiguous.size().iter().map(|&length| length.unsigned_abs() as usize).collect();
    let elements = contiguous.numel();
    macro_rules! copy {
        ($($kind:ident $element:ty),*) => {
            match widened {
                $(Kind::$kind => {
                    let mut copied = vec![<$element>::default(); elements];
                    contiguous.f_copy_data(&mut copied, elements).map_err(|error| failed(what, &text(error)))?;
                    Tensor::new(shape, copied)
                })*
                other => Err(PluginError::runtime(format!(
                    "{what} has elements of type {other:?}; let the model give real numbers"
                ))),
            }
        };
    }
    copy! { Float f32, Double f64, Int64 i64, Int i32, Uint8 u8, Bool bool }
}

fn text(error: tch::TchError) -> String {
    error.to_string()
}

fn failed(what: &str, message: &str) -> PluginError {
    PluginError::runtime(format!("{what} cannot be copied: {}", reason(message)))
}
