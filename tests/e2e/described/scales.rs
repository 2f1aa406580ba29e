//! What the numbers of an output are, and on which scale scores read them.

use insta::assert_snapshot;

use super::say;
use crate::annotated::{assert_close, without_provenance};
use crate::case::{Case, POSITIONS, bases, genome};
use crate::model_outputs::{PROFILE, case_with, table};
use crate::oracle::Oracle;

/// A case whose model offers the logit family and says this of the scale of its only output.
fn case_on(scale: Option<&str>) -> Case {
    let case = Case::new();
    case.spoil("model/model.yaml", "[{type: diff}]", "[{type: logit}]");
    if let Some(scale) = scale {
        say(&case, &format!("{{outputs: {{out: {{scale: {scale}}}}}}}"));
    }
    case
}

/// The model's numbers for both alleles of each variant, on both strands in turn.
fn numbers(merging: Option<&'static str>) -> Vec<[f64; 2]> {
    let contig = genome();
    let oracle = Oracle { length: 10, index: 4, merging, ..Oracle::new(contig.as_bytes()) };
    let numbers = |position: usize| {
        let (reference, alternate) = bases(position);
        ["ref", "alt"].map(|label| oracle.score(label, 0, position, &[reference as u8], &[alternate as u8]))
    };
    POSITIONS.map(numbers).to_vec()
}

