//! Arguments of the dataloader that make no sense.

use std::process::Command;

use insta::assert_snapshot;

use crate::case::Case;

/// `kipos score-variants` without `--fasta`, with these arguments of the dataloader.
fn command(case: &Case, arguments: &[&str]) -> Command {
    let mut command = case.world.kipos();
    command.args(["score-variants", "model", "--vcf", "variants.vcf", "-o", "out/scored.vcf"]);
    if !arguments.is_empty() {
        command.arg("--dataloader-args").args(arguments);
    }
    command
}

/// What a run with these arguments says.
fn misused(arguments: &[&str]) -> String {
    let case = Case::new();
    case.misused(&mut command(&case, arguments))
}

#[test]
fn no_genome() {
    assert_snapshot!(misused(&[]), @"the dataloader argument `fasta_file` is missing; give it with --fasta FILE or --dataloader-args fasta_file=FILE");
}

#[test]
fn an_unknown_argument() {
    assert_snapshot!(misused(&["fasta_file=genome.fa", "auto_resize=10"]), @"unknown dataloader argument `auto_resize` (known: intervals_file, fasta_file, num_chr_fasta, label_dtype, auto_resize_len, use_strand, ignore_targets, alphabet_axis, dummy_axis, alphabet, dtype, neutral_value)");
}

#[test]
fn a_value_of_the_wrong_type() {
    assert_snapshot!(misused(&["fasta_file=genome.fa", "auto_resize_len=ten"]), @r#"dataloader argument `auto_resize_len` must be a length in bases, at most 67108864, found "ten""#);
    assert_snapshot!(misused(&["fasta_file=genome.fa", "alphabet=ACGU"]), @"the alphabet must hold A, C, G and T once each, in the order of the channels, found `ACGU`");
}

#[test]
fn something_else_than_named_arguments() {
    assert_snapshot!(misused(&["genome.fa.json"]), @r#"cannot read `genome.fa.json` as arguments: there is no such file; give JSON (`{"name": 1}`), YAML (`{name: 1}`), `name=value` (several, separated by spaces) or a JSON or YAML file"#);
    assert_snapshot!(misused(&["{fasta_file: genome.fa"]), @r#"cannot read `{fasta_file: genome.fa` as arguments: did not find expected ',' or '}' at line 2 column 1, while parsing a flow mapping; give JSON (`{"name": 1}`), YAML (`{name: 1}`), `name=value` (several, separated by spaces) or a JSON or YAML file"#);
}
