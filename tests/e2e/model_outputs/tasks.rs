//! Chosen tasks.

use super::{PROFILE, assert_columns, base_scores, case_with, table};
use crate::annotated::records;

const FOUR: &str = "{name: out, shape: \"(4,)\", column_labels: [CTCF, \"AP 1\", \"a,b\", \"0\"]}";

#[test]
fn by_name_or_number_in_the_order_of_the_model() {
    let case = case_with(FOUR);
    let base = base_scores("diff", None);
    let (ctcf, ap1, a_b, zero) = (("diff/CTCF", 1.0), ("diff/AP 1", 2.0), ("diff/a,b", 3.0), ("diff/0", 4.0));
    for (more, expected) in [
        (&["--tasks", "CTCF"][..], &[ctcf][..]),
        (&["--tasks", "AP 1", "CTCF"], &[ctcf, ap1]),
        (&["--tasks", "AP 1,CTCF"], &[ctcf, ap1]),
        (&["--tasks", "AP 1", "--tasks", "CTCF"], &[ctcf, ap1]),
        (&["--tasks", "a,b"], &[a_b]),
        (&["--tasks", "2", "1", "2"], &[ap1, a_b]),
        // A name comes before a number, unless numbers are meant.
        (&["--tasks", "0"], &[zero]),
        (&["--task-index", "0"], &[ctcf]),
        (&["--model_outputs_i", "3", "0"], &[ctcf, zero]),
        (&["--model_outputs", "3,0,1,2"], &[ap1, a_b, zero]),
        (&["--model_outputs", "CTCF", "1", "2", "3"], &[ctcf, ap1, a_b, zero]),
    ] {
        let table = table(&case, more);
        assert_columns(&table, &base, expected);
    }
}

#[test]
fn all_scores_have_the_chosen_tasks_only() {
    let case = case_with(FOUR);
    let table = table(&case, &["--tasks", "CTCF,0", "--scores", "all"]);
    assert_eq!(table.scores(), ["diff/CTCF", "diff/0", "ref/CTCF", "ref/0", "alt/CTCF", "alt/0"]);
    let alternate = base_scores("alt", None);
    for (found, expected) in table.column("alt/0").iter().zip(alternate) {
        crate::annotated::assert_close(found.parse().unwrap(), 4.0 * expected, "alt/0");
    }
}

#[test]
fn one_chosen_task_is_a_number_of_its_own() {
    let vcf = case_with(FOUR).scored(&["--tasks", "AP 1"]);
    assert!(vcf.contains("##INFO=<ID=KV_model_DIFF,Number=A,Type=Float,"), "{vcf}");
    assert!(!vcf.contains("MAXABS"), "{vcf}");
    assert!(records(&vcf).iter().all(|record| record.values("KV_model_DIFF").len() == 1));
}

#[test]
fn tasks_of_a_reduced_profile() {
    let case = case_with(PROFILE);
    let table = table(&case, &["--reduce", "sum", "--tasks", "minus"]);
    assert_columns(&table, &base_scores("diff", None), &[("diff/minus", 50.0)]);
}

#[test]
fn repeated_labels_get_numbers_and_a_warning() {
    let case = case_with("{name: out, shape: \"(3,)\", column_labels: [CTCF, CTCF, CTCF]}");
    let outcome = case.run(&["--tasks", "CTCF_2"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    insta::assert_snapshot!(outcome.stderr.lines().next().unwrap(), @"warning: model/model.yaml:6: `schema.targets` has the column label `CTCF` more than once; repeated labels get numbers (`CTCF_2`)");
    let expected = [("diff/CTCF", 1.0), ("diff/CTCF_2", 2.0), ("diff/CTCF_3", 3.0)];
    assert_columns(&table(&case, &[]), &base_scores("diff", None), &expected);
}

#[test]
fn the_old_spelling_has_its_own_words() {
    let case = case_with(PROFILE);
    let mut command = case.world.kipos();
    command.args(["postproc", "score_variants", "model", "--source", "dir", "--vcf_path", "variants.vcf"]);
    command.args(["--dataloader_args", "fasta_file=genome.fa", "--out_vcf_fpath", "out/old.vcf"]);
    let outcome = kipos_tests::output(command.args(["--reduce", "out=sum", "--model_outputs", "minus"]));
    assert!(outcome.status.success(), "{outcome:?}");
    let vcf = case.world.read("out/old.vcf");
    assert!(vcf.contains("Prediction from model outputs: minus\">"), "{vcf}");
}
