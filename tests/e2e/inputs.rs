//! Which variants are scored: files, standard input, variants given by name, regions.

mod bcf;
mod named;
mod regions;
mod stdin;

use std::process::Command;

use kipos_tests::Outcome;

use crate::case::Case;

/// `kipos score-variants` on the case's model and genome, without variants.
fn command(case: &Case) -> Command {
    let mut command = case.world.kipos();
    command.args(["score-variants", "model", "--fasta", "genome.fa", "-o", "out/scored.vcf"]);
    command
}

/// The VCF that a command writes, and what it says.
fn scored(case: &Case, command: &mut Command) -> (String, String) {
    let outcome = Outcome::from(command.output().unwrap());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    (case.world.read("out/scored.vcf"), outcome.stderr)
}

/// The data lines of a VCF.
fn records(vcf: &str) -> Vec<&str> {
    vcf.lines().filter(|line| !line.starts_with('#')).collect()
}

/// The positions of a VCF's records.
fn positions(vcf: &str) -> Vec<usize> {
    records(vcf).iter().map(|line| line.split('\t').nth(1).unwrap().parse().unwrap()).collect()
}
