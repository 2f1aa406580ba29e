//! Tasks that are no signal.

use super::say;
use crate::annotated::records;
use crate::case::Case;
use crate::model_outputs::case_with;

/// A case with three tasks, of which each has one more time the value of the first.
fn case(section: &str) -> Case {
    let case = case_with("{name: out, shape: \"(3,)\", column_labels: [a, b, c]}");
    say(&case, section);
    case
}

/// Of each record the scores of all tasks, and what MAXABS and TOP say.
fn summaries(case: &Case, more: &[&str]) -> Vec<(Vec<f32>, f32, String)> {
    let text = case.scored(more);
    let summary = |line: &str| {
        let info = line.split('\t').nth(7).unwrap();
        let value = |key: &str| {
            let entry = info.split(';').find_map(|entry| entry.strip_prefix(&format!("KV_model_DIFF{key}=")));
            entry.unwrap_or_else(|| panic!("no {key}: {info}")).to_owned()
        };
        let scores = value("").split('|').map(|score| score.parse().unwrap()).collect();
        (scores, value("_MAXABS").parse().unwrap(), value("_TOP"))
    };
    assert_eq!(records(&text).len(), 3);
    text.lines().filter(|line| !line.starts_with('#')).map(summary).collect()
}

#[test]
fn background_is_scored_and_never_the_largest() {
    let all = summaries(&case("{}"), &[]);
    let without = summaries(&case("{outputs: {out: {background: [c]}}}"), &[]);
    for ((scores, largest, top), (same, other, second)) in all.into_iter().zip(without) {
        assert_eq!((largest, top.as_str()), (scores[2], "c"));
        assert_eq!(scores, same);
        assert_eq!((other, second.as_str()), (scores[1], "b"));
    }
    let first = summaries(&case("{outputs: {out: {background: [1, c]}}}"), &[]);
    assert!(first.into_iter().all(|(scores, largest, top)| largest == scores[0] && top == "a"));
}

#[test]
fn chosen_tasks_stay_background() {
    let chosen = summaries(&case("{outputs: {out: {background: [c]}}}"), &["--tasks", "a", "c"]);
    assert!(chosen.into_iter().all(|(scores, largest, top)| scores.len() == 2 && largest == scores[0] && top == "a"));
}

#[test]
fn a_record_of_background_alone_has_no_largest() {
    let text = case("{outputs: {out: {background: [a, b, c]}}}").scored(&[]);
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        assert!(line.contains(";KV_model_DIFF_MAXABS=.;KV_model_DIFF_TOP=."), "{line}");
    }
}

#[test]
fn background_that_does_not_exist_is_refused() {
    let case = case("{outputs: {out: {background: [5]}}}");
    insta::assert_snapshot!(case.refused(&[][..]), @"model.yaml calls task 5 of output `out` background, but it has 3 tasks, numbered from 0; correct `kipos.outputs.out.background`");
}
