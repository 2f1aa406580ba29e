//! How datasets are packed.

use hdf5::{Group, dataset::DatasetBuilder};

/// How much effort goes into a chunk, of 9. With the bytes of equal weight brought together, the least effort packs
/// predictions and gradients better than the 4 of `kipoi` and h5py does without, in two thirds of the time.
const GZIP_LEVEL: u8 = 1;

/// The start of a dataset in chunks of this shape.
pub(in crate::sink) fn packed(group: &Group, chunk: Vec<usize>) -> DatasetBuilder {
    group.new_dataset_builder().chunk(chunk).shuffle().deflate(GZIP_LEVEL)
}
