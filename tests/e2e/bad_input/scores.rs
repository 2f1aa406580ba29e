//! Scores and arguments of scores that nobody knows.

use insta::assert_snapshot;

use crate::case::Case;

/// `kipos postproc score_variants` on a case, with more arguments.
fn misused_in_kipoi_spelling(case: &Case, more: &[&str]) -> String {
    let mut command = case.world.kipos();
    command.args(["postproc", "score_variants", "model", "--source", "dir"]);
    command.args(["--dataloader_args", "fasta_file=genome.fa", "--vcf_path", "variants.vcf"]);
    case.misused(command.args(["--out_vcf_fpath", "out/scored.vcf"]).args(more))
}

#[test]
fn an_unknown_score() {
    assert_snapshot!(Case::new().misused(&["--scores", "difference"]), @"unknown score `difference` for this model (known: diff, ref, alt, log2fc); see `kipos plugin list`");
}

#[test]
fn a_score_of_the_logit_family_that_the_model_does_not_offer() {
    assert_snapshot!(Case::new().misused(&["--scores", "diff", "logit"]), @"unknown score `logit` for this model (known: diff, ref, alt, log2fc); a model offers the logit family by naming one of it in `scoring_functions` of its model.yaml; see `kipos plugin list`");
}

#[test]
fn all_scores_and_some() {
    assert_snapshot!(Case::new().misused(&["--scores", "all", "diff"]), @"`all` means every score of the model and cannot be combined with others; leave them out");
}

#[test]
fn arguments_given_twice() {
    let twice = ["--score-kwargs", "diff={rc_merging: max}", "--score-kwargs", "diff={rc_on: prediction}"];
    assert_snapshot!(Case::new().misused(&twice), @"--score-kwargs gives arguments for `diff` twice; put them into one map");
    assert_snapshot!(Case::new().misused(&["--dataloader-args", "fasta_file=other.fa"]), @"`fasta_file` is given twice, with --fasta and with --dataloader-args; give one");
}

