//! Predictions beside others that they should be equal to.

use std::fmt;

use kipos_plugin_api::{OutputSpec, OutputSpecs};

use crate::sink::{ColumnValues, LeafKind, PredictionRows};

/// A value that is not the expected one.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectationDifference {
    /// The sample, from 0.
    pub sample: usize,
    /// The task, or the output and the place in it.
    pub place: String,
    /// What the model said.
    pub found: f64,
    /// What it should have said.
    pub expected: f64,
}

impl ExpectationDifference {
    /// How far apart the two are; infinite if only one of them is a number.
    pub fn size(&self) -> f64 {
        distance(self.found, self.expected)
    }
}

impl fmt::Display for ExpectationDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sample, place, found, expected } = self;
        write!(f, "sample {sample}, {place}: found {found}, expected {expected}, difference {:.3e}", self.size())
    }
}

/// How far apart two values may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tolerance {
    /// Less than 1.5 units of this decimal.
    Decimals(u32),
    /// At most a millionth of the expected value, or of 1 if that is more.
    Millionth,
}

impl Tolerance {
    /// What the distance from `expected` must not reach, or not exceed.
    pub(super) fn limit(self, expected: f64) -> f64 {
        match self {
            Self::Decimals(decimals) => 1.5 * 10f64.powi(-i32::try_from(decimals).unwrap_or(i32::MAX)),
            Self::Millionth => 1e-6 * expected.abs().max(1.0),
        }
    }

    fn allows(self, found: f64, expected: f64) -> bool {
        let excess = self.excess(found, expected);
        match self {
            Self::Decimals(_) => excess < 1.0,
            Self::Millionth => excess <= 1.0,
        }
    }

    /// How many times the limit the two are apart.
    fn excess(self, found: f64, expected: f64) -> f64 {
        match distance(found, expected) {
            f64::INFINITY => f64::INFINITY,
            distance => distance / self.limit(expected),
        }
    }
}

/// Two numbers that are no numbers, or infinite with one sign, are equal.
fn distance(a: f64, b: f64) -> f64 {
    if a == b || (a.is_nan() && b.is_nan()) {
        return 0.0;
    }
    let distance = (a - b).abs();
    if distance.is_nan() { f64::INFINITY } else { distance }
}

/// What a comparison found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Comparison {
    /// Values compared.
    pub(super) values: usize,
    /// Those that differ too much.
    pub(super) differing: usize,
    /// That which differs most for its tolerance; `None` if all are equal.
    pub(super) worst: Option<ExpectationDifference>,
}

/// The predictions of all samples, output by output, each row-major.
pub(super) fn predictions(rows: &PredictionRows) -> Vec<Vec<f64>> {
    let leaves = rows.leaves().iter().zip(rows.values()).filter(|(leaf, _)| leaf.kind == LeafKind::Predictions);
    leaves
        .map(|(_, values)| match values {
            ColumnValues::F32(values) => values.iter().copied().map(f64::from).collect(),
            _ => Vec::new(),
        })
        .collect()
}

/// Compares the predictions of equally many samples.
pub(super) fn compare(
    outputs: &OutputSpecs,
    found: &[Vec<f64>],
    expected: &[Vec<f64>],
    tolerance: Tolerance,
) -> Comparison {
    let mut comparison = Comparison { values: 0, differing: 0, worst: None };
    let mut most = 0.0;
    for (output, (found, expected)) in outputs.0.iter().zip(found.iter().zip(expected)) {
        for (index, (&found, &expected)) in found.iter().zip(expected).enumerate() {
            comparison.values += 1;
            comparison.differing += usize::from(!tolerance.allows(found, expected));
            let excess = tolerance.excess(found, expected);
            if excess > most {
                most = excess;
                let (sample, element) = (index / output.len().max(1), index % output.len().max(1));
                comparison.worst =
                    Some(ExpectationDifference { sample, place: place(output, element), found, expected });
            }
        }
    }
    comparison
}

