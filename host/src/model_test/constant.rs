//! Predictions that do not depend on what the model was given.

use kipos_plugin_api::OutputSpecs;

use super::comparison::place;
use crate::sink::{ColumnValues, LeafKind, PredictionRows};

/// Values of a model that are the same for all samples, to the last bit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Constant {
    /// How many.
    values: usize,
    /// Of so many per sample.
    of: usize,
    /// Where the first is.
    place: String,
    /// Which it is.
    value: f64,
}

impl Constant {
    /// Those among the tasks of the predictions of all samples, output by output; an output with an axis of positions
    /// counts if all of it is constant, as single positions may well be. Values that are no numbers have a warning of
    /// their own.
    pub(super) fn find(outputs: &OutputSpecs, predictions: &[Vec<f64>]) -> Option<Self> {
        let mut found: Option<Self> = None;
        for (output, values) in outputs.0.iter().zip(predictions) {
            let width = output.len().max(1);
            let Some(first) = values.get(..width) else { continue };
            let is_constant = |element: usize| {
                let bits = first[element].to_bits();
                first[element].is_finite() && values.iter().skip(element).step_by(width).all(|v| v.to_bits() == bits)
            };
            let mut elements: Vec<usize> = (0..width).filter(|&element| is_constant(element)).collect();
            if output.tasks.is_empty() && elements.len() < width {
                elements.clear();
            }
            if let Some(&element) = elements.first() {
                let first = Self { values: 0, of: 0, place: place(output, element), value: first[element] };
                found.get_or_insert(first).values += elements.len();
            }
        }
        found.map(|found| Self { of: outputs.width(), ..found })
    }

    /// The sentence for so many samples.
    pub(super) fn describe(&self, samples: usize) -> String {
        let Self { values, of, place, value } = self;
        format!(
            "{values} of {of} predicted values are the same for all {samples} samples, though their inputs differ, the \
             first {value} in {place}; the model may not depend on its inputs"
        )
    }
}

/// Whether any two samples differ in what the model was given.
pub(super) fn inputs_differ(rows: &PredictionRows) -> bool {
    let inputs = rows.leaves().iter().zip(rows.values()).filter(|(leaf, _)| leaf.kind == LeafKind::Inputs);
    inputs.into_iter().any(|(leaf, values)| differ(values, leaf.width().max(1)))
}

/// Whether any row of this width differs from the first.
fn differ(values: &ColumnValues, width: usize) -> bool {
    macro_rules! any {
        ($values:expr) => {{
            // Where there are no rows, none differs.
            let first = $values.get(..width).unwrap_or_default();
            $values.chunks(width).any(|row| row != first)
        }};
    }
    match values {
        ColumnValues::F32(values) => any!(values),
        ColumnValues::F64(values) => any!(values),
        ColumnValues::I64(values) => any!(values),
        ColumnValues::I32(values) => any!(values),
        ColumnValues::U8(values) => any!(values),
        ColumnValues::Bool(bits) => (0..bits.len()).any(|index| bits.get(index) != bits.get(index % width)),
        ColumnValues::Text(texts) => (0..texts.len()).any(|index| texts.get(index) != texts.get(index % width)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kipos_plugin_api::OutputSpec;

    fn outputs() -> OutputSpecs {
        let tasks = vec!["a".to_owned(), "b".to_owned()];
        OutputSpecs(vec![
            OutputSpec::new("prob", vec![2]).with_tasks(tasks),
            OutputSpec::new("profile", vec![2, 1]).with_offset(2),
        ])
    }

    #[test]
    fn a_task_that_never_changes_is_found() {
        let found = Constant::find(&outputs(), &[vec![0.1, 0.5, 0.2, 0.5, 0.3, 0.5], vec![0., 1., 0., 2., 0., 3.]]);
        insta::assert_snapshot!(found.unwrap().describe(3), @"1 of 4 predicted values are the same for all 3 samples, though their inputs differ, the first 0.5 in task `b`; the model may not depend on its inputs");
        let profile = Constant::find(&outputs(), &[vec![0.1, 0.5, 0.2, 0.6], vec![7., 8., 7., 8.]]);
        insta::assert_snapshot!(profile.unwrap().describe(2), @"2 of 4 predicted values are the same for all 2 samples, though their inputs differ, the first 7 in output `profile` at [0, 0]; the model may not depend on its inputs");
    }

    #[test]
    fn what_changes_by_a_bit_is_not_constant() {
        let next = f64::from_bits(0.5f64.to_bits() + 1);
        let profile = vec![0., 1., 0., 2.];
        assert_eq!(Constant::find(&outputs(), &[vec![0.1, 0.5, 0.2, next], profile.clone()]), None);
        let nan = f64::NAN;
        assert_eq!(Constant::find(&outputs(), &[vec![nan, 0.5, nan, 0.6], profile]), None);
        assert_eq!(Constant::find(&outputs(), &[Vec::new(), Vec::new()]), None);
    }

    #[test]
    fn rows_are_compared_value_by_value() {
        assert!(!differ(&ColumnValues::F32(vec![1., 2., 1., 2.]), 2));
        assert!(differ(&ColumnValues::F32(vec![1., 2., 1., 3.]), 2));
        assert!(!differ(&ColumnValues::U8(vec![]), 2));
    }
}
