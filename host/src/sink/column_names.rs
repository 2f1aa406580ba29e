//! The names of the columns of tables.

use super::info_key::one_line;
use crate::scored::ScoreLabel;
use std::collections::HashSet;

/// The columns before the scores. `pos` is **1-based**, as in the VCF; the region is 0-based and half-open.
pub(super) const ROW_COLUMNS: [&str; 10] =
    ["chrom", "pos", "id", "ref", "alt", "region_id", "region_start", "region_end", "strand", "skip"];

/// The columns of scores: `<label>/<task>`. A name that comes again gets `.1`, `.2`, … behind it, as readers of tables
/// would do themselves, each in its own way or not at all.
pub(super) fn score_columns(labels: &[ScoreLabel]) -> Vec<String> {
    let mut seen = HashSet::new();
    let spelled = labels.iter().flat_map(|ScoreLabel { label, columns }| {
        columns.iter().map(move |column| one_line(&format!("{label}/{column}")))
    });
    let spelled: Vec<String> = spelled.collect();
    // A name that is numbered must not take that of a later task.
    let given: HashSet<&String> = spelled.iter().collect();
    let unique = |name: &String| {
        let numbered = (1u64..).map(|number| format!("{name}.{number}")).filter(|numbered| !given.contains(numbered));
        std::iter::once(name.clone()).chain(numbered).find(|name| seen.insert(name.clone())).unwrap_or_default()
    };
    spelled.iter().map(unique).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::test_input::label;

    #[test]
    fn names_are_unique() {
        let names = score_columns(&[label("diff", &["a", "b", "a", "a.1", "a", "x\ty"]), label("ref", &["a"])]);
        assert_eq!(names, ["diff/a", "diff/b", "diff/a.2", "diff/a.1", "diff/a.3", "diff/x y", "ref/a"]);
    }
}
