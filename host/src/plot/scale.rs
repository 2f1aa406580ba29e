//! From values to pixels.

/// A straight line from values to pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    low: f64,
    start: f64,
    per_unit: f64,
}

impl Scale {
    /// The scale on which `low` lies at the pixel `start` and `high` at `end`. Where both values are one, everything
    /// lies at `start`.
    pub(super) fn new((low, high): (f64, f64), (start, end): (f64, f64)) -> Self {
        let range = high - low;
        let per_unit = if range > 0.0 { (end - start) / range } else { 0.0 };
        Self { low, start, per_unit }
    }

    /// Where a value lies.
    pub(super) fn at(&self, value: f64) -> f64 {
        self.start + (value - self.low) * self.per_unit
    }
}

/// The least and the largest of some values and 0; what is no finite number is passed over.
pub(super) fn range_with_zero(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let finite = values.into_iter().filter(|value| value.is_finite());
    finite.fold((0.0, 0.0), |(low, high), value| (value.min(low), value.max(high)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_meet_ends() {
        let scale = Scale::new((-1.0, 3.0), (100.0, 20.0));
        assert_eq!([-1.0, 1.0, 3.0].map(|value| scale.at(value)), [100.0, 60.0, 20.0]);
        assert_eq!(Scale::new((0.0, 0.0), (7.0, 9.0)).at(0.0), 7.0);
    }

    #[test]
    fn ranges_hold_zero_and_only_numbers() {
        assert_eq!(range_with_zero([f64::NAN, 2.0, f64::INFINITY, 1.0]), (0.0, 2.0));
        assert_eq!(range_with_zero([-3.0, -1.0]), (-3.0, 0.0));
    }
}
