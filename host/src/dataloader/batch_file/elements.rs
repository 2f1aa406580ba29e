//! The elements of datasets, as tensors know them.

use super::place::Hdf5Place;
use crate::dataloader::BatchError;
use hdf5::{
    Dataset, H5Type, Hyperslab, SliceOrIndex,
    types::{FixedAscii, FixedUnicode, FloatSize, IntSize, TypeDescriptor, VarLenAscii, VarLenUnicode},
};
use kipos_plugin_api::{DType, DataView, Strings, TensorData};
use ndarray::IxDyn;
use std::ops::Range;

/// The longest texts of fixed length that are read, in bytes.
const LONGEST_TEXT: usize = 1 << 16;

/// How the elements of a dataset are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Elements {
    /// Half or single precision.
    F32,
    F64,
    /// Signed integers of 8 to 32 bits, unsigned ones of 16 bits.
    I32,
    /// Signed integers of 64 bits, unsigned ones of 32 bits.
    I64,
    U8,
    /// They may be too large for the tensors' own integers.
    U64,
    Bool,
    /// Of so many bytes.
    FixedAscii(usize),
    FixedUnicode(usize),
    VarAscii,
    VarUnicode,
}

impl Elements {
    /// What a dataset holds.
    pub(crate) fn of(dataset: &Dataset, place: Hdf5Place<'_>) -> Result<Self, BatchError> {
        let stored = dataset.dtype().map_err(place.unread())?;
        let refused = |found: String| place.layout(found, "numbers, booleans or strings");
        let descriptor = match stored.to_descriptor() {
            Ok(descriptor) => descriptor,
            // The crate has no name for half precision, but the library converts it.
            Err(_) if stored.size() == 2 && stored.conv_to::<f32>().is_some() => return Ok(Self::F32),
            Err(error) => return Err(refused(format!("of a type that kipos cannot read ({error})"))),
        };
        Ok(match descriptor {
            TypeDescriptor::Float(FloatSize::U4) => Self::F32,
            TypeDescriptor::Float(FloatSize::U8) => Self::F64,
            TypeDescriptor::Unsigned(IntSize::U1) => Self::U8,
            TypeDescriptor::Integer(IntSize::U1 | IntSize::U2 | IntSize::U4) => Self::I32,
            TypeDescriptor::Unsigned(IntSize::U2) => Self::I32,
            TypeDescriptor::Integer(IntSize::U8) | TypeDescriptor::Unsigned(IntSize::U4) => Self::I64,
            TypeDescriptor::Unsigned(IntSize::U8) => Self::U64,
            TypeDescriptor::Boolean => Self::Bool,
            TypeDescriptor::FixedAscii(size) if size <= LONGEST_TEXT => Self::FixedAscii(size),
            TypeDescriptor::FixedUnicode(size) if size <= LONGEST_TEXT => Self::FixedUnicode(size),
            TypeDescriptor::VarLenAscii => Self::VarAscii,
            TypeDescriptor::VarLenUnicode => Self::VarUnicode,
            TypeDescriptor::FixedAscii(size) | TypeDescriptor::FixedUnicode(size) => {
                let expected = format!("at most {LONGEST_TEXT}; store longer ones with variable length");
                return Err(place.layout(format!("strings of {size} bytes each"), expected));
            }
            other => return Err(refused(format!("of type {other}"))),
        })
    }

    /// The element type of the tensors.
    pub(crate) fn dtype(self) -> DType {
        match self {
            Self::F32 => DType::F32,
            Self::F64 => DType::F64,
            Self::I32 => DType::I32,
            Self::I64 | Self::U64 => DType::I64,
            Self::U8 => DType::U8,
            Self::Bool => DType::Bool,
            Self::FixedAscii(_) | Self::FixedUnicode(_) | Self::VarAscii | Self::VarUnicode => DType::String,
        }
    }

