//! `kipos model test`: a model from its descriptions to its predictions.

mod all;
mod examples;
mod expectation;
mod onnx;
mod steps;
mod variants;

use std::fmt::Write as _;

use kipos_tests::Outcome;

use crate::case::Case;

const BED: &str = "chr1\t20\t30\nchr1\t50\t60\nchr1\t51\t61\nchr1\t90\t100\nchr1\t200\t210\n";

/// A case whose loader has examples.
fn case() -> Case {
    let case = Case::new();
    case.world.write("model/in.bed", BED);
    let loader = case.world.read("model/dataloader.yaml");
    let examples = "args: {fasta_file: {example: ../genome.fa}, intervals_file: {example: in.bed}}\n";
    case.world.write("model/dataloader.yaml", format!("{loader}{examples}"));
    case
}

/// Runs `kipos model test model` with more arguments.
fn run(case: &Case, more: &[&str]) -> Outcome {
    case.world.run("model test model --threads 1", more)
}

/// Runs it; it must succeed. What it prints.
fn passed(case: &Case, more: &[&str]) -> String {
    let outcome = run(case, more);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{outcome:?}");
    case.redacted(&outcome.stdout)
}

/// Runs it; it must fail. The steps that did not pass, and the error.
fn failed(case: &Case, more: &[&str]) -> String {
    failed_with(1, case, more)
}

/// Runs it; it must fail because of its arguments. What [`failed`] gives.
fn misused(case: &Case, more: &[&str]) -> String {
    failed_with(2, case, more)
}

fn failed_with(code: i32, case: &Case, more: &[&str]) -> String {
    let outcome = run(case, more);
    assert_eq!(outcome.code, code, "{outcome:?}");
    let mut said = String::new();
    for line in outcome.stdout.lines().filter(|line| !line.starts_with('✓')) {
        writeln!(said, "{}", case.redacted(line)).unwrap();
    }
    said + &case.redacted(&outcome.stderr)
}
