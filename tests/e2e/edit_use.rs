//! `--edits`: who computes edited rows, decided before anything is written.

use insta::assert_snapshot;

use crate::annotated::without_provenance;
use crate::case::{Case, vcf};

const TOLD: &str = "\n  edits evaluated by the backend, without whole rows\n";

/// A case whose model has these arguments, too.
fn with_args(args: &str) -> Case {
    let case = Case::new();
    case.spoil("model/model.yaml", "args: {", &format!("args: {{{args}, "));
    case
}

#[test]
fn the_scores_are_the_same_and_the_summary_says_how_they_came() {
    let case = with_args("edits: true");
    let whole = case.scored(&["--edits", "off"]);
    for (rule, is_told) in [("auto", true), ("require", true), ("off", false)] {
        let scored = case.scored(&["--edits", rule]);
        let stated = format!("\"edits\":\"{}\"", if is_told { "evaluated" } else { "whole rows" });
        assert!(scored.contains(&stated), "{scored}");
        assert_eq!(without_provenance(&scored), without_provenance(&whole));
        assert_eq!(case.run(&["--edits", rule]).stderr.contains(TOLD), is_told, "{rule}");
        let map = case
            .world
            .run("mutation-map model --fasta genome.fa --regions chr1:21-40 -s diff -o out/map.tsv --edits", &[rule]);
        assert_eq!((map.code, map.stderr.contains(TOLD)), (0, is_told), "{map:?}");
    }
    let info = case.world.run("model info model", &[]).stdout;
    assert!(info.contains("\nedits     evaluated by the backend\n"), "{info}");
}

#[test]
fn what_is_required_must_be_possible() {
    let case = Case::new();
    assert_snapshot!(case.misused(&["--edits", "require"]), @"--edits require: edits of this model cannot be evaluated: this backend does not evaluate edits; leave the flag out");
    let regretting = with_args("edits: true, regrets: true");
    assert_snapshot!(regretting.misused(&["--edits", "require"]), @"--edits require: edits of this model cannot be evaluated: its numbers would differ by 0.5; leave the flag out");
}

#[test]
fn a_backend_that_refuses_once_it_is_asked_is_not_asked_again() {
    let case = with_args("edits: true, regrets: true");
    let [scored, whole] = [&case, &Case::new()].map(|case| without_provenance(&case.scored(&[])));
    assert_eq!(scored, whole);
    let warned = |case: &Case| {
        let warnings: Vec<String> =
            case.run(&[]).stderr.lines().filter(|line| line.starts_with("warning")).map(Into::into).collect();
        warnings.join("\n")
    };
    assert_snapshot!(warned(&case), @"warning: edited rows are run as a whole, as edits of this model cannot be evaluated: its numbers would differ by 0.5");
    // What is decided does not depend on the records.
    case.world.write("in.vcf", vcf("", ""));
    assert_eq!(warned(&case), warned(&with_args("edits: true, regrets: true")));
}
