//! How many numbers of a run's results are no finite ones.

use std::fmt;

use crate::columns::ColumnValues;
use crate::not_finite::{self, NotFinite};
use crate::sink::OutputArray;

/// The values of an array of results, and those of them that are NaN or infinite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrayCounts {
    /// The array's name; empty if it is the only one.
    pub name: String,
    /// All values.
    pub values: u64,
    /// Those that are NaN or infinite.
    pub not_finite: u64,
}

impl ArrayCounts {
    /// Nothing counted yet, for each array.
    pub(super) fn of(arrays: &[OutputArray]) -> Vec<Self> {
        arrays.iter().map(|array| Self { name: array.name.clone(), values: 0, not_finite: 0 }).collect()
    }

    /// Counts the values of some rows.
    pub(super) fn add(&mut self, values: &ColumnValues) {
        self.values += values.len() as u64;
        self.not_finite += values.not_finite() as u64;
    }

    /// A line of a summary, after a line break, if there is anything to say.
    pub(super) fn describe(arrays: &[Self], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = arrays.iter().map(|&Self { ref name, values, not_finite }| NotFinite { name, not_finite, values });
        not_finite::describe(counts, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Described(Vec<ArrayCounts>);

    impl fmt::Display for Described {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            ArrayCounts::describe(&self.0, f)
        }
    }

    #[test]
    fn values_that_are_not_finite_are_counted_by_array() {
        let mut counts = ["a", "b", ""].map(|name| ArrayCounts { name: name.into(), values: 0, not_finite: 0 });
        counts[0].add(&ColumnValues::F32(vec![1.0, f32::NAN, f32::INFINITY]));
        counts[0].add(&ColumnValues::F32(vec![f32::NEG_INFINITY]));
        counts[1].add(&ColumnValues::I64(vec![1, 2]));
        counts[2].add(&ColumnValues::F64(vec![f64::NAN]));
        assert_eq!((counts[1].values, counts[1].not_finite), (2, 0));
        assert_eq!(Described(counts.to_vec()).to_string(), "\n  not finite: a 3 of 4, 1 of 1");
        assert_eq!(Described(counts[1..2].to_vec()).to_string(), "");
    }
}