/// What there is to say of predictions that are NaN or infinite; nothing if there are none.
pub(super) fn no_numbers(outputs: &OutputSpecs, values: &[Vec<f64>]) -> Option<String> {
    let all = outputs.0.iter().zip(values).flat_map(|(output, values)| {
        let strange = values.iter().enumerate().filter(|(_, value)| !value.is_finite());
        strange.map(move |(index, value)| (output, index, *value))
    });
    let mut all = all.peekable();
    let (output, index, value) = *all.peek()?;
    let (sample, element) = (index / output.len().max(1), index % output.len().max(1));
    let of: usize = values.iter().map(Vec::len).sum();
    let place = place(output, element);
    Some(format!(
        "{} of {of} predictions are not numbers, the first {value} in {place} of sample {sample}",
        all.count()
    ))
}

/// A value of an output: its task, or where it lies.
pub(super) fn place(output: &OutputSpec, element: usize) -> String {
    if let Some(task) = output.tasks.get(element) {
        return format!("task `{task}`");
    }
    let mut rest = element;
    let mut indices: Vec<String> = Vec::with_capacity(output.shape.len());
    for &length in output.shape.iter().rev() {
        indices.push((rest % length.max(1)).to_string());
        rest /= length.max(1);
    }
    indices.reverse();
    format!("output `{}` at [{}]", output.name, indices.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outputs() -> OutputSpecs {
        let tasks = vec!["a".to_owned(), "b".to_owned()];
        OutputSpecs(vec![
            OutputSpec::new("prob", vec![2]).with_tasks(tasks),
            OutputSpec::new("profile", vec![3, 2]).with_offset(2),
        ])
    }

    #[test]
    fn the_worst_value_is_named() {
        let expected = [vec![0.5, 1.0, 0.5, 1.0], vec![0.0; 12]];
        let mut found = expected.clone();
        assert_eq!(
            compare(&outputs(), &found, &expected, Tolerance::Decimals(3)),
            Comparison { values: 16, differing: 0, worst: None }
        );
        found[0][3] = 1.001;
        let close = compare(&outputs(), &found, &expected, Tolerance::Decimals(3));
        assert_eq!(close.differing, 0);
        assert_eq!(
            close.worst.unwrap().to_string(),
            "sample 1, task `b`: found 1.001, expected 1, difference 1.000e-3"
        );
        found[1][9] = -0.25;
        let far = compare(&outputs(), &found, &expected, Tolerance::Decimals(4));
        assert_eq!(far.differing, 2);
        assert_eq!(
            far.worst.unwrap().to_string(),
            "sample 1, output `profile` at [1, 1]: found -0.25, expected 0, difference 2.500e-1"
        );
    }

    #[test]
    fn what_is_no_number_is_counted_and_the_first_is_named() {
        let mut values = [vec![0.5, 1.0, 0.5, 1.0], vec![0.0; 12]];
        assert_eq!(no_numbers(&outputs(), &values), None);
        (values[0][3], values[1][9]) = (f64::NAN, f64::INFINITY);
        let found = no_numbers(&outputs(), &values).unwrap();
        assert_eq!(found, "2 of 16 predictions are not numbers, the first NaN in task `b` of sample 1");
    }

    #[test]
    fn tolerances_end_where_they_should() {
        assert!(Tolerance::Decimals(0).allows(1.49, 0.0) && !Tolerance::Decimals(0).allows(1.5, 0.0));
        assert!(Tolerance::Millionth.allows(1e-6, 0.0) && !Tolerance::Millionth.allows(1.1e-6, 0.0));
        assert!(Tolerance::Millionth.allows(1000.0005, 1000.0) && !Tolerance::Millionth.allows(1000.002, 1000.0));
        for tolerance in [Tolerance::Decimals(2), Tolerance::Millionth] {
            let (nan, infinity) = (f64::NAN, f64::INFINITY);
            assert!(tolerance.allows(nan, nan) && tolerance.allows(infinity, infinity));
            assert!(
                !tolerance.allows(nan, 0.0) && !tolerance.allows(0.0, nan) && !tolerance.allows(-infinity, infinity)
            );
        }
    }
}
