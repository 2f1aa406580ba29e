//! Tasks that are named in a table.

use super::say;
use crate::case::Case;
use crate::model_outputs::{assert_columns, base_scores, case_with, table};

const TABLE: &str = "index\tname\tassay\n0\tCTCF\tChIP-seq\n1\tinput\tcontrol\n";

/// A case with a target of this shape, whose tasks the table names.
fn case(shape: &str, keys: &str) -> Case {
    let case = case_with(&format!("{{name: out, shape: \"{shape}\"}}"));
    case.world.write("model/tasks.tsv", TABLE);
    say(&case, &format!("{{outputs: {{out: {{task_table: tasks.tsv{keys}}}}}}}"));
    case
}

#[test]
fn names_of_a_table_are_used_where_labels_are() {
    let base = base_scores("diff", None);
    let flat = case("(2,)", ", background: [CTCF]");
    assert_columns(&table(&flat, &[]), &base, &[("diff/CTCF", 1.0), ("diff/input", 2.0)]);
    assert_columns(&table(&flat, &["--tasks", "input"]), &base, &[("diff/input", 2.0)]);
    let text = flat.scored(&[]);
    assert!(text.contains("Format: CTCF|input") && text.contains("_TOP=input"), "{text}");
    assert!(!text.contains("_TOP=CTCF"), "{text}");
    // Positions are told by the number of tasks.
    let profile = case("(2, 9)", "");
    let reduced = table(&profile, &["--reduce", "max"]);
    assert_eq!(reduced.scores(), ["diff/CTCF", "diff/input"]);
    let shown = flat.world.run("model info model", &[]).stdout;
    assert!(shown.contains("CTCF") && shown.contains("tasks.tsv"), "{shown}");
    assert_eq!(flat.world.run("model lint model", &[]).code, 0);
}

#[test]
fn a_table_of_another_length_is_refused() {
    let case = case("(3,)", "");
    let outcome = case.run(&[]);
    assert_eq!((outcome.code, case.outputs()), (1, vec![]), "{outcome:?}");
    let error = outcome.stderr.lines().last().unwrap();
    insta::assert_snapshot!(error, @"error: model/model.yaml:6: `schema.targets` has 2 column labels for 3 tasks of shape (3,)");
    case.spoil("model/model.yaml", "(3,)", "(2,)");
    std::fs::remove_file(case.world.path("model/tasks.tsv")).unwrap();
    insta::assert_snapshot!(case.refused(&[][..]), @"model/model.yaml:11: cannot read the table model/tasks.tsv of `kipos.outputs.out.task_table`: No such file or directory (os error 2)");
}
