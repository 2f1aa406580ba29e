//! Inputs and outputs of a graph.

use kipos_plugin_api::bind::FileArray;
use kipos_plugin_api::{DType, Result, TensorSpec};
use ort::value::{Outlet, TensorElementType, ValueType};

use crate::problem::invalid;

/// One input or output of the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Its name in the graph.
    pub name: String,
    /// Its name in the description, for messages.
    pub described: String,
    /// Its element type.
    pub dtype: DType,
    /// Its shape with the batch axis; `None` is any length.
    pub shape: Vec<Option<usize>>,
}

impl Port {
    /// What the contract says of it.
    pub fn spec(&self) -> TensorSpec {
        TensorSpec::default()
            .with_name(Some(self.name.clone()))
            .with_dtype(Some(self.dtype))
            .with_shape(Some(self.shape.iter().skip(1).copied().collect()))
    }
}

/// What of an input or output tells it apart from others. `node` makes it.
pub fn array<'a>(outlet: &'a Outlet, node: &'a str) -> FileArray<'a> {
    let (dtype, shape) = match outlet.dtype() {
        ValueType::Tensor { ty, shape, .. } => (element_type(*ty), lengths(shape)),
        _ => (None, vec![]),
    };
    FileArray::new(outlet.name(), dtype, shape.into_iter().skip(1).collect()).with_node(node)
}

/// The type that tensors of the contract have for one of ONNX's; `None` if there is none.
pub fn element_type(element: TensorElementType) -> Option<DType> {
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

fn lengths(shape: &[i64]) -> Vec<Option<usize>> {
    shape.iter().map(|&axis| usize::try_from(axis).ok()).collect()
}

/// What the engine says of an input or output, which the description calls `described`.
///
/// # Errors
/// No tensor, or a type of element that the contract does not have.
pub fn port(described: &str, outlet: &Outlet) -> Result<Port> {
    let ValueType::Tensor { ty, shape, .. } = outlet.dtype() else {
        return Err(invalid(format!("`{}` of the graph is not a tensor", outlet.name())));
    };
    let dtype = element_type(*ty).ok_or_else(|| {
        invalid(format!("`{}` of the graph has elements of type {ty:?}; export the model as float32", outlet.name()))
    })?;
    Ok(Port { name: outlet.name().to_owned(), described: described.to_owned(), dtype, shape: lengths(shape) })
}
