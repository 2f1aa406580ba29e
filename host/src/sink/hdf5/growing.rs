//! Datasets that grow by rows.

use super::file::{Failed, Hdf5File, OBJECT_BYTES};
use crate::internal::OrInternal;
use crate::sink::SinkError;
use hdf5::{
    Dataset, Extent, Group, H5Type, Hyperslab, Result, SimpleExtents, SliceOrIndex,
    dataset::DatasetBuilder,
    types::{FloatSize, IntSize, TypeDescriptor, VarLenUnicode},
};
use kipos_plugin_api::DType;
use ndarray::{ArrayViewD, IxDyn};

/// Bytes of a chunk, about. The library keeps one per dataset in memory while it is filled.
pub(super) const CHUNK_BYTES: usize = 1 << 20;

/// Bytes of texts, with their structure, that are handed to the library between flushes: a fraction of what it keeps.
pub(in crate::sink) const TEXT_BYTES: usize = 1 << 20;

/// Bytes that a text takes in the file besides its own.
pub(in crate::sink) const TEXT_OVERHEAD: usize = 48;

/// How much effort goes into a chunk, of 9. With the bytes of equal weight brought together, the least effort packs
/// predictions and gradients better than the 4 of `kipoi` and h5py does without, in two thirds of the time.
const GZIP_LEVEL: u8 = 1;

/// A dataset that starts without rows.
pub(in crate::sink) struct GrowingDataset {
    dataset: Handle,
    rows: usize,
    /// The shape of a row.
    shape: Vec<usize>,
    /// Bytes of a row in the file.
    row_bytes: usize,
    /// Bytes that the library may keep back.
    kept: usize,
}

/// A dataset as the library knows it, which is not closed once the library has failed: see [`Hdf5File`].
struct Handle {
    dataset: Option<Dataset>,
    failed: Failed,
}

impl Drop for Handle {
    fn drop(&mut self) {
        if self.failed.get() {
            std::mem::forget(self.dataset.take());
        }
    }
}

impl GrowingDataset {
    /// Makes a dataset of rows of a shape: of no axis for single values.
    pub(in crate::sink) fn create(
        file: &Hdf5File,
        group: &Group,
        name: &str,
        of: &TypeDescriptor,
        shape: &[usize],
    ) -> Result<Self, SinkError> {
        let row_bytes = shape.iter().product::<usize>() * of.size();
        let chunk_rows = (CHUNK_BYTES / row_bytes.max(1)).max(1);
        let chunk: Vec<usize> = std::iter::once(chunk_rows).chain(shape.iter().map(|&length| length.max(1))).collect();
        let fixed = shape.iter().map(|&length| Extent::fixed(length));
        let extents = std::iter::once(Extent::resizable(0)).chain(fixed).collect();
        let create = || packed(group, chunk).empty_as(of).shape(SimpleExtents::from_vec(extents)).create(name);
        let dataset = file.write(OBJECT_BYTES, create)?;
        // The index of its chunks comes with the first of them.
        file.keeps(0, OBJECT_BYTES);
        let dataset = Handle { dataset: Some(dataset), failed: file.failed() };
        // A text stands elsewhere in the file; its place and length stand here.
        let row_bytes = if *of == TypeDescriptor::VarLenUnicode { 2 * row_bytes } else { row_bytes };
        Ok(Self { dataset, rows: 0, shape: shape.to_vec(), row_bytes, kept: OBJECT_BYTES })
    }

    /// Makes a dataset of one text per row.
    pub(in crate::sink) fn of_texts(file: &Hdf5File, group: &Group, name: &str) -> Result<Self, SinkError> {
        Self::create(file, group, name, &TypeDescriptor::VarLenUnicode, &[])
    }

    /// The dataset.
    pub(in crate::sink) fn dataset(&self) -> &Dataset {
        self.dataset.dataset.as_ref().or_internal("a dataset is open as long as it is there")
    }

    /// How many rows there are.
    pub(in crate::sink) fn rows(&self) -> usize {
        self.rows
    }

