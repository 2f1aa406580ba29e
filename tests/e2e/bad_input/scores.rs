//! Scores and arguments of scores that nobody knows.

use insta::assert_snapshot;

use crate::case::Case;

/// `kipos postproc score_variants` on a case, with more arguments.
fn refused_in_kipoi_spelling(case: &Case, more: &[&str]) -> String {
    let mut command = case.world.kipos();
    command.args(["postproc", "score_variants", "model", "--source", "dir"]);
    command.args(["--dataloader_args", "fasta_file=genome.fa", "--vcf_path", "variants.vcf"]);
    case.refusal(command.args(["--out_vcf_fpath", "out/scored.vcf"]).args(more))
}

#[test]
fn an_unknown_score() {
    assert_snapshot!(Case::new().refused(&["--scores", "difference"]), @"");
}

#[test]
fn a_score_of_the_logit_family_that_the_model_does_not_offer() {
    assert_snapshot!(Case::new().refused(&["--scores", "diff", "logit"]), @"");
}

#[test]
fn arguments_that_are_no_map() {
    assert_snapshot!(Case::new().refused(&["--score-kwargs", "diff=max"]), @"");
    assert_snapshot!(Case::new().refused(&["--score-kwargs", "diff=[max]"]), @"");
}

#[test]
fn arguments_without_a_label() {
    assert_snapshot!(Case::new().refused(&["--score-kwargs", "{rc_merging: max}"]), @"");
}

#[test]
fn an_unknown_argument() {
    assert_snapshot!(Case::new().refused(&["--score-kwargs", "diff={my_arg:2}"]), @"");
}

#[test]
fn an_argument_of_the_wrong_value() {
    assert_snapshot!(Case::new().refused(&["--score-kwargs", "diff={rc_merging: biggest}"]), @"");
    let more = ["--scores", "log2fc", "--score-kwargs", "log2fc={pseudocount: -1}"];
    assert_snapshot!(Case::new().refused(&more), @"");
}

#[test]
fn arguments_for_a_score_that_is_not_chosen() {
    assert_snapshot!(Case::new().refused(&["--scores", "diff", "--score-kwargs", "ref={rc_merging: max}"]), @"");
    assert_snapshot!(Case::new().refused(&["--scores", "diff", "--score-kwargs", "rfe={rc_merging: max}"]), @"");
}

#[test]
fn another_number_of_arguments_than_of_scores() {
    let case = Case::new();
    let more = ["--scoring", "diff", "ref", "--scoring_kwargs", "{}"];
    assert_snapshot!(refused_in_kipoi_spelling(&case, &more), @"");
    let more = ["--scoring", "all", "--scoring_kwargs", "{}"];
    assert_snapshot!(refused_in_kipoi_spelling(&case, &more), @"");
}

#[test]
fn relaxed_arguments_are_understood() {
    let case = Case::new();
    let relaxed = case.scored(&["--use-rc", "--score-kwargs", r#"diff={rc_merging:"max"}"#]);
    let strict = case.scored(&["--use-rc", "--score-kwargs", r#"diff={"rc_merging": "max"}"#]);
    let default = case.scored(&["--use-rc"]);
    assert_eq!(relaxed, strict);
    assert_ne!(relaxed, default, "the argument changes the scores");
}

#[test]
fn two_labels_that_become_one_key() {
    let case = Case::new();
    let colliding = "[{type: diff, name: a-b}, {type: ref, name: a.b}]";
    case.spoil("model/model.yaml", "[{type: diff}]", colliding);
    assert_snapshot!(case.refused(&["--scores", "a-b", "a.b"]), @"");
}

#[test]
fn two_entries_of_one_name() {
    let case = Case::new();
    case.spoil("model/model.yaml", "[{type: diff}]", "[{type: diff}, {type: diff}]");
    assert_snapshot!(case.refused(&[]), @"");
}

#[test]
fn a_custom_score_of_python_code() {
    let case = Case::new();
    let custom = "[{type: custom, name: mine, defined_as: scores.py::Mine}]";
    case.spoil("model/model.yaml", "[{type: diff}]", custom);
    assert_snapshot!(case.refused(&[]), @"");
}

#[test]
fn a_custom_score_of_an_absent_plugin() {
    let case = Case::new();
    let custom = "[{type: custom, name: mine, defined_as: 'mine::mine'}]";
    case.spoil("model/model.yaml", "[{type: diff}]", custom);
    assert_snapshot!(case.refused(&[]), @"");
}
