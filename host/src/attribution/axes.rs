//! Which axis of an array runs along the sequence.

use super::sample::SampleGradient;

/// The axes of an array that holds one-hot DNA; they count from 0, without that of the samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DnaAxes {
    /// That of the bases of the sequence.
    pub sequence: usize,
    /// That of A, C, G and T.
    pub channels: usize,
}

/// Why the axis of the sequence is not known.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum AxisError {
    /// Nothing tells the axes from one another.
    #[error(
        "none of its axes {shape:?} is known to be the sequence axis; name it with --seq-dim, counted without the \
         sample axis"
    )]
    Unknown {
        /// The array's shape.
        shape: Vec<usize>,
    },
    /// The axis that was named is not there.
    #[error("--seq-dim {dim} is out of range for {shape:?}; choose an axis from 0 to {}, counted without the sample \
             axis", shape.len().saturating_sub(1))]
    NoAxis {
        /// What was named; from the end if negative.
        dim: i64,
        /// The array's shape.
        shape: Vec<usize>,
    },
}

/// The axes of a sample that is one-hot DNA: two axes are longer than 1, one of them is 4 long, and, if the file does not
/// say that it is DNA, each base has a single 1, or four equal values where it is not known. `None` if it is not.
pub fn dna_axes(sample: &SampleGradient) -> Option<DnaAxes> {
    if sample.is_dna == Some(false) {
        return None;
    }
    let long: Vec<usize> = (0..sample.shape.len()).filter(|&axis| sample.shape[axis] != 1).collect();
    let [first, second] = long.try_into().ok()?;
    let axes = match (sample.shape[first], sample.shape[second]) {
        (4, 4) => return None,
        (_, 4) => DnaAxes { sequence: first, channels: second },
        (4, _) => DnaAxes { sequence: second, channels: first },
        _ => return None,
    };
    let length = sample.shape[axes.sequence];
    let at = |base: usize, channel: usize| match axes.sequence < axes.channels {
        true => base * 4 + channel,
        false => channel * length + base,
    };
    let is_base = |base: usize| {
        let values: [f64; 4] = std::array::from_fn(|channel| sample.input[at(base, channel)]);
        let ones = values.iter().filter(|value| **value == 1.0).count();
        let zeros = values.iter().filter(|value| **value == 0.0).count();
        (ones == 1 && zeros == 3) || values.iter().all(|value| *value == values[0])
    };
    (sample.is_dna == Some(true) || (0..length).all(is_base)).then_some(axes)
}

/// The axis along the sequence: the named one, counted from the end if negative; else that of one-hot DNA; else the only
/// one; else the only one as long as the sample's stretch of the genome.
///
/// # Errors
/// There is no such axis, or nothing tells it from the others.
pub fn sequence_axis(sample: &SampleGradient, named: Option<i64>, bases: Option<i64>) -> Result<usize, AxisError> {
    let shape = &sample.shape;
    if let Some(dim) = named {
        let axis = if dim < 0 { dim + shape.len() as i64 } else { dim };
        let axis = usize::try_from(axis).ok().filter(|axis| *axis < shape.len());
        return axis.ok_or_else(|| AxisError::NoAxis { dim, shape: shape.clone() });
    }
    if let Some(axes) = dna_axes(sample) {
        return Ok(axes.sequence);
    }
    let only = |is_one: &dyn Fn(usize) -> bool| {
        let mut axes = (0..shape.len()).filter(|&axis| is_one(shape[axis]));
        axes.next().filter(|_| axes.next().is_none())
    };
    let as_long = |length: usize| bases.is_some_and(|bases| i64::try_from(length) == Ok(bases));
    let axis = only(&|length| length != 1).or_else(|| only(&as_long));
    axis.ok_or_else(|| AxisError::Unknown { shape: shape.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(shape: &[usize], input: Vec<f64>) -> SampleGradient {
        let gradient = vec![0.0; input.len()];
        SampleGradient { shape: shape.to_vec(), input, gradient, is_double: false, is_dna: None }
    }

    /// ACGTN.
    const ONE_HOT: [f64; 20] =
        [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.25, 0.25, 0.25, 0.25];

    #[test]
    fn one_hot_dna_is_recognised_in_either_order() {
        let axes = |shape: &[usize], input: &[f64]| dna_axes(&sample(shape, input.to_vec()));
        assert_eq!(axes(&[5, 4], &ONE_HOT), Some(DnaAxes { sequence: 0, channels: 1 }));
        assert_eq!(axes(&[5, 1, 4], &ONE_HOT), Some(DnaAxes { sequence: 0, channels: 2 }));
        let turned: Vec<f64> = (0..20).map(|index| ONE_HOT[(index % 5) * 4 + index / 5]).collect();
        assert_eq!(axes(&[4, 5], &turned), Some(DnaAxes { sequence: 1, channels: 0 }));
    }

    #[test]
    fn other_arrays_are_not_dna() {
        let mut other = ONE_HOT;
        other[1] = 0.5;
        assert_eq!(dna_axes(&sample(&[5, 4], other.to_vec())), None);
        assert_eq!(dna_axes(&sample(&[4, 4], vec![0.0; 16])), None);
        assert_eq!(dna_axes(&sample(&[4], vec![0.0; 4])), None);
        assert_eq!(dna_axes(&sample(&[2, 4, 5], vec![0.0; 40])), None);
    }

    #[test]
    fn a_file_that_says_what_it_holds_is_believed() {
        let tracks = SampleGradient { is_dna: Some(true), ..sample(&[5, 4], vec![0.7; 20]) };
        assert_eq!(dna_axes(&tracks), Some(DnaAxes { sequence: 0, channels: 1 }));
        assert_eq!(dna_axes(&SampleGradient { is_dna: Some(false), ..sample(&[5, 4], ONE_HOT.to_vec()) }), None);
        // No word makes letters of three channels.
        assert_eq!(dna_axes(&SampleGradient { is_dna: Some(true), ..sample(&[5, 3], vec![0.0; 15]) }), None);
    }

    #[test]
    fn the_sequence_axis_is_named_or_known() {
        let tracks = sample(&[3, 10], vec![0.5; 30]);
        assert_eq!(sequence_axis(&tracks, None, Some(10)), Ok(1));
        assert_eq!(sequence_axis(&tracks, Some(0), Some(10)), Ok(0));
        assert_eq!(sequence_axis(&tracks, Some(-1), None), Ok(1));
        assert_eq!(sequence_axis(&sample(&[7], vec![0.5; 7]), None, None), Ok(0));
        assert_eq!(sequence_axis(&sample(&[5, 4], ONE_HOT.to_vec()), None, None), Ok(0));
    }

    #[test]
    fn an_unknown_axis_is_an_error() {
        let tracks = sample(&[3, 10], vec![0.5; 30]);
        insta::assert_snapshot!(sequence_axis(&tracks, None, None).unwrap_err(), @"none of its axes [3, 10] is known to be the sequence axis; name it with --seq-dim, counted without the sample axis");
        insta::assert_snapshot!(sequence_axis(&tracks, Some(2), None).unwrap_err(), @"--seq-dim 2 is out of range for [3, 10]; choose an axis from 0 to 1, counted without the sample axis");
        insta::assert_snapshot!(sequence_axis(&sample(&[10, 10], vec![0.5; 100]), None, Some(10)).unwrap_err(), @"none of its axes [10, 10] is known to be the sequence axis; name it with --seq-dim, counted without the sample axis");
    }
}
