//! Tensors: a shape and row-major elements, borrowed ([`TensorView`]) or owned ([`Tensor`]).

use std::ops::{Deref, DerefMut};

use abi_stable::{StableAbi, std_types::RVec};

use crate::{PluginError, Result};

/// The element type of a tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DType {
    /// 32-bit float.
    F32,
    /// 64-bit float.
    F64,
    /// 64-bit signed integer.
    I64,
    /// 32-bit signed integer.
    I32,
    /// 8-bit unsigned integer.
    U8,
    /// `true` or `false`, one byte.
    Bool,
    /// UTF-8 text.
    String,
}

impl DType {
    /// The name used in messages and listings, as NumPy spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "float32",
            Self::F64 => "float64",
            Self::I64 => "int64",
            Self::I32 => "int32",
            Self::U8 => "uint8",
            Self::Bool => "bool",
            Self::String => "string",
        }
    }
}

impl std::fmt::Display for DType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A vector that may have been allocated on the other side of the plugin boundary, and frees itself there.
#[repr(transparent)]
#[derive(StableAbi, Debug, Clone, PartialEq)]
pub struct Buffer<T>(RVec<T>);

impl<T> Buffer<T> {
    /// The elements as a `Vec`: without a copy if they were allocated on this side.
    pub fn into_vec(self) -> Vec<T>
    where
        T: Clone,
    {
        self.0.into_vec()
    }
}

impl<T> Default for Buffer<T> {
    fn default() -> Self {
        Self(RVec::new())
    }
}

impl<T> Deref for Buffer<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> DerefMut for Buffer<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl<T> From<Vec<T>> for Buffer<T> {
    fn from(elements: Vec<T>) -> Self {
        Self(elements.into())
    }
}

impl<T> FromIterator<T> for Buffer<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        elements.into_iter().collect::<Vec<T>>().into()
    }
}

/// Owned text elements: all bytes in one buffer, element `i` at `offsets[i]..offsets[i + 1]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Strings {
    pub(crate) bytes: Buffer<u8>,
    pub(crate) offsets: Buffer<i64>,
}

impl Strings {
    /// A borrowed view of the elements.
    pub fn view(&self) -> StringsView<'_> {
        StringsView { bytes: &self.bytes, offsets: &self.offsets }
    }
}

impl<S: AsRef<str>> FromIterator<S> for Strings {
    fn from_iter<I: IntoIterator<Item = S>>(elements: I) -> Self {
        let mut bytes = Vec::new();
        let mut offsets = vec![0];
        for element in elements {
            bytes.extend_from_slice(element.as_ref().as_bytes());
            offsets.push(bytes.len() as i64);
        }
        Self { bytes: bytes.into(), offsets: offsets.into() }
    }
}

/// Borrowed text elements; see [`Strings`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StringsView<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) offsets: &'a [i64],
}

impl<'a> StringsView<'a> {
    /// The number of elements.
    pub fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Element `index`.
    ///
    /// # Errors
    /// [`ErrorKind::SHAPE`](crate::ErrorKind::SHAPE) if there is no such element or it is not UTF-8.
    pub fn get(&self, index: usize) -> Result<&'a str> {
        let bounds = self.offsets.get(index).zip(self.offsets.get(index + 1));
        bounds
            .and_then(|(&from, &to)| self.bytes.get(usize::try_from(from).ok()?..usize::try_from(to).ok()?))
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .ok_or_else(|| PluginError::shape(format!("string element {index} of {} is not readable", self.len())))
    }
}

/// Calls `$macro` with every numeric element type: its variant, its Rust type.
macro_rules! for_each_numeric {
    ($macro:ident) => {
        $macro! { F32 f32, F64 f64, I64 i64, I32 i32, U8 u8, Bool bool }
    };
}
pub(crate) use for_each_numeric;

macro_rules! define_data {
    ($($variant:ident $element:ty),*) => {
        /// The owned elements of a tensor, row-major.
        #[derive(Debug, Clone, PartialEq)]
        #[allow(missing_docs)]
        pub enum TensorData { $($variant(Buffer<$element>),)* Strings(Strings) }

        /// The borrowed elements of a tensor, row-major.
        #[derive(Debug, Clone, Copy, PartialEq)]
        #[allow(missing_docs)]
        pub enum DataView<'a> { $($variant(&'a [$element]),)* Strings(StringsView<'a>) }

        impl TensorData {
            /// A borrowed view of the elements.
            pub fn view(&self) -> DataView<'_> {
                match self {
                    $(Self::$variant(elements) => DataView::$variant(elements),)*
                    Self::Strings(strings) => DataView::Strings(strings.view()),
                }
            }
        }

        impl DataView<'_> {
            /// The number of elements.
            pub fn len(&self) -> usize {
                match self {
                    $(Self::$variant(elements) => elements.len(),)*
                    Self::Strings(strings) => strings.len(),
                }
            }

            /// The element type.
            pub fn dtype(&self) -> DType {
                match self {
                    $(Self::$variant(_) => DType::$variant,)*
                    Self::Strings(_) => DType::String,
                }
            }

            /// An owned copy.
            pub fn to_owned(&self) -> TensorData {
                match self {
                    $(Self::$variant(elements) => TensorData::$variant(elements.to_vec().into()),)*
                    Self::Strings(strings) => TensorData::Strings(Strings {
                        bytes: strings.bytes.to_vec().into(),
                        offsets: strings.offsets.to_vec().into(),
                    }),
                }
            }
        }

        $(
            impl From<Vec<$element>> for TensorData {
                fn from(elements: Vec<$element>) -> Self {
                    Self::$variant(elements.into())
                }
            }

            impl<'a> From<&'a [$element]> for DataView<'a> {
                fn from(elements: &'a [$element]) -> Self {
                    Self::$variant(elements)
                }
            }
        )*
    };
}
for_each_numeric!(define_data);

