//! Element types: ONNX Runtime's names and ours.

use kipos_plugin_api::DType;
use ort::value::TensorElementType;

/// The type that tensors of the contract have for one of ONNX's; `None` if there is none.
pub fn from_onnx(element: TensorElementType) -> Option<DType> {
    Some(match element {
        TensorElementType::Float32 => DType::F32,
        TensorElementType::Float64 => DType::F64,
        TensorElementType::Int64 => DType::I64,
        TensorElementType::Int32 => DType::I32,
        TensorElementType::Uint8 => DType::U8,
        TensorElementType::Bool => DType::Bool,
        TensorElementType::String => DType::String,
        _ => return None,
    })
}
