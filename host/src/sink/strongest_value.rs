//! Which of several scores is the strongest.

/// The first of the values with the largest magnitude, with what stands beside it; NaN is none.
pub(super) fn strongest<T>(values: impl Iterator<Item = (T, f32)>) -> Option<(T, f32)> {
    let values = values.filter(|(_, value)| !value.is_nan());
    values.reduce(|best, next| if next.1.abs() > best.1.abs() { next } else { best })
}

/// The same of the columns of a row; those of the sorted `background` do not count.
pub(super) fn strongest_column(scores: &[f32], background: &[usize]) -> Option<(usize, f32)> {
    let counts = |(column, _): &(usize, f32)| background.binary_search(column).is_err();
    strongest(scores.iter().copied().enumerate().filter(counts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_the_strongest_counts() {
        let of = |values: &[f32]| strongest(values.iter().copied().enumerate());
        assert_eq!(of(&[0.5, -2.0, f32::NAN, 2.0]), Some((1, -2.0)));
        assert_eq!(of(&[f32::NAN]), None);
        assert_eq!(of(&[0.0, f32::NEG_INFINITY]), Some((1, f32::NEG_INFINITY)));
    }

    fn column(scores: &[f32], background: &[usize]) -> Option<usize> {
        strongest_column(scores, background).map(|(column, _)| column)
    }

    #[test]
    fn the_largest_ignores_nan_and_takes_the_first_of_equals() {
        assert_eq!(column(&[], &[]), None);
        assert_eq!(column(&[f32::NAN], &[]), None);
        assert_eq!(column(&[f32::NAN, 0.0], &[]), Some(1));
        assert_eq!(column(&[1.0, -2.0, 2.0, f32::NAN], &[]), Some(1));
        assert_eq!(column(&[1.0, f32::NEG_INFINITY, 2.0], &[]), Some(1));
    }

    #[test]
    fn the_background_is_never_the_largest() {
        assert_eq!(column(&[5.0, -2.0, 9.0, 1.0], &[0, 2]), Some(1));
        assert_eq!(column(&[5.0, f32::NAN], &[0]), None);
        assert_eq!(column(&[5.0, 1.0], &[0, 1]), None);
    }
}
