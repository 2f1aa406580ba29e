//! Values whose rows lie behind another axis, as time comes first inside of recurrent networks and attention.

/// The axes of a value in the order that has its rows first, given which axes are as long as there are rows; `None` if the
/// first one is, or it cannot be told which one is meant.
pub fn rows_first(of_rows: impl IntoIterator<Item = bool>) -> Option<Vec<usize>> {
    let of_rows: Vec<bool> = of_rows.into_iter().collect();
    let mut found = (0..of_rows.len()).filter(|&axis| of_rows[axis]);
    match (found.next(), found.next()) {
        (Some(rows), None) if rows > 0 => {
            Some(std::iter::once(rows).chain((0..of_rows.len()).filter(|&axis| axis != rows)).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::rows_first;

    #[test]
    fn the_only_axis_of_rows_comes_first() {
        assert_eq!(rows_first([false, false, true, false]), Some(vec![2, 0, 1, 3]));
        for told in [&[true, false][..], &[true, true], &[false, true, true], &[false], &[]] {
            assert_eq!(rows_first(told.iter().copied()), None, "{told:?}");
        }
    }
}
