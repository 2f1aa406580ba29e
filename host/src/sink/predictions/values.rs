//! Values of one type, as many as fit in memory.

use kipos_plugin_api::{DType, DataView, Tensor};

use super::Leaf;
use crate::sink::text_column::TextColumn;

macro_rules! define_values {
    ($($variant:ident $element:ty),*) => {
        /// Values of an array, row-major.
        #[derive(Debug, Clone)]
        #[allow(missing_docs)]
        pub enum Values { $($variant(Vec<$element>),)* Text(Texts) }

        impl Values {
            /// None yet, of this type.
            pub fn of(dtype: DType) -> Self {
                match dtype {
                    $(DType::$variant => Self::$variant(Vec::new()),)*
                    DType::String => Self::Text(Texts::default()),
                }
            }

            /// Appends values of the same type; others are left out.
            pub fn append(&mut self, data: &DataView<'_>) {
                self.append_first(data, data.len());
            }

            /// Appends the first `count` values of the same type; others are left out.
            pub fn append_first(&mut self, data: &DataView<'_>, count: usize) {
                match (self, data) {
                    $((Self::$variant(own), DataView::$variant(elements)) => {
                        own.extend_from_slice(&elements[..count.min(elements.len())]);
                    })*
                    (Self::Text(own), DataView::Strings(strings)) => {
                        let count = count.min(strings.len());
                        (0..count).for_each(|index| own.push(strings.get(index).unwrap_or_default()));
                    }
                    _ => {}
                }
            }

            /// Appends what `other` holds, which is of the same type; others are left out.
            pub(super) fn extend(&mut self, other: &Self) {
                match (self, other) {
                    $((Self::$variant(own), Self::$variant(other)) => own.extend_from_slice(other),)*
                    (Self::Text(own), Self::Text(other)) => {
                        (0..other.len).for_each(|index| own.push(other.get(index)));
                    }
                    _ => {}
                }
            }

            /// The number of values.
            pub fn len(&self) -> usize {
                match self {
                    $(Self::$variant(values) => values.len(),)*
                    Self::Text(texts) => texts.len,
                }
            }

            /// The memory that they take, in bytes.
            pub(super) fn bytes(&self) -> usize {
                match self {
                    $(Self::$variant(values) => size_of_val(values.as_slice()),)*
                    Self::Text(texts) => texts.column.bytes(),
                }
            }

            /// Removes all values, keeping the memory.
            pub fn clear(&mut self) {
                match self {
                    $(Self::$variant(values) => values.clear(),)*
                    Self::Text(texts) => texts.clear(),
                }
            }
        }
    };
}
define_values!(F32 f32, F64 f64, I64 i64, I32 i32, U8 u8, Bool bool);

impl Values {
    /// The values of the first `rows` rows of a tensor that is of the type and shape of an array.
    pub(crate) fn first_of(leaf: &Leaf, tensor: &Tensor, rows: usize) -> Self {
        let mut values = Self::of(leaf.dtype);
        values.append_first(&tensor.data().view(), rows * leaf.width());
        values
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends a text to texts; other values stay as they are.
    pub fn push_text(&mut self, text: &str) {
        if let Self::Text(texts) = self {
            texts.push(text);
        }
    }

    /// Appends a number to 64-bit integers; other values stay as they are.
    pub fn push_integer(&mut self, number: i64) {
        if let Self::I64(numbers) = self {
            numbers.push(number);
        }
    }
}

/// Many short texts.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    column: TextColumn,
    len: usize,
}

impl Texts {
    /// Appends a text.
    pub fn push(&mut self, text: &str) {
        self.column.push(Some(text.as_bytes()));
        self.len += 1;
    }

    /// A text; empty if there is none of this index.
    pub fn get(&self, index: usize) -> &str {
        self.column.get(index).unwrap_or_default()
    }

    /// The number of texts.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn clear(&mut self) {
        self.column.clear();
        self.len = 0;
    }
}
