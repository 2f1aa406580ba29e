//! Requests for outputs and tasks that make no sense: one sentence each.

use insta::assert_snapshot;

use super::profiles::onnx_case;
use super::{PROFILE, case_with};

const MAP: &str = "{v: {shape: \"(3,)\", column_labels: [a, b, c]}, p: {shape: \"(6, 2)\", column_labels: [x, y]}}";

#[test]
fn a_profile_without_reduction() {
    assert_snapshot!(case_with(PROFILE).misused(&[]), @"score `diff` works task by task, but output `out` of shape (9, 2) also has a position axis; make tasks of it with --reduce out=mean (or sum, max, center:N), or choose a score that reads whole outputs");
    assert_snapshot!(case_with(MAP).misused(&[]), @"score `diff` works task by task, but output `p` of shape (6, 2) also has a position axis; make tasks of it with --reduce p=mean (or sum, max, center:N), or choose a score that reads whole outputs");
}

#[test]
fn an_output_that_cannot_be_reduced() {
    let case = case_with(MAP);
    assert_snapshot!(case.misused(&["--reduce", "q=sum"]), @"--reduce names the unknown output `q` (known: v, p)");
    assert_snapshot!(case.misused(&["--reduce", "sum"]), @"--reduce sum does not say which output is meant; write --reduce OUTPUT=sum, one of: v, p");
    assert_snapshot!(case.misused(&["--reduce", "v=sum"]), @"--reduce: output `v` of shape (3,) has no position axis: its values are tasks; if they are positions, say so with --position-axis v=0, or in model.yaml with `kipos: {outputs: {v: {position_axis: 0}}}`");
    assert_snapshot!(case.misused(&["--reduce", "p=center:7"]), @"--reduce p=center:7: the output has only 6 positions; give N from 1 to 6");
    assert_snapshot!(case.misused(&["--reduce", "p=sum", "--reduce", "p=mean"]), @"--reduce is given twice for output `p`; give it once");
}

#[test]
fn a_reduction_that_is_none() {
    let case = case_with(PROFILE);
    for (typed, expected) in [
        ("out=median", "unknown reduction `median` (known: sum, mean, max, center:N)"),
        ("center:0", "center:N needs a whole number of positions from 1, found `0`"),
    ] {
        let outcome = case.run(&["--reduce", typed]);
        assert_eq!(outcome.code, 2, "{outcome:?}");
        let first = outcome.stderr.lines().next().unwrap();
        assert_eq!(first, format!("error: invalid value '{typed}' for '--reduce <[OUTPUT=]HOW>': {expected}"));
    }
}

#[test]
fn a_task_that_does_not_exist() {
    let case = case_with("{name: out, shape: \"(3,)\", column_labels: [a, b, c]}");
    assert_snapshot!(case.misused(&["--tasks", "d"]), @"unknown task `d` (known: a, b, c)");
    assert_snapshot!(case.misused(&["--tasks", "3"]), @"there is no task 3: tasks are numbered from 0 and there are 3 (known: a, b, c)");
    assert_snapshot!(case.misused(&["--task-index", "3"]), @"there is no task 3: tasks are numbered from 0 and there are 3 (known: a, b, c)");
    assert_snapshot!(case_with(MAP).misused(&["--tasks", "p.0"]), @"unknown task `p.0` (known: v.a, v.b, v.c); output `p` gets tasks with --reduce p=mean (or sum, max, center:N)");
    let many = case_with("{name: out, shape: \"(1000,)\"}").misused(&["--tasks", "last"]);
    assert!(many.ends_with(", 28, 29 and 970 more)"), "{many}");
}

#[test]
fn names_and_numbers_at_once() {
    let outcome = case_with(PROFILE).run(&["--tasks", "plus", "--task-index", "0"]);
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.stderr.contains("cannot be used with"), "{outcome:?}");
}

#[test]
fn tasks_for_a_score_of_whole_outputs() {
    let case = case_with(PROFILE);
    case.world.install("whole_outputs");
    assert_snapshot!(case.misused(&["--scores", "moment", "--reduce", "sum", "--tasks", "plus"]), @"score `moment` reads whole outputs, so --tasks cannot choose tasks for it; leave out one of them");
}

#[test]
fn both_strands_of_what_depends_on_the_order() {
    let case = case_with(PROFILE);
    case.world.install("whole_outputs");
    assert_snapshot!(case.misused(&["--use-rc", "--reduce", "center:4"]), @"--reduce out=center:4: the scores read both strands, but 4 of 9 positions cannot be centered; give N that is odd, name the axis of positions with --position-axis out=0, or give --use-rc false");
    let both = ["--scores", "moment", "--score-kwargs", "moment={both_strands: true}", "--use-rc"];
    assert_snapshot!(case.misused(&both), @"the scores read both strands, and the positions of output `out` run the other way on the reverse complement, but their axis is unknown; name it with --position-axis out=N, or in model.yaml with `kipos: {outputs: {out: {position_axis: N}}}`, make tasks of it with --reduce out=mean (or sum, max), or give --use-rc false");
    // On one strand, the same is fine.
    assert!(case.scored(&["--reduce", "center:4"]).contains("KV_model_DIFF="));
    assert!(case.scored(&[&both[..4], &["--use-rc", "false"]].concat()).contains("KV_model_MOMENT="));
}

#[test]
fn axes_in_another_order_than_described() {
    assert_snapshot!(onnx_case("(2, 10)").refused(&["--reduce", "sum"]), @"output `out` has shape (10, 2), but the model's description says (2, 10), by which its positions are reduced; correct `schema.targets` in model.yaml");
}

#[test]
fn tasks_that_may_be_positions_are_told_on_both_strands() {
    let case = case_with("{name: out, shape: \"(7, 1)\"}");
    let outcome = case.run(&["--use-rc"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let warning = outcome.stderr.lines().next().unwrap();
    assert_snapshot!(warning, @"warning: output `out` of shape (7, 1) is scored on both strands as 7 tasks; if they are positions, reduce them with --reduce or give --use-rc false");
    assert!(!case.run(&["--use-rc", "--reduce", "sum"]).stderr.contains("warning"));
    assert!(!case.run(&["--use-rc", "false"]).stderr.contains("warning"));
}
