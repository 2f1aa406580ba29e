//! Families: models of several files, whose predictions are combined before they are scored.
//!
//! The members of these tests are linear: each gives a multiple of what the model without a file gives. So their mean is the
//! model whose multiple is the mean of theirs, and likewise their median.

mod members;
mod refused;
mod scales;
mod several_models;

use crate::annotated::without_provenance;
use crate::case::Case;

/// A case whose model is a family of members that give these multiples of its formula, with further arguments and keys.
fn family(factors: &[f64], args: &str, kipos: &str) -> Case {
    let case = Case::new();
    let mut names = Vec::new();
    for (number, factor) in factors.iter().enumerate() {
        let name = format!("fold{number}.txt");
        case.world.write(&format!("model/{name}"), format!("factor {factor}\n"));
        names.push(name);
    }
    let files = format!("args: {{files: [{}]{args}, tasks: 1}}", names.join(", "));
    case.spoil("model/model.yaml", "args: {tasks: 1}", &files);
    if !kipos.is_empty() {
        let yaml = case.world.read("model/model.yaml");
        case.world.write("model/model.yaml", format!("{yaml}kipos: {kipos}\n"));
    }
    case.world.write("in.bed", "chr1\t100\t110\nchr1\t200\t210\n");
    case
}

/// The family whose members give once, twice and six times the formula: three times by their mean, twice by their median.
fn three(args: &str, kipos: &str) -> Case {
    family(&[1.0, 2.0, 6.0], args, kipos)
}

/// A case whose only member gives this multiple.
fn single(factor: f64, args: &str) -> Case {
    family(&[factor], args, "")
}

fn scored(case: &Case, more: &[&str]) -> String {
    without_provenance(&case.scored(more))
}

#[test]
fn members_become_one_by_their_mean_or_their_median() {
    let [mean, median] = [3.0, 2.0].map(|factor| scored(&single(factor, ""), &[]));
    assert_ne!(mean, median);
    assert_eq!(scored(&three("", ""), &[]), mean);
    assert_eq!(scored(&three("", "{merge: {combine: median}}"), &[]), median);
    assert_eq!(scored(&three("", "{merge: {combine: median}}"), &["--combine", "mean"]), mean);
    assert_eq!(scored(&three("", ""), &["--combine", "median"]), median);
}

#[test]
fn both_strands_are_combined_before_they_are_scored() {
    let [case, single] = [three("", ""), single(3.0, "")];
    for case in [&case, &single] {
        case.spoil("model/model.yaml", "    scoring_functions", "    use_rc: true\n    scoring_functions");
    }
    assert_eq!(scored(&case, &[]), scored(&single, &[]));
}

#[test]
fn every_command_takes_a_family() {
    let [case, single] = [three("", ""), single(3.0, "")];
    for command in [
        "predict model --fasta genome.fa --intervals in.bed -o out/p.tsv",
        "mutation-map model --fasta genome.fa --regions chr1:21-40 -s diff -o out/p.tsv",
        "saturate model --fasta genome.fa --regions chr1:21-40 -o out/p.tsv",
    ] {
        let run = |case: &Case| {
            let outcome = case.world.run(command, &[]);
            assert_eq!(outcome.code, 0, "{outcome:?}");
            let told = outcome.stderr.contains("\n  3 members, mean: `out` as they are\n");
            (case.world.read("out/p.tsv"), told)
        };
        let (expected, is_told) = run(&single);
        assert!(!is_told && expected.lines().count() > 1, "{expected}");
        assert_eq!(run(&case), (expected, true), "{command}");
    }
}

#[test]
fn gradients_are_the_mean_of_the_members() {
    let gradients = |case: &Case| {
        let outcome =
            case.world.run("gradient model --fasta genome.fa --intervals in.bed --check-gradient 6 -o out/g.tsv", &[]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert!(outcome.stderr.contains("of 6: 6 agree"), "{outcome:?}");
        case.world.read("out/g.tsv")
    };
    let gradient = gradients(&three(", layers: true", ""));
    assert!(gradient.lines().count() > 2, "{gradient}");
    assert_eq!(gradient, gradients(&single(3.0, ", layers: true")));
}

#[test]
fn edits_are_evaluated_where_all_members_do() {
    let expected = scored(&single(3.0, ""), &[]);
    let case = three(", edits: true", "");
    let outcome = case.run(&["--edits", "require"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.stderr.contains("edits evaluated by the backend"), "{outcome:?}");
    assert_eq!(scored(&case, &["--edits", "require"]), expected);
    assert_eq!(scored(&case, &["--edits", "off"]), expected);
    case.world.write("model/fold1.txt", "factor 2\nedits false\n");
    insta::assert_snapshot!(case.misused(&["--edits", "require"]), @"--edits require: edits of this model cannot be evaluated: fold1.txt: this backend does not evaluate edits; leave the flag out");
    assert_eq!(scored(&case, &[]), expected);
}

#[test]
fn header_summary_and_information_tell_of_the_members() {
    let case = three("", "{outputs: {out: {scale: log1p}}}");
    let scored = case.scored(&[]);
    let members = r#""members":{"count":"3","combined":"mean","numbers":{"out":"in natural scale, from log1p"}}"#;
    assert!(scored.contains(members), "{scored}");
    for number in 0..3 {
        assert!(scored.contains(&format!(r#""fold{number}.txt":"sha256:"#)), "{scored}");
    }
    let summary = case.run(&[]).stderr;
    assert!(summary.contains("\n  3 members, mean: `out` in natural scale, from log1p\n"), "{summary}");
    let info = case.world.run("model info model", &[]).stdout;
    let expected =
        "members   3 members, mean: `out` in natural scale, from log1p\n  member  fold0.txt\n  member  fold1.txt\n";
    assert!(info.contains(expected), "{info}");
    let json = case.world.run("model info model --json", &[]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["members"], serde_json::json!(["fold0.txt", "fold1.txt", "fold2.txt"]));
    let test = case.world.run("model test model --fasta genome.fa --intervals in.bed", &[]);
    assert_eq!(test.code, 0, "{test:?}");
    assert!(test.stdout.contains("3 members combined by mean, "), "{test:?}");
}
