//! Combining the answers of the members of a family, element by element.

use kipos_plugin_api::{DataView, Scale, Tensor};

use crate::description::MemberCombination;
use crate::natural_scale::{natural_scale, natural_value, value_on_scale};

/// How the outputs of the members of a family become those of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Combining {
    /// By their mean or their median.
    pub by: MemberCombination,
    /// For each output, the scale on which its numbers are: they are made natural, combined, and put on the scale again.
    /// `None` if they are combined as they are.
    pub scales: Vec<Option<Scale>>,
}

impl Combining {
    /// Combining so many outputs as they are.
    pub fn as_they_are(by: MemberCombination, outputs: usize) -> Self {
        Self { by, scales: vec![None; outputs] }
    }

    /// In which numbers an output is combined, in words.
    pub fn numbers(&self, output: usize) -> String {
        match (self.scale(output), self.scales.get(output).copied().flatten()) {
            (Some(scale), _) => format!("in natural scale, from {}", scale.word()),
            (None, Some(scale)) => format!("as they are, {}", scale.word()),
            (None, None) => "as they are".to_owned(),
        }
    }

    /// The scale of an output that is left for the natural one and back; `None` where the natural scale is the same.
    fn scale(&self, output: usize) -> Option<Scale> {
        self.scales.get(output).copied().flatten().filter(|&scale| natural_scale(scale) != scale)
    }

    /// What one output of the model is, of what each member gave: at least one tensor, all of one shape. Computed in double
    /// precision, rounded once. NaN if one of the numbers is.
    ///
    /// # Errors
    /// A shape or type that is not the first's, or elements that are no floats, as the continuation of a sentence about
    /// the member of that number.
    pub fn combine(&self, output: usize, of_members: &[&Tensor]) -> Result<Tensor, (usize, String)> {
        combine(self.by, self.scale(output), of_members)
    }
}

/// The mean of tensors of one shape, as they are.
///
/// # Errors
/// As [`Combining::combine`].
pub fn mean(of_members: &[&Tensor]) -> Result<Tensor, (usize, String)> {
    combine(MemberCombination::Mean, None, of_members)
}

fn combine(by: MemberCombination, scale: Option<Scale>, of_members: &[&Tensor]) -> Result<Tensor, (usize, String)> {
    let Some((first, others)) = of_members.split_first() else { return Err((0, "there is none".into())) };
    let kind = |tensor: &Tensor| format!("{} of shape {:?}", tensor.view().dtype(), tensor.shape());
    for (at, other) in others.iter().enumerate() {
        if other.shape() != first.shape() || other.view().dtype() != first.view().dtype() {
            return Err((at + 1, format!("is {}, but {} of the first", kind(other), kind(first))));
        }
    }
    let shape = first.shape().to_vec();
    macro_rules! combined {
        ($variant:ident, $element:ty) => {{
            let values: Vec<&[$element]> = of_members
                .iter()
                .filter_map(|tensor| match tensor.data().view() {
                    DataView::$variant(values) => Some(values),
                    _ => None,
                })
                .collect();
            let length = first.shape().iter().product();
            let mut of_element = vec![0.0; values.len()];
            let combine_at = |at: usize| {
                for (one, values) in of_element.iter_mut().zip(&values) {
                    let value = values.get(at).copied().map_or(f64::NAN, f64::from);
                    *one = scale.map_or(value, |scale| natural_value(scale, value));
                }
                let combined = combine_numbers(by, &mut of_element);
                scale.map_or(combined, |scale| value_on_scale(scale, combined)) as $element
            };
            Tensor::new(shape, (0..length).map(combine_at).collect::<Vec<$element>>())
        }};
    }
    let combined = match first.view().data() {
        DataView::F32(_) => combined!(F32, f32),
        DataView::F64(_) => combined!(F64, f64),
        _ => return Err((0, format!("is {}; only floats are combined", first.view().dtype()))),
    };
    combined.map_err(|error| (0, error.message))
}

