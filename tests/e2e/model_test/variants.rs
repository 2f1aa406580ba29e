//! The step `variants`.

use insta::assert_snapshot;

use super::{case, failed, passed};
use crate::case::CONTIG_LENGTH;

/// The last line of a test that passes.
fn last(said: &str) -> &str {
    said.lines().last().unwrap_or_default()
}

#[test]
fn windows_without_bases_have_no_variants() {
    let case = case();
    case.world.write("genome.fa", format!(">chr1\n{}\n", "N".repeat(CONTIG_LENGTH)));
    assert_snapshot!(last(&passed(&case, &[])), @"- variants    the window at chr1:21 has no three known bases in a row");
}

#[test]
fn both_strands_are_scored_where_the_description_says_so() {
    let case = case();
    case.spoil("model/model.yaml", "    seq_input: [seq]", "    seq_input: [seq]\n    use_rc: true");
    assert_snapshot!(last(&passed(&case, &[])), @"✓ variants    5 variants at chr1:25 on both strands by diff, ref, alt");
}

#[test]
fn a_score_that_is_no_default_and_cannot_be_computed_is_told() {
    let case = case();
    case.spoil("model/model.yaml", "[{type: diff}]", "[{type: diff, default: true}, {type: logit}]");
    let keys = "kipos: {outputs: {out: {scale: counts}}}\n";
    let text = case.world.read("model/model.yaml");
    case.world.write("model/model.yaml", format!("{text}{keys}"));
    let said = passed(&case, &[]);
    let told: Vec<&str> = said.lines().skip_while(|line| !line.contains(" variants ")).collect();
    assert_snapshot!(told.join("\n"), @r"
    ✓ variants    5 variants at chr1:25 on the forward strand by diff, ref, alt
                  score `logit` reads numbers on the scale probability or logit, but those of output `out` are counts, as `kipos.outputs.out.scale` in model.yaml says, and there is no exact conversion; choose another score, such as diff, or other tasks with --tasks
                  score `logit_ref` reads numbers on the scale probability or logit, but those of output `out` are counts, as `kipos.outputs.out.scale` in model.yaml says, and there is no exact conversion; choose another score, such as diff, or other tasks with --tasks
                  score `logit_alt` reads numbers on the scale probability or logit, but those of output `out` are counts, as `kipos.outputs.out.scale` in model.yaml says, and there is no exact conversion; choose another score, such as diff, or other tasks with --tasks
                  score `deepsea_effect` reads numbers on the scale probability or logit, but those of output `out` are counts, as `kipos.outputs.out.scale` in model.yaml says, and there is no exact conversion; choose another score, such as diff, or other tasks with --tasks
    ");
}

#[test]
fn arguments_that_a_score_refuses_fail() {
    let case = case();
    let refused = "[{type: diff, args: {rc_merging: {default: most}}}]";
    case.spoil("model/model.yaml", "[{type: diff}]", refused);
    assert_snapshot!(failed(&case, &[]), @r#"
    ✗ lint        score `diff`: plugin scorers: argument `rc_merging` must be one of min, max, mean, median, absmax, found "most"
    - loader      not run, as it needs `lint`
    - model       not run, as it needs `lint`
    - schema      not run, as it needs `model`
    - predict     not run, as it needs `loader`
    - expect      not run, as it needs `schema`
    - batch size  not run, as it needs `predict`
    - edits       not run, as it needs `loader`
    - variants    not run, as it needs `predict`
    error: 1 of 9 steps failed for model
    "#);
}

#[test]
fn the_window_of_a_sample_at_the_start_of_a_contig_is_that_of_its_variants() {
    let case = case();
    case.world.write("model/in.bed", "chr1\t0\t10\nchr1\t20\t30\n");
    let said = passed(&case, &[]);
    let told: Vec<&str> = said.lines().skip_while(|line| !line.contains(" variants ")).collect();
    assert_snapshot!(told.join("\n"), @"✓ variants    5 variants at chr1:5 on the forward strand by diff, ref, alt");
}
