//! The gradients of one sample.

use crate::internal::OrInternal;

/// What is made of a gradient before it is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum GradientTransform {
    /// Gradient times input: of one-hot DNA, only the bases that are there have a value.
    #[default]
    GradientTimesInput,
    /// The gradient itself.
    Gradient,
    /// The gradient's magnitude.
    Magnitude,
}

impl GradientTransform {
    /// What the values are called.
    pub fn name(self) -> &'static str {
        match self {
            Self::GradientTimesInput => "gradient \u{d7} input",
            Self::Gradient => "gradient",
            Self::Magnitude => "|gradient|",
        }
    }
}

/// An input of one sample, and the gradient with respect to it. Both arrays are row-major and of one shape, which has no
/// axis for samples.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleGradient {
    /// The shape of both.
    pub shape: Vec<usize>,
    /// What the model was given.
    pub input: Vec<f64>,
    /// The gradient.
    pub gradient: Vec<f64>,
    /// The gradient was stored in double precision.
    pub is_double: bool,
    /// Whether the input is one-hot DNA; `None` if its file does not say.
    pub is_dna: Option<bool>,
}

impl SampleGradient {
    /// The values to show, in the order of the arrays. A product is rounded to the precision of the file.
    pub fn transformed(&self, transform: GradientTransform) -> Vec<f64> {
        let value = |(gradient, input): (&f64, &f64)| match transform {
            GradientTransform::GradientTimesInput => self.rounded(gradient * input),
            GradientTransform::Gradient => *gradient,
            GradientTransform::Magnitude => gradient.abs(),
        };
        self.gradient.iter().zip(&self.input).map(value).collect()
    }

    /// A value in the precision of the file.
    pub fn rounded(&self, value: f64) -> f64 {
        if self.is_double { value } else { f64::from(value as f32) }
    }

    /// One value per place along an axis: the sum over all other axes, added in the order of memory.
    pub fn sums_along(&self, axis: usize, transform: GradientTransform) -> Vec<f64> {
        let length = *self.shape.get(axis).or_internal("the array has the axis");
        let inner: usize = self.shape.iter().skip(axis + 1).product();
        let mut sums = vec![0.0; length];
        for (index, value) in self.transformed(transform).into_iter().enumerate() {
            *sums.get_mut((index / inner.max(1)) % length.max(1)).or_internal("the shape counts the values") += value;
        }
        sums.into_iter().map(|sum| self.rounded(sum)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> SampleGradient {
        SampleGradient {
            shape: vec![2, 3],
            input: vec![1.0, 0.0, 2.0, 0.0, 1.0, 0.0],
            gradient: vec![0.5, 1.0, -1.0, 2.0, -3.0, 4.0],
            is_double: false,
            is_dna: None,
        }
    }

    #[test]
    fn values_are_transformed_one_by_one() {
        let sample = sample();
        assert_eq!(sample.transformed(GradientTransform::GradientTimesInput), [0.5, 0.0, -2.0, 0.0, -3.0, 0.0]);
        assert_eq!(sample.transformed(GradientTransform::Gradient), sample.gradient);
        assert_eq!(sample.transformed(GradientTransform::Magnitude), [0.5, 1.0, 1.0, 2.0, 3.0, 4.0]);
    }

    #[test]
    fn sums_leave_one_axis() {
        let sample = sample();
        assert_eq!(sample.sums_along(0, GradientTransform::Gradient), [0.5, 3.0]);
        assert_eq!(sample.sums_along(1, GradientTransform::Gradient), [2.5, -2.0, 3.0]);
    }

    #[test]
    fn values_keep_the_precision_of_the_file() {
        let third = 1.0 / 3.0;
        let mut sample =
            SampleGradient { shape: vec![1], input: vec![third], gradient: vec![1.0], is_double: true, is_dna: None };
        assert_eq!(sample.transformed(GradientTransform::GradientTimesInput), [third]);
        sample.is_double = false;
        assert_eq!(sample.transformed(GradientTransform::GradientTimesInput), [f64::from(third as f32)]);
    }
}