/// One number of one or more; NaN if one of them is. Their order does not stay.
pub fn combine_numbers(by: MemberCombination, values: &mut [f64]) -> f64 {
    match by {
        MemberCombination::Mean => values.iter().sum::<f64>() / values.len() as f64,
        MemberCombination::Median => {
            if values.iter().any(|value| value.is_nan()) {
                return f64::NAN;
            }
            values.sort_unstable_by(f64::total_cmp);
            let middle = values.len() / 2;
            let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
            if values.len() % 2 == 1 { at(middle) } else { (at(middle.wrapping_sub(1)) + at(middle)) / 2.0 }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tensor(values: &[f32]) -> Tensor {
        Tensor::new(vec![values.len()], values.to_vec()).unwrap()
    }

    fn combined(by: MemberCombination, scale: Option<Scale>, members: &[&[f32]]) -> Vec<f32> {
        let tensors: Vec<Tensor> = members.iter().map(|values| tensor(values)).collect();
        let combining = Combining { by, scales: vec![scale] };
        let combined = combining.combine(0, &tensors.iter().collect::<Vec<_>>()).unwrap();
        combined.view().as_f32().unwrap().to_vec()
    }

    #[test]
    fn numbers_without_a_scale_are_combined_as_they_are() {
        let members: [&[f32]; 3] = [&[1.0, -4.0], &[2.0, 0.0], &[6.0, 1.0]];
        assert_eq!(combined(MemberCombination::Mean, None, &members), [3.0, -1.0]);
        assert_eq!(combined(MemberCombination::Median, None, &members), [2.0, 0.0]);
        assert_eq!(combined(MemberCombination::Median, None, &members[..2]), [1.5, -2.0]);
        assert_eq!(combined(MemberCombination::Mean, Some(Scale::ProfileLogits), &members), [3.0, -1.0]);
        assert!(combined(MemberCombination::Median, None, &[&[f32::NAN], &[1.0], &[2.0]])[0].is_nan());
        assert!(combined(MemberCombination::Mean, None, &[&[f32::NAN], &[1.0]])[0].is_nan());
    }

    #[test]
    fn numbers_on_a_scale_are_combined_as_what_they_stand_for() {
        // 1 and 4 are log2 of 2 and 16, whose mean is 9; 0 and 3 are log1p of 0 and e^3 - 1.
        assert_eq!(combined(MemberCombination::Mean, Some(Scale::Log2), &[&[1.0], &[4.0]]), [9f64.log2() as f32]);
        let expected = ((3f64.exp() - 1.0) / 2.0 + 1.0).ln() as f32;
        assert_eq!(combined(MemberCombination::Mean, Some(Scale::Log1p), &[&[0.0], &[3.0]]), [expected]);
        // The odds are 1 and 3, the probabilities 0.5 and 0.75; 0.625 has odds of 5 to 3.
        let logits = combined(MemberCombination::Mean, Some(Scale::Logit), &[&[0.0], &[3f32.ln()]]);
        assert!((f64::from(logits[0]) - (5f64 / 3.0).ln()).abs() < 1e-7, "{logits:?}");
    }

    #[test]
    fn members_must_give_floats_of_one_shape() {
        let combining = Combining::as_they_are(MemberCombination::Mean, 1);
        let whole = Tensor::new(vec![1], vec![1i64]).unwrap();
        let problem = |members: &[&Tensor]| combining.combine(0, members).unwrap_err();
        assert_eq!(problem(&[&whole, &whole]), (0, "is int64; only floats are combined".into()));
        let one = tensor(&[1.0]);
        assert_eq!(
            problem(&[&one, &one, &tensor(&[1.0, 2.0])]),
            (2, "is float32 of shape [2], but float32 of shape [1] of the first".into())
        );
    }

    #[test]
    fn the_numbers_are_said_in_words() {
        let scales = vec![None, Some(Scale::Counts), Some(Scale::Logit)];
        let combining = Combining { by: MemberCombination::Mean, scales };
        let words: Vec<String> = (0..3).map(|output| combining.numbers(output)).collect();
        assert_eq!(words, ["as they are", "as they are, counts", "in natural scale, from logit"]);
    }

    proptest! {
        #[test]
        fn members_that_agree_are_what_each_says(value in -20f32..20.0, count in 1usize..7) {
            let row = [value];
            let members: Vec<&[f32]> = vec![&row; count];
            for by in [MemberCombination::Mean, MemberCombination::Median] {
                prop_assert_eq!(combined(by, None, &members), vec![value]);
                let back = combined(by, Some(Scale::Log2), &members)[0];
                prop_assert!((back - value).abs() <= 1e-6 * value.abs().max(1.0), "{} became {}", value, back);
            }
        }
    }
}
