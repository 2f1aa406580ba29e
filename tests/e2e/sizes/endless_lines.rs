//! Lines without an end. A device gives as much of one as is asked for.
#![cfg(target_os = "linux")]

use insta::assert_snapshot;

use crate::case::Case;

#[test]
fn a_vcf_without_line_ends() {
    let case = Case::new();
    assert_snapshot!(case.refused(case.world.kipos().args("score-variants model --fasta genome.fa -o out/scored.vcf --vcf /dev/zero".split(' '))), @"");
}

#[test]
fn a_bed_file_without_line_ends() {
    let case = Case::new();
    assert_snapshot!(case.refused(&["-R", "/dev/zero"]), @"");
    assert_snapshot!(case.refused(&["--restriction-bed", "/dev/zero"]), @"");
    let mut predict = case.world.kipos();
    predict.args("predict model --fasta genome.fa --intervals /dev/zero -o out/predictions.tsv".split(' '));
    assert_snapshot!(case.refused(&mut predict), @"");
}

#[test]
fn lists_of_names_without_end() {
    let case = Case::new();
    assert_snapshot!(case.refused(&["--contig-map", "/dev/zero"]), @"");
    assert_snapshot!(case.misused(&["--dataloader-args", "/dev/zero"]), @"");
}

#[test]
fn a_genome_whose_names_have_no_end() {
    let case = Case::new();
    let name = "x".repeat(2 << 20);
    case.world.write("genome.fa", format!(">{name}\nACGT\n"));
    assert_snapshot!(case.refused(&[]), @"");
    case.world.write("genome.fa.fai", format!("{name}\t4\t2097154\t4\t5\n"));
    assert_snapshot!(case.refused(&[]), @"");
}