fn assert_scores(case: &Case, label: &str, more: &[&str], expected: impl Iterator<Item = f64>) {
    let table = table(case, &[&["--scores", label, "--digits", "9"], more].concat());
    let found = table.column(&format!("{label}/0"));
    let expected: Vec<f64> = expected.collect();
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.into_iter().zip(expected) {
        assert_ne!(expected, 0.0, "a variant without effect says nothing");
        assert_close(found.parse().unwrap(), expected, label);
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[test]
fn log_odds_that_a_model_gives_are_taken_over() {
    let case = case_on(Some("logit"));
    let numbers = numbers(None);
    let difference = |[reference, alternate]: [f64; 2]| alternate - reference;
    for label in ["logit", "diff"] {
        assert_scores(&case, label, &[], numbers.iter().copied().map(difference));
    }
    assert_scores(&case, "logit_ref", &[], numbers.iter().map(|[reference, _]| *reference));
    assert_scores(&case, "logit_alt", &[], numbers.iter().map(|[_, alternate]| *alternate));
    let effect = |[reference, alternate]: [f64; 2]| {
        (alternate - reference).abs() * (sigmoid(alternate) - sigmoid(reference)).abs()
    };
    assert_scores(&case, "deepsea_effect", &[], numbers.iter().copied().map(effect));
}

#[test]
fn logarithms_of_counts_become_counts() {
    let fold_change = |count: fn(f64) -> f64| {
        move |[reference, alternate]: [f64; 2]| count(alternate).log2() - count(reference).log2()
    };
    for (scale, count) in
        [("log", f64::exp as fn(f64) -> f64), ("log1p", f64::exp_m1), ("log2", f64::exp2), ("counts", |x| x)]
    {
        let case = case_on(Some(scale));
        assert_scores(&case, "log2fc", &[], numbers(None).into_iter().map(fold_change(count)));
        // The numbers themselves stay on the model's scale.
        assert_scores(
            &case,
            "diff",
            &[],
            numbers(None).into_iter().map(|[reference, alternate]| alternate - reference),
        );
        assert_scores(&case, "ref", &[], numbers(None).into_iter().map(|[reference, _]| reference));
    }
}

#[test]
fn the_reverse_complement_is_converted_too() {
    let case = case_on(Some("log1p"));
    let kwargs = ["--use-rc", "--score-kwargs", "log2fc={rc_merging: max}"];
    let [forward, reverse] = [None, Some("reverse")].map(numbers);
    let fold_change = |[reference, alternate]: [f64; 2]| alternate.exp_m1().log2() - reference.exp_m1().log2();
    let expected = forward.into_iter().zip(reverse).map(|(one, other)| fold_change(one).max(fold_change(other)));
    assert_scores(&case, "log2fc", &kwargs, expected);
}

#[test]
fn nothing_is_converted_where_nothing_is_said() {
    let silent = case_on(None);
    assert_scores(&silent, "log2fc", &[], numbers(None).into_iter().map(|[one, other]| (other / one).log2()));
    let probability = case_on(Some("probability"));
    let scored = |case: &Case| without_provenance(&case.scored(&["--scores", "all"]));
    assert_eq!(scored(&probability), scored(&silent));
}

#[test]
fn a_scale_without_conversion_is_refused() {
    assert_snapshot!(case_on(Some("counts")).misused(&["--scores", "logit"]), @"score `logit` reads numbers on the scale probability or logit, but those of output `out` are counts, as `kipos.outputs.out.scale` in model.yaml says, and there is no exact conversion; choose another score, such as diff, or other tasks with --tasks");
    assert_snapshot!(case_on(Some("logit")).misused(&["--scores", "log2fc"]), @"score `log2fc` reads numbers on the scale counts, but those of output `out` are logit, as `kipos.outputs.out.scale` in model.yaml says, and there is no exact conversion; choose another score, such as diff, or other tasks with --tasks");
    let profile = case_with(PROFILE);
    say(&profile, "{outputs: {out: {scale: log1p}}}");
    assert_snapshot!(profile.misused(&["--scores", "log2fc", "--reduce", "sum"]), @"score `log2fc` reads numbers on the scale counts, but the numbers of output `out` are log1p, as `kipos.outputs.out.scale` in model.yaml says, and what `sum` makes of its positions is on no scale; choose another score, such as diff, or --reduce out=max");
    // The largest is one of them.
    assert_eq!(profile.run(&["--scores", "log2fc", "--reduce", "max"]).code, 0);
}

#[test]
fn a_score_of_another_plugin_says_what_it_reads() {
    // 25 is the sum of the weights of the nine positions, and the second task counts twice.
    let whole = |[reference, alternate]: [f64; 2]| 25.0 * 3.0 * (alternate - reference);
    let case = case_with(PROFILE);
    case.world.install("whole_outputs");
    say(&case, "{outputs: {out: {scale: log1p}}}");
    let gain = |case: &Case, column: &str, expected: &dyn Fn([f64; 2]) -> f64| {
        let table = table(case, &["--scores", "gain", "--digits", "9"]);
        for (found, numbers) in table.column(column).into_iter().zip(numbers(None)) {
            assert_close(found.parse().unwrap(), expected(numbers), column);
        }
    };
    gain(&case, "gain/out log1p", &whole);
    case.spoil("model/model.yaml", "scale: log1p", "scale: log2");
    let counts = |[reference, alternate]: [f64; 2]| -> f64 {
        let weights = [1, 2, 3, 4, 5, 1, 2, 3, 4].map(f64::from);
        let factors = weights.into_iter().flat_map(|weight| [weight, 2.0 * weight]);
        factors.map(|factor| (factor * alternate).exp2() - (factor * reference).exp2()).sum()
    };
    gain(&case, "gain/out counts", &counts);
}

#[test]
fn the_header_says_what_was_converted() {
    let case = case_on(Some("log2"));
    case.scored(&["--scores", "log2fc", "diff"]);
    let told = case.world.run("provenance out/scored.vcf", &[]).stdout;
    let scales: Vec<&str> =
        told.lines().skip_while(|line| !line.ends_with("log2fc:")).take_while(|line| !line.contains("edits")).collect();
    assert!(scales.contains(&"      out: log2 converted to counts"), "{told}");
    assert_eq!(told.matches("scales:").count(), 1, "diff reads what the model gives: {told}");
    let taken = case_on(Some("logit"));
    taken.scored(&["--scores", "logit"]);
    let told = taken.world.run("provenance out/scored.vcf", &[]).stdout;
    assert!(told.lines().any(|line| line == "      out: logit"), "{told}");
}

#[test]
fn model_test_compares_the_numbers_with_the_scale() {
    let case = case_on(Some("probability"));
    // All bases are T, which counts most: 4 * (1 + ... + 7 + 1 + 2 + 3) / 1000 per task; the eighth one is above 1.
    case.spoil("model/model.yaml", "args: {tasks: 1}", "args: {tasks: 8}");
    case.spoil("model/model.yaml", "(1,)", "(8,)");
    case.world.write("t.fa", format!(">chr1\n{}\n", "T".repeat(40)));
    case.world.write("i.bed", "chr1\t5\t15\n");
    let run = || case.world.run("model test model --fasta t.fa --intervals i.bed", &[]);
    let told = run();
    let all = format!("{}{}", told.stdout, told.stderr);
    let warning = "1 of 8 predictions of output `out` are outside of 0 to 1, the first 1.088";
    assert!(all.contains(warning), "{told:?}");
    assert!(
        all.contains("in task `7` of sample 0, but `kipos.outputs.out.scale` in model.yaml says probability"),
        "{told:?}"
    );
    case.spoil("model/model.yaml", "scale: probability", "scale: counts");
    let told = run();
    assert!(!format!("{}{}", told.stdout, told.stderr).contains("predictions of output"), "{told:?}");
    // The score that the description names reads no counts.
    assert_eq!(told.code, 1, "{told:?}");
    let reason = "\n✗ variants    score `logit` reads numbers on the scale probability or logit, but those of output `out` are counts";
    assert!(told.stdout.contains(reason), "{told:?}");
}
