//! Arguments of the dataloader that make no sense.

use insta::assert_snapshot;

use crate::case::Case;

/// What `kipos score-variants` without `--fasta` says of these arguments of the dataloader.
fn refused(arguments: &[&str]) -> String {
    let case = Case::new();
    let mut command = case.world.kipos();
    command.args(["score-variants", "model", "--vcf", "variants.vcf", "-o", "out/scored.vcf"]);
    if !arguments.is_empty() {
        command.arg("--dataloader-args").args(arguments);
    }
    case.refusal(&mut command)
}

#[test]
fn no_genome() {
    assert_snapshot!(refused(&[]), @"");
}

#[test]
fn an_unknown_argument() {
    assert_snapshot!(refused(&["fasta_file=genome.fa", "auto_resize=10"]), @"");
}

#[test]
fn a_value_of_the_wrong_type() {
    assert_snapshot!(refused(&["fasta_file=genome.fa", "auto_resize_len=ten"]), @"");
    assert_snapshot!(refused(&["fasta_file=genome.fa", "alphabet=ACGU"]), @"");
}

#[test]
fn something_else_than_named_arguments() {
    assert_snapshot!(refused(&["genome.fa.json"]), @"");
    assert_snapshot!(refused(&["{fasta_file: genome.fa"]), @"");
}
