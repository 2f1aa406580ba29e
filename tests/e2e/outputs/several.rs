//! Several outputs of one run.

use std::fs;

use insta::assert_snapshot;
use kipos_tests::Outcome;

use crate::bgzip::unpack;
use crate::case::{Case, snv, vcf};

/// What a command line with these outputs says, and its exit code.
fn refused(case: &Case, outputs: &[&str]) -> (i32, String) {
    let mut command = case.world.kipos();
    command.args(["score-variants", "model", "--vcf", "variants.vcf", "--fasta", "genome.fa"]);
    command.args(outputs.iter().flat_map(|output| ["-o", output]));
    let outcome = Outcome::from(command.output().unwrap());
    assert_eq!(outcome.stdout, "", "{outcome:?}");
    (outcome.code, outcome.stderr.trim_end().to_owned())
}

#[test]
fn all_hold_the_same_run() {
    let case = Case::new();
    let outcome = case.run(&["-o", "out/scored.vcf.gz", "--extra_output", "out/scores.tsv", "--output", "-"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let plain = case.world.read("out/scored.vcf");
    assert!(plain.contains("KV_model_DIFF="), "{plain}");
    assert_eq!(unpack(&fs::read(case.world.path("out/scored.vcf.gz")).unwrap()), plain);
    assert_eq!(outcome.stdout, plain);
    assert_eq!(case.world.read("out/scores.tsv").lines().count(), 4);
    let last = outcome.stderr.lines().last().unwrap();
    assert_snapshot!(last, @"wrote out/scored.vcf, out/scored.vcf.gz, out/scores.tsv, standard output");
    let mut names = case.outputs();
    names.sort();
    assert_eq!(names, ["scored.vcf", "scored.vcf.gz", "scored.vcf.gz.tbi", "scores.tsv", "scores.tsv.provenance.json"]);
}

#[test]
fn one_that_cannot_be_opened_spoils_all() {
    let case = Case::new();
    let (code, message) = refused(&case, &["out/scored.vcf.gz", "absent/scores.tsv"]);
    assert_eq!(code, 1);
    assert_snapshot!(message, @"error: cannot write absent/scores.tsv: the directory absent does not exist; create it first");
    assert_eq!(case.outputs(), [""; 0]);
}

#[test]
fn a_run_that_fails_leaves_none() {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("", &format!("{}chr1\t60\n", snv(50))));
    let (code, _) = refused(&case, &["out/a.vcf", "out/a.vcf.gz", "out/a.tsv"]);
    assert_eq!(code, 1);
    assert_eq!(case.outputs(), [""; 0]);
}

#[test]
fn one_file_twice_is_typed_wrongly() {
    let case = Case::new();
    for (outputs, expected) in [
        (["out/a.vcf", "out/a.vcf"], "error: out/a.vcf and out/a.vcf are the same output; name each once"),
        (
            ["out/a.tsv", "out/../out/a.tsv"],
            "error: out/a.tsv and out/../out/a.tsv are the same output; name each once",
        ),
        (["-", "-"], "error: standard output and standard output are the same output; name each once"),
    ] {
        assert_eq!(refused(&case, &outputs), (2, expected.to_owned()));
    }
    assert_eq!(case.outputs(), [""; 0]);
}

#[test]
fn a_name_without_format_is_typed_wrongly() {
    let case = Case::new();
    let (code, message) = refused(&case, &["out/scores.txt"]);
    assert_eq!(code, 2);
    assert_snapshot!(message, @"error: cannot write out/scores.txt: its name must end in .vcf, .vcf.gz, .vcf.bgz, .bcf, .tsv, .tsv.gz, .tsv.bgz, .parquet, .pq, .pqt, .h5 or .hdf5");
    assert_eq!(case.outputs(), [""; 0]);
}
