//! Gradients as values per base.

use super::error::TrackError;
use super::{TrackSource, TrackStretch, unknown_lengths};
use crate::attribution::{GradientFile, GradientTransform, SampleGradient, dna_axes, sequence_axis};
use crate::dataloader::BatchRange;
use crate::internal::{OrInternal, caught};
use crate::plot::{check_sample, input_index};
use crate::provenance::Provenance;
use crate::sink::provenance_of_run;
use std::path::Path;
use std::sync::Arc;

/// A file of gradients as a track: of each base, the sum over all axes but that of the sequence.
pub struct GradientTrack {
    file: GradientFile,
    input: usize,
    samples: Vec<usize>,
    transform: GradientTransform,
    seq_dim: Option<i64>,
    /// A stretch that was read may lie past the end of its contig.
    may_pass_end: bool,
}

impl GradientTrack {
    /// Opens a file; all of its samples are shown if `sample` is `None`, and its only input if `input` is.
    ///
    /// # Errors
    /// The file cannot be read, or has no such sample or input.
    pub fn open(path: &Path, sample: Option<usize>, input: Option<&str>) -> Result<Self, TrackError> {
        caught(|| Self::opened(path, sample, input))?
    }

    fn opened(path: &Path, sample: Option<usize>, input: Option<&str>) -> Result<Self, TrackError> {
        let file = GradientFile::open(path)?;
        let input = input_index(&file, input)?;
        let samples = match sample {
            None => (0..file.samples()).collect(),
            Some(sample) => {
                check_sample(&file, sample)?;
                vec![sample]
            }
        };
        Ok(Self { file, input, samples, transform: GradientTransform::default(), seq_dim: None, may_pass_end: false })
    }

    /// What is made of the gradients; gradient times input otherwise.
    pub fn transform(mut self, transform: GradientTransform) -> Self {
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
    fn path(&self) -> &Path {
        self.file.path()
    }

    fn places(&self) -> Result<Vec<(Arc<str>, i64)>, TrackError> {
        let place = |&sample: &usize| {
            let range = self.file.range(sample);
            let range = range.ok_or_else(|| TrackError::NoRange { path: self.file.path().to_owned(), sample })?;
            Ok((Arc::clone(&range.contig), range.start))
        };
        self.samples.iter().map(place).collect()
    }

    fn read(&mut self, index: usize) -> Result<TrackStretch, TrackError> {
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
        let last = if range.strand.is_reverse() { 0 } else { values.len().saturating_sub(1) };
        self.may_pass_end |= range.contig_length.is_none() && may_be_padding(&array, axis, last);
        // On the reverse strand, the first value belongs to the last base.
        if range.strand.is_reverse() {
            values.reverse();
        }
        let BatchRange { contig, start, contig_length, .. } = range;
        Ok(TrackStretch { contig, start, contig_length, values, is_double: array.is_double })
    }

    fn provenance(&self) -> Option<Provenance> {
        provenance_of_run(self.file.path())
    }

    fn warning(&self) -> Option<String> {
        self.may_pass_end.then(|| unknown_lengths(self.file.path()))
    }
}

/// Whether a place along an axis may be what fills a sequence up: its channels are equal, or it is no DNA, which would
/// tell.
fn may_be_padding(array: &SampleGradient, axis: usize, place: usize) -> bool {
    if dna_axes(array).is_none() {
        return true;
    }
    let length = (*array.shape.get(axis).or_internal("the array has the axis")).max(1);
    let inner = array.shape.iter().skip(axis + 1).product::<usize>().max(1);
    let here = array.input.iter().enumerate().filter(|(index, _)| index / inner % length == place);
    let mut values = here.map(|(_, value)| *value);
    let first = values.next();
    values.all(|value| Some(value) == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_channels_may_be_padding() {
        // CN, in either order of the axes.
        for (shape, axis, input) in [
            (vec![2, 4], 0, vec![0.0, 1.0, 0.0, 0.0, 0.25, 0.25, 0.25, 0.25]),
            (vec![4, 2], 1, vec![0.0, 0.25, 1.0, 0.25, 0.0, 0.25, 0.0, 0.25]),
        ] {
            let gradient = vec![1.0; 8];
            let mut array = SampleGradient { shape, input, gradient, is_double: false, is_dna: None };
            assert_eq!([0, 1].map(|place| may_be_padding(&array, axis, place)), [false, true]);
            array.is_dna = Some(false);
            assert!(may_be_padding(&array, axis, 0));
        }
    }
}
