//! Lists and maps of outputs.

use super::{assert_columns, base_scores, case_with, table};

/// A map of a vector, a profile of six positions and a single number: their tasks count 1 to 3, 4 and 5, and 6.
const MAP: &str = "{v: {shape: \"(3,)\", column_labels: [a, b, c]}, p: {shape: \"(6, 2)\"}, s: {shape: \"(1,)\"}}";

#[test]
fn a_list_of_outputs() {
    let case = case_with("[{shape: \"(2,)\"}, {name: g, shape: \"(2,)\", column_labels: [x, y]}, {shape: ()}]");
    let expected = [("diff/0.0", 1.0), ("diff/0.1", 2.0), ("diff/g.x", 3.0), ("diff/g.y", 4.0), ("diff/2.0", 5.0)];
    assert_columns(&table(&case, &[]), &base_scores("diff", None), &expected);
    let both = base_scores("diff", Some("mean"));
    assert_columns(&table(&case, &["--use-rc"]), &both, &expected);
}

#[test]
fn a_map_with_a_profile() {
    let case = case_with(MAP);
    // Weights 1, 2, 3, 4, 5, 1.
    let expected = [
        ("diff/v.a", 1.0),
        ("diff/v.b", 2.0),
        ("diff/v.c", 3.0),
        ("diff/p.0", 4.0 * 16.0),
        ("diff/p.1", 5.0 * 16.0),
        ("diff/s.0", 6.0),
    ];
    assert_columns(
        &table(&case, &["--reduce", "p=sum", "--position-axis", "p=0"]),
        &base_scores("diff", None),
        &expected,
    );
}

#[test]
fn a_profile_of_which_nothing_is_chosen_needs_no_reduction() {
    let case = case_with(MAP);
    let found = table(&case, &["--tasks", "s.0", "v.b", "--use-rc"]);
    assert_columns(&found, &base_scores("diff", Some("mean")), &[("diff/v.b", 2.0), ("diff/s.0", 6.0)]);
}

#[test]
fn scores_of_whole_outputs_get_all_of_them() {
    let case = case_with("{v: {shape: \"(2,)\"}, p: {shape: \"(2, 2)\"}}");
    case.world.install("whole_outputs");
    // Elements of p: 3, 4 at the first position, twice that at the second.
    let of_p = (3 + 2 * 4 + 3 * 6 + 4 * 8) as f64;
    let expected = [("moment/v[2]", 1.0 + 2.0 * 2.0), ("moment/p[2, 2]", of_p)];
    assert_columns(&table(&case, &["--scores", "moment"]), &base_scores("diff", None), &expected);
    let expected = [("moment/v[2]", 5.0), ("moment/p[2]", 9.0 + 2.0 * 12.0)];
    let reduced = table(&case, &["--scores", "moment", "--reduce", "p=sum", "--position-axis", "p=0"]);
    assert_columns(&reduced, &base_scores("diff", None), &expected);
}
