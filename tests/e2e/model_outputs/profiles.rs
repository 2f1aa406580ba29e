//! Outputs with a position axis.

use std::fs;

use kipos_tests::project;

use super::{PROFILE, WEIGHTS, assert_columns, base_scores, case_with, table};
use crate::annotated::without_provenance;
use crate::annotated::{assert_close, records};
use crate::case::{Case, bases};

#[test]
fn every_reduction_has_its_closed_form() {
    let case = case_with(PROFILE);
    let base = base_scores("diff", None);
    for (reduction, weight) in [
        ("sum", 25.0),
        ("out=mean", 25.0 / 9.0),
        // All predictions are positive, so both alleles are largest at the same position.
        ("out=max", 5.0),
        ("center:1", 5.0),
        ("out=center:3", 10.0 / 3.0),
        ("center:4", 13.0 / 4.0),
        ("center:9", 25.0 / 9.0),
    ] {
        let table = table(&case, &["--reduce", reduction]);
        assert_columns(&table, &base, &[("diff/plus", weight), ("diff/minus", 2.0 * weight)]);
    }
}

#[test]
fn the_annotated_vcf_names_the_tasks() {
    let vcf = case_with(PROFILE).scored(&["--reduce", "sum"]);
    assert!(vcf.contains("Format: plus|minus\">"), "{vcf}");
    for (record, base) in records(&vcf).iter().zip(base_scores("diff", None)) {
        let scores = record.scores("KV_model_DIFF");
        let scores = scores[0].as_deref().unwrap();
        assert_close(scores[0], 25.0 * base, record.place());
        assert_close(scores[1], 50.0 * base, record.place());
    }
}

#[test]
fn one_task_at_every_position() {
    let case = case_with("{name: out, shape: \"(9, 1)\"}");
    assert_columns(&table(&case, &["--reduce", "sum"]), &base_scores("diff", None), &[("diff/0", 25.0)]);
    // Without it, such an output has as many tasks.
    let names: Vec<String> = (0..9).map(|task| format!("diff/{task}")).collect();
    let expected: Vec<(&str, f64)> =
        names.iter().zip(WEIGHTS).map(|(name, weight)| (name.as_str(), weight as f64)).collect();
    assert_columns(&table(&case, &[]), &base_scores("diff", None), &expected);
}

#[test]
fn both_strands_of_what_does_not_depend_on_the_order() {
    let case = case_with(PROFILE);
    let base = base_scores("diff", Some("mean"));
    for (reduction, weight) in [("sum", 25.0), ("mean", 25.0 / 9.0), ("max", 5.0), ("center:3", 10.0 / 3.0)] {
        let table = table(&case, &["--reduce", reduction, "--use-rc"]);
        assert_columns(&table, &base, &[("diff/plus", weight), ("diff/minus", 2.0 * weight)]);
    }
}

#[test]
fn neither_batch_size_nor_edits_matter() {
    let case = case_with(PROFILE);
    let more = ["--reduce", "center:4", "--tasks", "minus", "--scores", "diff", "ref", "alt"];
    let expected = case.scored(&more);
    assert!(expected.contains("KV_model_DIFF="));
    assert_eq!(case.scored(&[&more[..], &["--batch-size", "1"]].concat()), expected);
    let (scored, expected) = (|| without_provenance(&case.scored(&more)), without_provenance(&expected));
    case.spoil("model/model.yaml", "as_described: true", "as_described: true, edits: true");
    assert_eq!(scored(), expected);
    case.spoil("model/model.yaml", "edits: true", "fixed: 4");
    assert_eq!(scored(), expected);
}

#[test]
fn scores_of_whole_outputs_see_every_position() {
    let case = case_with(PROFILE);
    case.world.install("whole_outputs");
    let base = base_scores("diff", None);
    let elements = (0..18).map(|element| (element + 1) * WEIGHTS[element / 2] * (element % 2 + 1));
    let whole = elements.sum::<usize>() as f64;
    let raw = table(&case, &["--scores", "moment"]);
    assert_columns(&raw, &base, &[("moment/out[9, 2]", whole)]);
    // Where the output is reduced, it is reduced for every score.
    let reduced = table(&case, &["--scores", "moment", "diff", "--reduce", "sum"]);
    let expected = [("moment/out[2]", 25.0 * (1.0 + 2.0 * 2.0)), ("diff/plus", 25.0), ("diff/minus", 50.0)];
    assert_columns(&reduced, &base, &expected);
    // Both strands are predicted for scores that read them; this one does not.
    let one_strand = table(&case, &["--scores", "moment", "--use-rc"]);
    assert_columns(&one_strand, &base, &[("moment/out[9, 2]", whole)]);
}

/// A model whose task `base` is 1 to 4 for A, C, G, T at every position, and whose task `t` says where there is a T.
pub(super) fn onnx_case(shape: &str) -> Case {
    let case = Case::new();
    fs::copy(project().join("tests/models/profile.onnx"), case.world.path("model/model.onnx")).unwrap();
    case.spoil("model/model.yaml", "type: stub\nargs: {tasks: 1}", "type: onnx\nargs: {file: model.onnx}");
    case.spoil("model/model.yaml", "shape: \"(1,)\"", &format!("shape: \"{shape}\", column_labels: [base, t]"));
    case
}

#[test]
fn the_middle_of_an_onnx_profile_is_the_variant() {
    let vcf = onnx_case("(10, 2)").scored(&["--reduce", "center:1"]);
    for record in records(&vcf) {
        let (reference, alternate) = bases(record.pos());
        let base = |letter: char| "ACGT".find(letter).unwrap() as f64;
        let t = |letter: char| f64::from(u8::from(letter == 'T'));
        let expected = [base(alternate) - base(reference), t(alternate) - t(reference)];
        assert_eq!(record.scores("KV_model_DIFF"), [Some(expected.to_vec())], "{}", record.place());
    }
}

#[test]
fn the_description_of_a_model_says_how_to_reduce_it() {
    let outcome = case_with(PROFILE).world.run("model info model", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let line = "  tasks   none: it has a position axis; --reduce out=mean makes tasks of it\n";
    assert!(outcome.stdout.contains(line), "{outcome:?}");
}