impl DataView<'_> {
    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl From<Strings> for TensorData {
    fn from(strings: Strings) -> Self {
        Self::Strings(strings)
    }
}

fn check_shape(shape: &[usize], elements: usize) -> Result<()> {
    let expected = shape.iter().try_fold(1usize, |product, &n| product.checked_mul(n));
    if expected == Some(elements) {
        return Ok(());
    }
    Err(PluginError::shape(format!("a tensor of shape {shape:?} cannot hold {elements} elements")))
}

/// An owned tensor. Axis 0 is the batch axis wherever rows are meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    pub(crate) shape: Vec<usize>,
    pub(crate) data: TensorData,
}

impl Tensor {
    /// A tensor of `shape` holding `data` in row-major order.
    ///
    /// # Errors
    /// [`ErrorKind::SHAPE`](crate::ErrorKind::SHAPE) if the number of elements is not the product of `shape`.
    ///
    /// ```
    /// use kipos_plugin_api::Tensor;
    /// let tensor = Tensor::new(vec![2, 3], vec![0f32; 6])?;
    /// assert_eq!(tensor.shape(), [2, 3]);
    /// let error = Tensor::new(vec![2, 3], vec![0f32; 5]).unwrap_err();
    /// assert_eq!(error.message, "a tensor of shape [2, 3] cannot hold 5 elements");
    /// # Ok::<(), kipos_plugin_api::PluginError>(())
    /// ```
    pub fn new(shape: Vec<usize>, data: impl Into<TensorData>) -> Result<Self> {
        let data = data.into();
        check_shape(&shape, data.view().len())?;
        Ok(Self { shape, data })
    }

    /// The length of every axis.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The elements.
    pub fn data(&self) -> &TensorData {
        &self.data
    }

    /// The elements, owned.
    pub fn into_data(self) -> TensorData {
        self.data
    }

    /// A borrowed view of the whole tensor.
    pub fn view(&self) -> TensorView<'_> {
        TensorView { shape: &self.shape, data: self.data.view() }
    }
}

/// A borrowed tensor: what a model's inputs arrive as, without a copy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TensorView<'a> {
    pub(crate) shape: &'a [usize],
    pub(crate) data: DataView<'a>,
}

impl<'a> TensorView<'a> {
    /// A view of `data` as a tensor of `shape`, row-major.
    ///
    /// # Errors
    /// [`ErrorKind::SHAPE`](crate::ErrorKind::SHAPE) if the number of elements is not the product of `shape`.
    pub fn new(shape: &'a [usize], data: impl Into<DataView<'a>>) -> Result<Self> {
        let data = data.into();
        check_shape(shape, data.len())?;
        Ok(Self { shape, data })
    }

    /// The length of every axis.
    pub fn shape(&self) -> &'a [usize] {
        self.shape
    }

    /// The elements.
    pub fn data(&self) -> DataView<'a> {
        self.data
    }

    /// The element type.
    pub fn dtype(&self) -> DType {
        self.data.dtype()
    }

    /// The length of axis 0, or 1 for a scalar.
    pub fn rows(&self) -> usize {
        self.shape.first().copied().unwrap_or(1)
    }

    /// The elements, if they are `f32`.
    ///
    /// # Errors
    /// [`ErrorKind::SHAPE`](crate::ErrorKind::SHAPE) naming the type that was found.
    pub fn as_f32(&self) -> Result<&'a [f32]> {
        match self.data {
            DataView::F32(elements) => Ok(elements),
            other => Err(PluginError::shape(format!("expected float32 elements, found {}", other.dtype()))),
        }
    }

    /// An owned copy.
    pub fn to_owned(&self) -> Tensor {
        Tensor { shape: self.shape.to_vec(), data: self.data.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_found_by_index() {
        let strings: Strings = ["ACGT", "", "ü"].into_iter().collect();
        let view = strings.view();
        assert_eq!(view.len(), 3);
        assert_eq!((view.get(0).unwrap(), view.get(1).unwrap(), view.get(2).unwrap()), ("ACGT", "", "ü"));
        assert_eq!(view.get(3).unwrap_err().message, "string element 3 of 3 is not readable");
    }

    #[test]
    fn bad_offsets_are_an_error_not_a_panic() {
        let view = StringsView { bytes: b"AC", offsets: &[0, 9, -1] };
        assert_eq!(view.get(0).unwrap_err().message, "string element 0 of 2 is not readable");
        assert_eq!(view.get(1).unwrap_err().message, "string element 1 of 2 is not readable");
    }

    #[test]
    fn a_shape_that_overflows_is_refused() {
        let error = Tensor::new(vec![usize::MAX, 2], Vec::<f32>::new()).unwrap_err();
        assert_eq!(error.message, format!("a tensor of shape [{}, 2] cannot hold 0 elements", usize::MAX));
    }

    #[test]
    fn scalars_have_one_element() {
        let tensor = Tensor::new(vec![], vec![1i64]).unwrap();
        assert_eq!(tensor.view().rows(), 1);
    }
}
