//! Values that the graph holds: reading small ones, making small ones. Large ones stay slices of the file.

use bytes::Bytes;

use crate::proto::TensorProto;

/// The codes of ONNX's element types that gradients need to tell apart.
pub mod element {
    /// 32-bit floating point.
    pub const F32: i32 = 1;
    /// 32-bit whole numbers.
    pub const I32: i32 = 6;
    /// 64-bit whole numbers.
    pub const I64: i32 = 7;
    /// Truth values.
    pub const BOOL: i32 = 9;
    /// 16-bit floating point.
    pub const F16: i32 = 10;
    /// 64-bit floating point.
    pub const F64: i32 = 11;
    /// 16-bit floating point with the exponents of 32-bit.
    pub const BF16: i32 = 16;

    /// The bytes of one element; `None` for other types.
    pub fn size(code: i32) -> Option<usize> {
        match code {
            BOOL => Some(1),
            F32 | I32 => Some(4),
            F64 | I64 => Some(8),
            _ => None,
        }
    }

    /// The bits of one element of any type but texts, as ONNX packs them; `None` for texts and types it does not define.
    pub fn bits(code: i32) -> Option<u64> {
        match code {
            2 | 3 | 9 | 17..=20 | 24 => Some(8),
            4 | 5 | F16 | BF16 => Some(16),
            F32 | I32 | 12 => Some(32),
            I64 | F64 | 13 | 14 => Some(64),
            15 => Some(128),
            21..=23 => Some(4),
            25 | 26 => Some(2),
            _ => None,
        }
    }

    /// Whether gradients flow through tensors of this type.
    pub fn is_float(code: i32) -> bool {
        code == F32 || code == F64
    }

    /// Whether tensors of this type hold floating-point numbers through which no gradients flow.
    pub fn is_half(code: i32) -> bool {
        code == F16 || code == BF16
    }
}

/// The elements of a small constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    /// Whole numbers and truth values.
    Ints(Vec<i64>),
    /// Floating-point numbers.
    Floats(Vec<f64>),
}

impl TensorProto {
    /// The number of elements.
    pub fn elements(&self) -> usize {
        self.dims.iter().map(|&length| usize::try_from(length).unwrap_or(0)).product()
    }

    /// The bytes of all elements; 0 for texts, whose length is their own.
    pub fn byte_count(&self) -> u64 {
        element::bits(self.data_type).map_or(0, |bits| (self.elements() as u64 * bits).div_ceil(8))
    }

    /// The elements; `None` if they are of another type or lie in another file.
    pub fn constant(&self) -> Option<Constant> {
        if !self.external_data.is_empty() {
            return None;
        }
        macro_rules! elements {
            ($field:ident, $element:ty) => {
                match &self.raw_data {
                    Some(raw) => raw
                        .chunks_exact(size_of::<$element>())
                        .map(|bytes| bytes.try_into().map(<$element>::from_le_bytes).unwrap_or_default().into())
                        .collect(),
                    None => self.$field.iter().map(|&value| value.into()).collect(),
                }
            };
        }
        Some(match self.data_type {
            element::F32 => Constant::Floats(elements!(float_data, f32)),
            element::F64 => Constant::Floats(elements!(double_data, f64)),
            element::I64 => Constant::Ints(elements!(int64_data, i64)),
            element::I32 => Constant::Ints(elements!(int32_data, i32)),
            element::BOOL => Constant::Ints(match &self.raw_data {
                Some(raw) => raw.iter().map(|&byte| byte.into()).collect(),
                None => self.int32_data.iter().map(|&value| value.into()).collect(),
            }),
            _ => return None,
        })
    }

    /// A list of whole numbers.
    pub fn of_ints(name: &str, dims: Vec<i64>, values: &[i64]) -> Self {
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Self { name: name.into(), dims, data_type: element::I64, raw_data: Some(Bytes::from(raw)), ..Self::default() }
    }

    /// Numbers of the floating-point type `code`.
    pub fn of_floats(name: &str, dims: Vec<i64>, code: i32, values: &[f64]) -> Self {
        let raw: Vec<u8> = match code {
            element::F64 => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            _ => values.iter().flat_map(|&value| (value as f32).to_le_bytes()).collect(),
        };
        Self { name: name.into(), dims, data_type: code, raw_data: Some(Bytes::from(raw)), ..Self::default() }
    }
}
