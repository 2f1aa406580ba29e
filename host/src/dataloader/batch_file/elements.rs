//! The elements of datasets, as tensors know them.

use super::place::Hdf5Place;
use crate::dataloader::BatchError;
use crate::hdf5_call::hdf5_call;
use hdf5::{
    Dataset, H5Type, Hyperslab, SliceOrIndex,
    types::{FixedAscii, FixedUnicode, FloatSize, IntSize, TypeDescriptor, VarLenAscii, VarLenUnicode},
};
use kipos_plugin_api::{DType, DataView, Strings, TensorData};
use ndarray::IxDyn;
use std::ops::Range;

/// The longest texts of fixed length that are read, in bytes.
const LONGEST_TEXT: usize = 1 << 16;

/// The most bytes that are read at once.
const MOST_BYTES: usize = 1 << 30;

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

    /// The bytes of an element as the library hands it over.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::Bool => 1,
            Self::F32 | Self::I32 => 4,
            Self::F64 | Self::I64 | Self::U64 | Self::VarAscii | Self::VarUnicode => 8,
            Self::FixedAscii(..=64) | Self::FixedUnicode(..=64) => 64,
            Self::FixedAscii(..=2048) | Self::FixedUnicode(..=2048) => 2048,
            Self::FixedAscii(_) | Self::FixedUnicode(_) => LONGEST_TEXT,
        }
    }

    /// Refuses a large dataset of which the file holds so little that most of it was never written: its rows would be
    /// nothing but zeros, which take no room in the file and all of it in memory.
    pub(crate) fn check_stored(self, dataset: &Dataset, place: Hdf5Place<'_>) -> Result<(), BatchError> {
        /// Smaller ones do no harm.
        const LARGE: usize = 64 << 20;
        /// What gzip makes smaller at most, and something more.
        const MOST_PACKED: usize = 2048;
        let stored = hdf5_call(place.path, || dataset.storage_size());
        let stated = self.bytes_of(&dataset.shape()).unwrap_or(usize::MAX);
        if stated > LARGE && usize::try_from(stored).is_ok_and(|stored| stored < stated / MOST_PACKED) {
            let shape = dataset.shape();
            let found = format!("of shape {shape:?}, of which {stored} bytes were written");
            return Err(place.layout(found, "an array that was written completely"));
        }
        Ok(())
    }

    /// The bytes of so many elements, if that is a number.
    fn bytes_of(self, shape: &[usize]) -> Option<usize> {
        shape.iter().try_fold(self.bytes(), |bytes, length| bytes.checked_mul(*length))
    }

    /// Reads the elements of some rows of a dataset; of one without rows, its only element.
    pub(crate) fn read(
        self,
        dataset: &Dataset,
        rows: Range<usize>,
        place: Hdf5Place<'_>,
    ) -> Result<TensorData, BatchError> {
        let shape = dataset.shape();
        let read: Vec<usize> =
            shape.iter().enumerate().map(|(axis, n)| if axis == 0 { rows.len() } else { *n }).collect();
        if self.bytes_of(&read).is_none_or(|bytes| bytes > MOST_BYTES) {
            let expected = format!("rows of at most {} MiB", MOST_BYTES >> 20);
            return Err(place.layout(format!("of shape {shape:?}"), expected));
        }
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
        hdf5_call(self.place.path, || self.read_values())
    }

    fn read_values<T: H5Type>(&self) -> Result<Vec<T>, BatchError> {
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