#[test]
fn arguments_that_are_no_map() {
    assert_snapshot!(Case::new().misused(&["--score-kwargs", "diff=max"]), @r#"cannot read `max` as arguments: there is no such file; give JSON (`{"name": 1}`), YAML (`{name: 1}`), `name=value` (several, separated by spaces) or a JSON or YAML file"#);
    assert_snapshot!(Case::new().misused(&["--score-kwargs", "diff=[max]"]), @r#"cannot read `[max]` as arguments: it is a list, but arguments have names; give JSON (`{"name": 1}`), YAML (`{name: 1}`), `name=value` (several, separated by spaces) or a JSON or YAML file"#);
}

#[test]
fn arguments_without_a_label() {
    assert_snapshot!(Case::new().misused(&["--score-kwargs", "{rc_merging: max}"]), @"--score-kwargs expects LABEL=ARGS such as diff='{rc_merging: max}', found `{rc_merging: max}`");
}

#[test]
fn an_unknown_argument() {
    assert_snapshot!(Case::new().misused(&["--score-kwargs", "diff={my_arg:2}"]), @"score `diff`: plugin scorers: unknown argument `my_arg` (known: rc_merging, rc_on)");
}

#[test]
fn an_argument_of_the_wrong_value() {
    assert_snapshot!(Case::new().misused(&["--score-kwargs", "diff={rc_merging: biggest}"]), @r#"score `diff`: plugin scorers: argument `rc_merging` must be one of min, max, mean, median, absmax, found "biggest""#);
    let more = ["--scores", "log2fc", "--score-kwargs", "log2fc={pseudocount: -1}"];
    assert_snapshot!(Case::new().misused(&more), @"score `log2fc`: plugin scorers: `pseudocount` must not be negative, found -1");
}

#[test]
fn arguments_for_a_score_that_is_not_chosen() {
    assert_snapshot!(Case::new().misused(&["--scores", "diff", "--score-kwargs", "ref={rc_merging: max}"]), @"arguments are given for score `ref`, which is not among the chosen ones (diff)");
    assert_snapshot!(Case::new().misused(&["--scores", "diff", "--score-kwargs", "rfe={rc_merging: max}"]), @"unknown score `rfe` for this model (known: diff, ref, alt, log2fc); see `kipos plugin list`");
}

#[test]
fn another_number_of_arguments_than_of_scores() {
    let case = Case::new();
    let more = ["--scoring", "diff", "ref", "--scoring_kwargs", "{}"];
    assert_snapshot!(misused_in_kipoi_spelling(&case, &more), @"--scoring_kwargs has 1 entries for 2 scores; give one for each, {} for none");
    let more = ["--scoring", "all", "--scoring_kwargs", "{}"];
    assert_snapshot!(misused_in_kipoi_spelling(&case, &more), @"--scoring_kwargs cannot be given together with --scoring all; name the scores");
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
    assert_snapshot!(case.misused(&["--scores", "a-b", "a.b"]), @"cannot write out/scored.vcf: INFO key KV_model_A_B would hold both score `a-b` and score `a.b`; rename one of them");
}

#[test]
fn two_entries_of_one_name() {
    let case = Case::new();
    case.spoil("model/model.yaml", "[{type: diff}]", "[{type: diff}, {type: diff}]");
    assert_snapshot!(case.refused(&[]), @"model.yaml: two entries of `scoring_functions` have the name `diff`; give each its own `name`");
}

#[test]
fn a_custom_score_of_python_code() {
    let case = Case::new();
    let custom = "[{type: custom, name: mine, defined_as: scores.py::Mine}]";
    case.spoil("model/model.yaml", "[{type: diff}]", custom);
    assert_snapshot!(case.refused(&[]), @"model.yaml: the custom score `mine` needs `defined_as: PLUGIN::SCORER`, found `scores.py::Mine`; Python functions must be rewritten as a scorer plugin");
}

#[test]
fn a_custom_score_of_an_absent_plugin() {
    let case = Case::new();
    let custom = "[{type: custom, name: mine, defined_as: 'mine::mine'}]";
    case.spoil("model/model.yaml", "[{type: diff}]", custom);
    assert_snapshot!(case.refused(&[]), @"score `mine`: unknown plugin `mine` (found: stub, onnx, scorers); see `kipos plugin list`");
}

#[test]
fn a_custom_score_that_its_plugin_lacks() {
    let case = Case::new();
    let custom = "[{type: custom, name: mine, defined_as: 'scorers::mine'}]";
    case.spoil("model/model.yaml", "[{type: diff}]", custom);
    assert_snapshot!(case.refused(&[]), @"score `mine`: plugin scorers: it has no scorer `mine` (known: ref, alt, diff, logit, logit_ref, logit_alt, deepsea_effect, log2fc); see `kipos plugin inspect scorers`");
}

#[test]
fn a_type_of_score_that_nobody_knows() {
    let case = Case::new();
    case.spoil("model/model.yaml", "[{type: diff}]", "[{type: difference}]");
    assert_snapshot!(case.refused(&[]), @"score `difference`: unknown scorer `difference` (known: alt, deepsea_effect, diff, log2fc, logit, logit_alt, logit_ref, ref); see `kipos plugin list`");
}

#[test]
fn arguments_of_a_model_that_are_no_map() {
    let case = Case::new();
    case.spoil("model/model.yaml", "[{type: diff}]", "[{type: diff, args: max}]");
    assert_snapshot!(case.refused(&[]), @r#"model/model.yaml:10: `postprocessing.variant_effects.scoring_functions[0].args` must be a map, found "max""#);
    let case = Case::new();
    case.spoil("model/model.yaml", "args: {tasks: 1}", "args: one");
    assert_snapshot!(case.refused(&[]), @r#"model/model.yaml:2: `args` must be a map of names to values, found "one""#);
    let case = Case::new();
    case.spoil("model/dataloader.yaml", "{auto_resize_len: 10}", "[10]");
    assert_snapshot!(case.refused(&[]), @"model/dataloader.yaml:2: `default_args` must be a map of names to values, found a list of 1 item");
}
