//! Values of one of the types that models have.

use super::{Bits, StringColumn};
use crate::internal::{OrInternal, impossible};
use kipos_plugin_api::{DType, DataView};

macro_rules! define_values {
    ($($variant:ident $element:ty),*) => {
        /// Values of an array, row-major. None is missing.
        #[derive(Debug, Clone)]
        #[allow(missing_docs)]
        pub enum ColumnValues { $($variant(Vec<$element>),)* Bool(Bits), Text(StringColumn) }

        impl ColumnValues {
            /// None yet, of this type.
            pub fn of(dtype: DType) -> Self {
                match dtype {
                    $(DType::$variant => Self::$variant(Vec::new()),)*
                    DType::Bool => Self::Bool(Bits::default()),
                    DType::String => Self::Text(StringColumn::default()),
                }
            }

            /// Appends values of the same type.
            pub fn append(&mut self, data: &DataView<'_>) {
                self.append_first(data, data.len());
            }

            /// Appends the first `count` values, of the same type.
            pub fn append_first(&mut self, data: &DataView<'_>, count: usize) {
                match (self, data) {
                    $((Self::$variant(own), DataView::$variant(elements)) => {
                        own.extend_from_slice(elements.get(..count).or_internal("as many values as rows need"));
                    })*
                    (Self::Bool(own), DataView::Bool(elements)) => {
                        own.extend(elements.get(..count).or_internal("as many values as rows need").iter().copied());
                    }
                    (Self::Text(own), DataView::Strings(strings)) => {
                        (0..count).for_each(|index| own.push(strings.get(index).or_internal("strings are readable")));
                    }
                    _ => impossible("values of an array have one type"),
                }
            }

            /// Appends what `other` holds, which is of the same type.
            pub(crate) fn extend(&mut self, other: &Self) {
                match (self, other) {
                    $((Self::$variant(own), Self::$variant(other)) => own.extend_from_slice(other),)*
                    (Self::Bool(own), Self::Bool(other)) => own.extend(other.iter()),
                    (Self::Text(own), Self::Text(other)) => own.extend(other),
                    _ => impossible("values of an array have one type"),
                }
            }

            /// The number of values.
            pub fn len(&self) -> usize {
                match self {
                    $(Self::$variant(values) => values.len(),)*
                    Self::Bool(bits) => bits.len(),
                    Self::Text(strings) => strings.len(),
                }
            }

            /// The memory that they take, in bytes.
            pub(crate) fn bytes(&self) -> usize {
                match self {
                    $(Self::$variant(values) => size_of_val(values.as_slice()),)*
                    Self::Bool(bits) => bits.as_bytes().len(),
                    Self::Text(strings) => strings.bytes(),
                }
            }

            /// Removes all values, keeping the memory.
            pub fn clear(&mut self) {
                match self {
                    $(Self::$variant(values) => values.clear(),)*
                    Self::Bool(bits) => bits.clear(),
                    Self::Text(strings) => strings.clear(),
                }
            }
        }
    };
}
define_values!(F32 f32, F64 f64, I64 i64, I32 i32, U8 u8);

impl ColumnValues {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of values that are NaN or infinite.
    pub(crate) fn not_finite(&self) -> usize {
        match self {
            Self::F32(values) => values.iter().filter(|value| !value.is_finite()).count(),
            Self::F64(values) => values.iter().filter(|value| !value.is_finite()).count(),
            Self::I64(_) | Self::I32(_) | Self::U8(_) | Self::Bool(_) | Self::Text(_) => 0,
        }
    }

    /// Appends a string to strings.
    pub fn push_text(&mut self, text: &str) {
        match self {
            Self::Text(strings) => strings.push(text),
            _ => impossible("the array holds strings"),
        }
    }

    /// Appends a number to 64-bit integers.
    pub fn push_integer(&mut self, number: i64) {
        match self {
            Self::I64(numbers) => numbers.push(number),
            _ => impossible("the array holds 64-bit integers"),
        }
    }
}
