//! Datasets that grow by rows.

use crate::internal::OrInternal;
use hdf5::{
    Dataset, Extent, Group, H5Type, Hyperslab, Result, SimpleExtents, SliceOrIndex,
    dataset::DatasetBuilder,
    types::{FloatSize, IntSize, TypeDescriptor, VarLenUnicode},
};
use kipos_plugin_api::DType;
use ndarray::{ArrayViewD, IxDyn};

/// Bytes of a chunk, about. The library keeps one per dataset in memory while it is filled.
pub(super) const CHUNK_BYTES: usize = 1 << 20;

/// Bytes of texts that are handed to the library at once, a fraction of what it keeps before it writes.
const TEXT_BYTES: usize = 4 << 20;

/// Bytes that a text takes in the file besides its own.
const TEXT_OVERHEAD: usize = 48;

/// How much effort goes into a chunk, of 9. With the bytes of equal weight brought together, the least effort packs
/// predictions and gradients better than the 4 of `kipoi` and h5py does without, in two thirds of the time.
const GZIP_LEVEL: u8 = 1;

/// A dataset that starts without rows.
pub(in crate::sink) struct GrowingDataset {
    dataset: Dataset,
    rows: usize,
    /// The shape of a row.
    shape: Vec<usize>,
}

impl GrowingDataset {
    /// Makes a dataset of rows of a shape: of no axis for single values.
    pub(in crate::sink) fn create(group: &Group, name: &str, of: &TypeDescriptor, shape: &[usize]) -> Result<Self> {
        let row_bytes = shape.iter().product::<usize>() * of.size();
        let chunk_rows = (CHUNK_BYTES / row_bytes.max(1)).max(1);
        let chunk: Vec<usize> = std::iter::once(chunk_rows).chain(shape.iter().map(|&length| length.max(1))).collect();
        let fixed = shape.iter().map(|&length| Extent::fixed(length));
        let extents = std::iter::once(Extent::resizable(0)).chain(fixed).collect();
        let dataset = packed(group, chunk).empty_as(of).shape(SimpleExtents::from_vec(extents)).create(name)?;
        Ok(Self { dataset, rows: 0, shape: shape.to_vec() })
    }

    /// Makes a dataset of one text per row.
    pub(in crate::sink) fn of_texts(group: &Group, name: &str) -> Result<Self> {
        Self::create(group, name, &TypeDescriptor::VarLenUnicode, &[])
    }

    /// The dataset.
    pub(in crate::sink) fn dataset(&self) -> &Dataset {
        &self.dataset
    }

    /// How many rows there are.
    pub(in crate::sink) fn rows(&self) -> usize {
        self.rows
    }

    /// The shape of a row.
    pub(in crate::sink) fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Appends whole rows, row-major.
    pub(in crate::sink) fn append<T: H5Type>(&mut self, values: &[T], rows: usize) -> Result<()> {
        if rows == 0 {
            return Ok(());
        }
        let shape: Vec<usize> = std::iter::once(rows).chain(self.shape.iter().copied()).collect();
        let view = ArrayViewD::from_shape(IxDyn(&shape), values).map_err(|error| error.to_string().as_str().into());
        let view: ArrayViewD<'_, T> = view.map_err(|error: hdf5::Error| error)?;
        let end = self.rows + rows;
        let all: Vec<usize> = std::iter::once(end).chain(self.shape.iter().copied()).collect();
        self.dataset.resize(all)?;
        let mut selection = vec![SliceOrIndex::from(self.rows..end)];
        selection.extend(self.shape.iter().map(|_| SliceOrIndex::from(..)));
        self.dataset.write_slice(view, Hyperslab::from(selection))?;
        self.rows = end;
        Ok(())
    }

    /// Appends rows of texts, row-major.
    ///
    /// The library crashes if it fails to write, as on a full disk, in the middle of texts of variable length. So
    /// whatever it keeps is written before, where failure is an error, and no more texts follow than it can keep.
    pub(in crate::sink) fn append_texts<'t>(
        &mut self,
        values: impl IntoIterator<Item = &'t str>,
        rows: usize,
    ) -> Result<()> {
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
            self.dataset.flush()?;
            let (block, rest) = left.split_at_checked(rows * width).or_internal("the rows are of one width");
            self.append(block, rows)?;
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
