//! Plugins that load well and misbehave afterwards.

use insta::assert_snapshot;

use crate::case::Case;

/// A case whose stub has this mode.
fn with_mode(mode: &str) -> Case {
    let case = Case::new();
    case.spoil("model/model.yaml", "{tasks: 1}", &format!("{{tasks: 1, mode: {mode}}}"));
    case
}

/// A case in which scorers that misbehave can be chosen.
fn with_bad_scorers() -> Case {
    let case = Case::new();
    case.world.install("bad_scorers");
    case
}

/// What is said of a case with more arguments, without the number of the line on which a plugin panics.
fn refused(case: &Case, more: &[&str]) -> String {
    without_line(&case.refused(more))
}

fn without_line(text: &str) -> String {
    match text.split_once(".rs:") {
        Some((before, after)) => format!("{before}.rs{}", after.trim_start_matches(|c: char| c.is_ascii_digit())),
        None => text.to_owned(),
    }
}

/// The values of the INFO column.
fn info(vcf: &str) -> Vec<&str> {
    let records = vcf.lines().filter(|line| !line.starts_with('#'));
    records.map(|record| record.split('\t').nth(7).unwrap()).collect()
}

#[test]
fn a_panic_in_load() {
    assert_snapshot!(refused(&with_mode("load_panic"), &[]), @"plugin stub: panicked at tests/plugins/stub/src/lib.rs: this model panics when it is loaded");
}

#[test]
fn a_panic_in_predict() {
    assert_snapshot!(refused(&with_mode("panic"), &[]), @"plugin stub: panicked at tests/plugins/stub/src/lib.rs: this model panics when it predicts");
}

#[test]
fn a_row_too_few() {
    assert_snapshot!(refused(&with_mode("short"), &[]), @"plugin stub: output `out` has 5 rows, but the model was given 6; this is a bug of the plugin, please report it to its authors");
}

#[test]
fn an_output_too_many() {
    assert_snapshot!(refused(&with_mode("extra_output"), &[]), @"plugin stub: the model gave 2 outputs, but its description has 1; this is a bug of the plugin, please report it to its authors");
}

#[test]
fn predictions_that_are_not_numbers() {
    let case = with_mode("nan");
    assert_eq!(info(&case.scored(&[])), ["KV_model_DIFF=nan"; 3]);
}

#[test]
fn a_panic_in_score() {
    assert_snapshot!(refused(&with_bad_scorers(), &["--scores", "panicking"]), @"score `panicking`: plugin bad_scorers: panicked at tests/plugins/bad-scorers/src/lib.rs: this scorer always panics");
}

#[test]
fn a_panic_when_a_scorer_is_made() {
    assert_snapshot!(refused(&with_bad_scorers(), &["--scores", "panics_in_args"]), @"score `panics_in_args`: plugin bad_scorers: panicked at tests/plugins/bad-scorers/src/lib.rs: this scorer does not know its arguments");
    // It is known beforehand, and the others work.
    let case = with_bad_scorers();
    let list = case.world.run("plugin list", &[]);
    let problem = list.stdout.lines().find(|line| line.starts_with("problem: ")).unwrap();
    assert_snapshot!(without_line(problem), @"problem: plugin bad_scorers: `panics_in_args` cannot list its arguments: panicked at tests/plugins/bad-scorers/src/lib.rs: this scorer does not know its arguments");
    assert!(case.scored(&["--scores", "failing"]).contains("KV_model_FAILING="));
}

#[test]
fn a_score_too_many() {
    assert_snapshot!(refused(&with_bad_scorers(), &["--scores", "liar"]), @"score `liar`: plugin bad_scorers: panicked at tests/plugins/bad-scorers/src/lib.rs: index out of bounds: the len is 2 but the index is 2");
}

#[test]
fn a_scorer_without_scores() {
    assert_snapshot!(refused(&with_bad_scorers(), &["--scores", "mute"]), @"score `mute`: plugin bad_scorers: scorer `mute`: it gives no scores; this is a bug of the plugin, please report it to its authors");
}

#[test]
fn scores_that_are_not_numbers() {
    let case = with_bad_scorers();
    assert_eq!(info(&case.scored(&["--scores", "nan_scorer"])), ["KV_model_NAN_SCORER=nan"; 3]);
}

#[test]
fn single_rows_without_a_score() {
    let case = with_bad_scorers();
    let differences = case.scored(&["--scores", "diff"]);
    let expected: Vec<String> = info(&differences)
        .into_iter()
        .map(|info| match info.strip_prefix("KV_model_DIFF=").unwrap() {
            negative if negative.starts_with('-') => format!("KV_model_FAILING={negative}"),
            _ => "KV_model_SKIP=plugin_error".to_owned(),
        })
        .collect();
    assert!(expected.iter().any(|info| info.contains("SKIP")) && expected.iter().any(|info| info.contains("FAILING")));
    let outcome = case.run(&["--scores", "failing"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(info(&case.world.read("out/scored.vcf")), expected);
    let of_the_scorer: Vec<&str> = outcome.stderr.lines().filter(|line| line.starts_with("  ")).collect();
    assert_snapshot!(of_the_scorer.join("\n"), @r#"
skipped 1: plugin_error
score `failing` failed for 1 allele: the first task increases
"#);
}
