//! Gradients as values per base.

use super::error::TrackError;
use super::{Stretch, TrackSource};
use crate::attribution::{GradientFile, Transform, sequence_axis};
use crate::dataloader::BatchRange;
use crate::plot::{check_sample, input_index};
use std::path::Path;
use std::sync::Arc;

/// A file of gradients as a track: of each base, the sum over all axes but that of the sequence.
pub struct GradientTrack {
    file: GradientFile,
    input: usize,
    samples: Vec<usize>,
    transform: Transform,
    seq_dim: Option<i64>,
}

impl GradientTrack {
    /// Opens a file; all of its samples are shown if `sample` is `None`, and its only input if `input` is.
    ///
    /// # Errors
    /// The file cannot be read, or has no such sample or input.
    pub fn open(path: &Path, sample: Option<usize>, input: Option<&str>) -> Result<Self, TrackError> {
        let file = GradientFile::open(path)?;
        let input = input_index(&file, input)?;
        let samples = match sample {
            None => (0..file.samples()).collect(),
            Some(sample) => {
                check_sample(&file, sample)?;
                vec![sample]
            }
        };
        Ok(Self { file, input, samples, transform: Transform::default(), seq_dim: None })
    }

    /// What is made of the gradients; gradient times input otherwise.
    pub fn transform(mut self, transform: Transform) -> Self {
        self.transform = transform;
        self
    }

    /// The axis of the sequence, without that of the samples, from the end if negative.
    pub fn seq_dim(mut self, seq_dim: Option<i64>) -> Self {
        self.seq_dim = seq_dim;
        self
    }
}

impl TrackSource for GradientTrack {
    fn places(&self) -> Result<Vec<(Arc<str>, i64)>, TrackError> {
        let place = |&sample: &usize| {
            let range = self.file.range(sample);
            let range = range.ok_or_else(|| TrackError::NoRange { path: self.file.path().to_owned(), sample })?;
            Ok((Arc::clone(&range.contig), range.start))
        };
        self.samples.iter().map(place).collect()
    }

    fn read(&mut self, index: usize) -> Result<Stretch, TrackError> {
        let path = self.file.path().to_owned();
        let sample = self.samples.get(index).copied().unwrap_or(self.file.samples());
        let Some(range) = self.file.range(sample).cloned() else {
            return Err(TrackError::NoRange { path, sample });
        };
        let array = self.file.read(self.input, sample)?;
        let bases = range.end - range.start;
        let axis = sequence_axis(&array, self.seq_dim, Some(bases)).map_err(|source| {
            let input = self.file.names()[self.input].clone();
            TrackError::Axis { path: path.clone(), input, source }
        })?;
        let mut values = array.sums_along(axis, self.transform);
        if i64::try_from(values.len()) != Ok(bases) {
            return Err(TrackError::Length { path, sample, values: values.len(), bases });
        }
        // On the reverse strand, the first value belongs to the last base.
        if range.strand.is_reverse() {
            values.reverse();
        }
        let BatchRange { contig, start, contig_length, .. } = range;
        Ok(Stretch { contig, start, contig_length, values, is_double: array.is_double })
    }
}