    /// The shape of a row.
    pub(in crate::sink) fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Appends whole rows, row-major, to a dataset of `file`.
    pub(in crate::sink) fn append<T: H5Type>(
        &mut self,
        file: &Hdf5File,
        values: &[T],
        rows: usize,
    ) -> Result<(), SinkError> {
        if rows == 0 {
            return Ok(());
        }
        let bytes = rows.saturating_mul(self.row_bytes);
        // Two chunks at most, or the only one that has more.
        let kept = self.kept.saturating_add(bytes).min(OBJECT_BYTES + (2 * CHUNK_BYTES).max(self.row_bytes));
        file.keeps(self.kept, kept);
        self.kept = kept;
        file.write(bytes, || self.append_rows(values, rows))
    }

    fn append_rows<T: H5Type>(&mut self, values: &[T], rows: usize) -> Result<()> {
        let shape: Vec<usize> = std::iter::once(rows).chain(self.shape.iter().copied()).collect();
        let view = ArrayViewD::from_shape(IxDyn(&shape), values).map_err(|error| error.to_string().as_str().into());
        let view: ArrayViewD<'_, T> = view.map_err(|error: hdf5::Error| error)?;
        let end = self.rows + rows;
        let all: Vec<usize> = std::iter::once(end).chain(self.shape.iter().copied()).collect();
        self.dataset().resize(all)?;
        let mut selection = vec![SliceOrIndex::from(self.rows..end)];
        selection.extend(self.shape.iter().map(|_| SliceOrIndex::from(..)));
        self.dataset().write_slice(view, Hyperslab::from(selection))?;
        self.rows = end;
        Ok(())
    }

    /// Appends rows of texts, row-major, to a dataset of `file`.
    ///
    /// The library crashes if it fails to write in the middle of texts of variable length. So whatever it keeps is
    /// written before, where failure is an error, and no more texts follow than it can keep.
    pub(in crate::sink) fn append_texts<'t>(
        &mut self,
        file: &Hdf5File,
        values: impl IntoIterator<Item = &'t str>,
        rows: usize,
    ) -> Result<(), SinkError> {
        let texts: Vec<VarLenUnicode> = values.into_iter().map(text).collect();
        let width = texts.len().checked_div(rows).unwrap_or(0).max(1);
        let mut left = texts.as_slice();
        while !left.is_empty() {
            let mut bytes = 0;
            let fits = |row: &&[VarLenUnicode]| {
                let fits = bytes < TEXT_BYTES;
                bytes += row.iter().map(|text| text.as_bytes().len() + TEXT_OVERHEAD).sum::<usize>();
                fits
            };
            let rows = left.chunks(width).take_while(fits).count();
            file.write(0, || self.dataset().flush())?;
            let (block, rest) = left.split_at_checked(rows * width).or_internal("the rows are of one width");
            let texts = block.iter().map(|text| text.as_bytes().len() + TEXT_OVERHEAD).sum();
            file.keeps(0, texts);
            self.append(file, block, rows)?;
            file.keeps(texts, 0);
            left = rest;
        }
        Ok(())
    }
}

/// The start of a dataset in chunks of this shape.
pub(in crate::sink) fn packed(group: &Group, chunk: Vec<usize>) -> DatasetBuilder {
    group.new_dataset_builder().chunk(chunk).shuffle().deflate(GZIP_LEVEL)
}

/// How elements stand in the file.
pub(in crate::sink) fn stored(dtype: DType) -> TypeDescriptor {
    match dtype {
        DType::F32 => TypeDescriptor::Float(FloatSize::U4),
        DType::F64 => TypeDescriptor::Float(FloatSize::U8),
        DType::I64 => TypeDescriptor::Integer(IntSize::U8),
        DType::I32 => TypeDescriptor::Integer(IntSize::U4),
        DType::U8 => TypeDescriptor::Unsigned(IntSize::U1),
        DType::Bool => TypeDescriptor::Boolean,
        DType::String => TypeDescriptor::VarLenUnicode,
    }
}

/// A text as the library takes it; a NUL, which would end it, becomes the replacement character.
pub(in crate::sink) fn text(value: &str) -> VarLenUnicode {
    let parsed = value.parse::<VarLenUnicode>().or_else(|_| value.replace('\0', "\u{fffd}").parse());
    parsed.or_internal("a string without NUL can be written")
}
