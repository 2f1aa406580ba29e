//! Reductions and tasks that hold where none are typed.

use insta::assert_snapshot;

use super::say;
use crate::annotated::without_provenance;
use crate::case::Case;
use crate::model_outputs::{PROFILE, assert_columns, base_scores, case_with, table};

const TWO: &str = "{p: {shape: \"(9, 2)\", column_labels: [plus, minus]}, t: {shape: \"(2,)\"}}";

#[test]
fn a_reduction_holds_where_none_is_typed() {
    let base = base_scores("diff", None);
    for (reduction, weight) in [("sum", 25.0), ("mean", 25.0 / 9.0), ("max", 5.0), ("'center:3'", 10.0 / 3.0)] {
        let case = case_with(PROFILE);
        say(&case, &format!("{{outputs: {{out: {{reduce: {reduction}}}}}}}"));
        assert_columns(&table(&case, &[]), &base, &[("diff/plus", weight), ("diff/minus", 2.0 * weight)]);
        // What is typed wins.
        let typed = table(&case, &["--reduce", "center:1"]);
        assert_columns(&typed, &base, &[("diff/plus", 5.0), ("diff/minus", 10.0)]);
    }
}

#[test]
fn each_output_has_a_reduction_of_its_own() {
    let said = case_with(TWO);
    say(&said, "{outputs: {p: {reduce: sum}}}");
    let scored = |case: &Case, more: &[&str]| without_provenance(&case.scored(more));
    assert_eq!(scored(&said, &[]), scored(&case_with(TWO), &["--reduce", "p=sum"]));
}

#[test]
fn tasks_hold_where_none_are_typed() {
    let case = case_with(PROFILE);
    let base = base_scores("diff", None);
    say(&case, "{outputs: {out: {reduce: sum}}, tasks: {default: [minus]}}");
    assert_columns(&table(&case, &[]), &base, &[("diff/minus", 50.0)]);
    assert_columns(&table(&case, &["--tasks", "plus"]), &base, &[("diff/plus", 25.0)]);
    assert_columns(&table(&case, &["--tasks", "all"]), &base, &[("diff/plus", 25.0), ("diff/minus", 50.0)]);
}

#[test]
fn a_score_of_whole_outputs_is_given_them() {
    let [said, silent] = [case_with(PROFILE), case_with(PROFILE)];
    say(&said, "{outputs: {out: {reduce: sum}}, tasks: {default: [minus]}}");
    for case in [&said, &silent] {
        case.world.install("whole_outputs");
    }
    let scored = |case: &Case| without_provenance(&case.scored(&["--scores", "moment"]));
    assert_eq!(scored(&said), scored(&silent));
}

#[test]
fn what_cannot_be_is_told_with_its_line() {
    let message = |section: &str| {
        let case = case_with(PROFILE);
        say(&case, section);
        case.refused(&[][..])
    };
    assert_snapshot!(message("{outputs: {out: {reduce: 'center:10'}}}"), @"model/model.yaml:11: `kipos.outputs.out.reduce`: --reduce out=center:10: the output has only 9 positions; give N from 1 to 9");
    assert_snapshot!(message("{outputs: {out: {reduce: sum}}, tasks: {default: [mins]}}"), @"model/model.yaml:11: `kipos.tasks.default`: unknown task `mins` (known: plus, minus); did you mean minus?");
    assert_snapshot!(message("{outputs: {out: {reduce: median}}}"), @r#"model/model.yaml:11: `kipos.outputs.out.reduce` must be sum, mean, max or center:N, N a number of positions from 1, found "median""#);
}

#[test]
fn the_model_is_shown_with_what_is_said() {
    let case = case_with(PROFILE);
    say(
        &case,
        "{outputs: {out: {position_axis: 0, reduce: sum, scale: log1p, background: [minus], bin: 32, crop: [5, 0]}}, \
         tasks: {default: [plus]}, variant_index: half, merge: {strands: prediction}, mask: transcript, \
         flanks: {left: ACGT, rc: insert_only}, inputs: {seq: {constant: 0.5}}}",
    );
    let text = case.world.run("model info model", &[]);
    assert_eq!(text.code, 0, "{text:?}");
    for line in [
        "  tasks   made by the reduction sum; --reduce says otherwise",
        "  axes    positions on axis 0",
        "  crop    5 bases at the start, 0 at the end",
        "  bin     32 bases a position",
        "  scale   log1p",
        "  reduce  sum",
        "  noise   tasks 1 (minus): background",
        "tasks     plus unless --tasks says otherwise",
        "constant  seq is 0.5",
        "index     half: the variant's in its window",
        "flanks    left \"ACGT\", right \"\", reverse complement insert_only",
        "mask      transcript",
        "merge     strands: prediction",
        "note      model/model.yaml:11: `kipos.mask` is not supported by this version of kipos",
    ] {
        assert!(text.stdout.lines().any(|shown| shown == line), "{line}\n{}", text.stdout);
    }
    assert!(text.stdout.contains("  rc_on = \"prediction\" "), "{text:?}");
    let json = case.world.run("model info model --json", &[]);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let out = &json["kipos"]["outputs"]["out"];
    assert_eq!((&out["reduce"], &out["crop"], &out["background"]), (&"sum".into(), &[5, 0].into(), &[1].into()));
    assert_eq!(json["kipos"]["variant_index"], "half");
    assert_eq!(json["kipos"]["not_supported"].as_array().unwrap().len(), 3);
}

#[test]
fn a_model_that_says_nothing_shows_nothing() {
    let json = Case::new().world.run("model info model --json", &[]);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["kipos"], serde_json::json!({}));
}
