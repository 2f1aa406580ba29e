//! Blocks of rows that no variant changes.

use crate::internal::{OrInternal, impossible};
use kipos_plugin_api::{DType, DataView, PluginError, Strings, Tensor, TensorView};

/// Rows of an input that holds no DNA: the same for every allele of a sample and on both strands.
#[derive(Debug, Clone)]
pub struct SideRows {
    shape: Vec<usize>,
    len: usize,
    elements: Elements,
}

macro_rules! define_elements {
    ($($variant:ident $element:ty),*) => {
        #[derive(Debug, Clone)]
        enum Elements { $($variant(Vec<$element>),)* Strings(Vec<String>) }

        impl Elements {
            fn empty(dtype: DType) -> Self {
                match dtype {
                    $(DType::$variant => Self::$variant(Vec::new()),)*
                    DType::String => Self::Strings(Vec::new()),
                }
            }

            fn empty_like(&self) -> Self {
                match self {
                    $(Self::$variant(_) => Self::$variant(Vec::new()),)*
                    Self::Strings(_) => Self::Strings(Vec::new()),
                }
            }

            fn clear(&mut self) {
                match self {
                    $(Self::$variant(elements) => elements.clear(),)*
                    Self::Strings(elements) => elements.clear(),
                }
            }

            /// Appends elements `start..end` of `from`, which are of the same type.
            fn extend(&mut self, from: &Self, start: usize, end: usize) {
                match (self, from) {
                    $((Self::$variant(own), Self::$variant(from)) => own.extend_from_slice(&from[start..end]),)*
                    (Self::Strings(own), Self::Strings(from)) => own.extend_from_slice(&from[start..end]),
                    // Blocks of one run are all made from one another by `empty_like`.
                    _ => impossible("two blocks of one input have the same element type"),
                }
            }

            /// Appends this many zeros, or empty texts.
            fn grow(&mut self, count: usize) {
                match self {
                    $(Self::$variant(elements) => elements.resize(elements.len() + count, Default::default()),)*
                    Self::Strings(elements) => elements.resize(elements.len() + count, String::new()),
                }
            }

            /// Appends elements `start..end` once more.
            fn repeat(&mut self, start: usize, end: usize) {
                match self {
                    $(Self::$variant(elements) => elements.extend_from_within(start..end),)*
                    Self::Strings(elements) => elements.extend_from_within(start..end),
                }
            }

            fn bytes(&self) -> usize {
                match self {
                    $(Self::$variant(elements) => size_of_val(elements.as_slice()),)*
                    Self::Strings(elements) => elements.iter().map(|text| text.len() + size_of::<String>()).sum(),
                }
            }

            fn of(view: &DataView<'_>) -> Result<Self, PluginError> {
                Ok(match view {
                    $(DataView::$variant(elements) => Self::$variant(elements.to_vec()),)*
                    DataView::Strings(view) => {
                        let text = |index| view.get(index).map(str::to_owned);
                        Self::Strings((0..view.len()).map(text).collect::<Result<_, _>>()?)
                    }
                })
            }

            /// The elements as a tensor's; text as `strings` holds it.
            fn view<'a>(&'a self, strings: &'a Option<Strings>) -> DataView<'a> {
                match (self, strings) {
                    $((Self::$variant(elements), _) => DataView::$variant(elements),)*
                    (Self::Strings(_), Some(strings)) => DataView::Strings(strings.view()),
                    (Self::Strings(_), None) => DataView::U8(&[]),
                }
            }
        }
    };
}
define_elements!(F32 f32, F64 f64, I64 i64, I32 i32, U8 u8, Bool bool);

impl SideRows {
    /// An empty block for rows of this type and shape.
    pub fn empty(dtype: DType, shape: Vec<usize>) -> Self {
        Self { shape, len: 0, elements: Elements::empty(dtype) }
    }

    /// The rows of a tensor, whose first axis counts them.
    ///
    /// # Errors
    /// Text that is not readable.
    pub fn of(tensor: &Tensor) -> Result<Self, PluginError> {
        let view = tensor.view();
        let shape = view.shape().get(1..).or_internal("rows have an axis that counts them").to_vec();
        Ok(Self { shape, len: view.rows(), elements: Elements::of(&view.data())? })
    }

    /// An empty block for rows of the same kind.
    pub fn empty_like(&self) -> Self {
        Self { shape: self.shape.clone(), len: 0, elements: self.elements.empty_like() }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The memory of all rows in bytes.
    pub fn bytes(&self) -> usize {
        self.elements.bytes()
    }

    /// Removes all rows, keeping the memory.
    pub fn clear(&mut self) {
        self.len = 0;
        self.elements.clear();
    }

    /// Appends a row of zeros, or of empty texts.
    pub fn push_blank(&mut self) {
        self.elements.grow(self.shape.iter().product());
        self.len += 1;
    }

    /// Appends a copy of a row of `from`.
    pub fn push_copy(&mut self, from: &Self, row: usize) {
        let width = self.shape.iter().product::<usize>();
        self.elements.extend(&from.elements, row * width, (row + 1) * width);
        self.len += 1;
    }

    /// Appends a copy of the last row.
    pub fn repeat_last(&mut self) {
        if let Some(last) = self.len.checked_sub(1) {
            let width = self.shape.iter().product::<usize>();
            self.elements.repeat(last * width, (last + 1) * width);
            self.len += 1;
        }
    }

    /// The shape of the block: rows, then the axes of one.
    pub fn shape(&self) -> Vec<usize> {
        [&[self.len], self.shape.as_slice()].concat()
    }

    /// The elements of all rows, if they are text.
    pub fn strings(&self) -> Option<Strings> {
        match &self.elements {
            Elements::Strings(elements) => Some(elements.iter().collect()),
            _ => None,
        }
    }

    /// The block as a tensor of `shape` and, if it is text, of `strings`, which are what [`shape`](Self::shape) and
    /// [`strings`](Self::strings) give.
    ///
    /// # Errors
    /// If they are others.
    pub fn view<'a>(&'a self, shape: &'a [usize], strings: &'a Option<Strings>) -> Result<TensorView<'a>, PluginError> {
        TensorView::new(shape, self.elements.view(strings))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_gathered_whatever_they_hold() {
        let numbers = Tensor::new(vec![2, 3], vec![1i32, 2, 3, 4, 5, 6]).unwrap();
        let texts = Tensor::new(vec![2], ["a", "bc"].into_iter().collect::<Strings>()).unwrap();
        for (tensor, expected) in [
            (&numbers, Tensor::new(vec![3, 3], vec![4i32, 5, 6, 1, 2, 3, 1, 2, 3]).unwrap()),
            (&texts, Tensor::new(vec![3], ["bc", "a", "a"].into_iter().collect::<Strings>()).unwrap()),
        ] {
            let source = SideRows::of(tensor).unwrap();
            let mut block = source.empty_like();
            block.push_copy(&source, 1);
            block.push_copy(&source, 0);
            block.repeat_last();
            let (shape, strings) = (block.shape(), block.strings());
            assert_eq!(block.view(&shape, &strings).unwrap().to_owned(), expected);
            assert!(block.bytes() > 0);
            block.clear();
            assert!(block.is_empty());
        }
    }
}