    /// Reads the elements of some rows of a dataset; of one without rows, its only element.
    pub(crate) fn read(
        self,
        dataset: &Dataset,
        rows: Range<usize>,
        place: Hdf5Place<'_>,
    ) -> Result<TensorData, BatchError> {
        let rows = Rows { dataset, rows, place };
        match self {
            Self::F32 => rows.values::<f32>().map(Into::into),
            Self::F64 => rows.values::<f64>().map(Into::into),
            Self::I32 => rows.values::<i32>().map(Into::into),
            Self::I64 => rows.values::<i64>().map(Into::into),
            Self::U8 => rows.values::<u8>().map(Into::into),
            // A file may hold other values than those that a `bool` can have.
            Self::Bool => {
                let isnt_zero = |values: Vec<i8>| values.into_iter().map(|value| value != 0).collect::<Vec<bool>>();
                rows.values::<i8>().map(|values| isnt_zero(values).into())
            }
            Self::U64 => {
                let too_large =
                    |value| place.layout(format!("{value} in one element"), format!("at most {}", i64::MAX));
                let signed = |value: u64| i64::try_from(value).map_err(|_| too_large(value));
                rows.values::<u64>()?.into_iter().map(signed).collect::<Result<Vec<_>, _>>().map(Into::into)
            }
            // The library converts between lengths, but not between encodings or to variable length.
            Self::FixedAscii(..=64) => rows.texts::<FixedAscii<64>>(),
            Self::FixedAscii(..=2048) => rows.texts::<FixedAscii<2048>>(),
            Self::FixedAscii(_) => rows.texts::<FixedAscii<LONGEST_TEXT>>(),
            Self::FixedUnicode(..=64) => rows.texts::<FixedUnicode<64>>(),
            Self::FixedUnicode(..=2048) => rows.texts::<FixedUnicode<2048>>(),
            Self::FixedUnicode(_) => rows.texts::<FixedUnicode<LONGEST_TEXT>>(),
            Self::VarAscii => rows.texts::<VarLenAscii>(),
            Self::VarUnicode => rows.texts::<VarLenUnicode>(),
        }
    }
}

struct Rows<'d> {
    dataset: &'d Dataset,
    rows: Range<usize>,
    place: Hdf5Place<'d>,
}

impl Rows<'_> {
    fn values<T: H5Type>(&self) -> Result<Vec<T>, BatchError> {
        if self.dataset.ndim() == 0 {
            return self.dataset.read_raw::<T>().map_err(self.place.unread());
        }
        let mut selection = vec![SliceOrIndex::from(..); self.dataset.ndim()];
        if let Some(first) = selection.first_mut() {
            *first = self.rows.clone().into();
        }
        let read = self.dataset.read_slice::<T, _, IxDyn>(Hyperslab::from(selection));
        Ok(read.map_err(self.place.unread())?.into_raw_vec_and_offset().0)
    }

    fn texts<T: H5Type + AsRef<[u8]>>(&self) -> Result<TensorData, BatchError> {
        let values = self.values::<T>()?;
        let texts: Result<Vec<&str>, _> = values.iter().map(|value| std::str::from_utf8(value.as_ref())).collect();
        let texts = texts.map_err(|_| self.place.layout("a string that is not UTF-8", "UTF-8"))?;
        Ok(texts.into_iter().collect::<Strings>().into())
    }
}

/// A stretch of elements, owned; `None` if they are not all there.
pub(crate) fn part(elements: &TensorData, range: Range<usize>) -> Option<TensorData> {
    Some(match elements.view() {
        DataView::F32(all) => all.get(range)?.to_vec().into(),
        DataView::F64(all) => all.get(range)?.to_vec().into(),
        DataView::I64(all) => all.get(range)?.to_vec().into(),
        DataView::I32(all) => all.get(range)?.to_vec().into(),
        DataView::U8(all) => all.get(range)?.to_vec().into(),
        DataView::Bool(all) => all.get(range)?.to_vec().into(),
        DataView::Strings(all) => range.map(|index| all.get(index).ok()).collect::<Option<Strings>>()?.into(),
    })
}
