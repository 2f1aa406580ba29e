//! The names of the columns of tables.

use super::info_key::one_line;
use crate::{description::make_distinct, scored::ScoreLabel};

/// The columns before the scores. `pos` is **1-based**, as in the VCF; the region is 0-based and half-open.
pub(super) const ROW_COLUMNS: [&str; 10] =
    ["chrom", "pos", "id", "ref", "alt", "region_id", "region_start", "region_end", "strand", "skip"];

/// The columns of scores: `<label>/<task>`, on one line. Tasks have names of their own, but two of them may differ in
/// control characters alone: no two columns share a name either way.
pub(super) fn score_columns(labels: &[ScoreLabel]) -> Vec<String> {
    let name = |label: &str, column: &str| one_line(&format!("{label}/{column}"));
    let of_label = |ScoreLabel { label, columns, .. }: &ScoreLabel| {
        columns.iter().map(|column| name(label, column)).collect::<Vec<_>>()
    };
    let mut names: Vec<String> = labels.iter().flat_map(of_label).collect();
    make_distinct(names.iter_mut());
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::test_input::label;

    #[test]
    fn names_are_unique() {
        let names = score_columns(&[label("diff", &["a", "x\ty", "x y", "a"]), label("ref", &["a"])]);
        assert_eq!(names, ["diff/a", "diff/x y", "diff/x y_2", "diff/a_2", "ref/a"]);
    }
}
