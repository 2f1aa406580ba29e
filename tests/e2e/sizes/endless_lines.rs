//! Lines without an end. A device gives as much of one as is asked for.
#![cfg(target_os = "linux")]

use insta::assert_snapshot;

use crate::case::Case;

#[test]
fn a_vcf_without_line_ends() {
    let case = Case::new();
    assert_snapshot!(case.refused(case.world.kipos().args("score-variants model --fasta genome.fa -o out/scored.vcf --vcf /dev/zero".split(' '))), @"cannot read /dev/zero after line 0: the next line has more than 64 MiB, the most that a line of such a file may have");
}

#[test]
fn a_bed_file_without_line_ends() {
    let case = Case::new();
    assert_snapshot!(case.refused(&["-R", "/dev/zero"]), @"cannot read /dev/zero after line 0: the next line has more than 16 MiB, the most that a line of such a file may have");
    assert_snapshot!(case.refused(&["--restriction-bed", "/dev/zero"]), @"cannot read /dev/zero after line 0: the next line has more than 16 MiB, the most that a line of such a file may have");
    let mut predict = case.world.kipos();
    predict.args("predict model --fasta genome.fa --intervals /dev/zero -o out/predictions.tsv".split(' '));
    assert_snapshot!(case.refused(&mut predict), @"cannot read /dev/zero after line 0: the next line has more than 16 MiB, the most that a line of such a file may have");
}

#[test]
fn lists_of_names_without_end() {
    let case = Case::new();
    assert_snapshot!(case.refused(&["--contig-map", "/dev/zero"]), @"cannot read the contig map /dev/zero: it has more than the 256 MiB that such a file may have");
    assert_snapshot!(case.misused(&["--dataloader-args", "/dev/zero"]), @r#"cannot read `/dev/zero` as arguments: there is no such file; give JSON (`{"name": 1}`), YAML (`{name: 1}`), `name=value` (several, separated by spaces) or a JSON or YAML file"#);
}

#[test]
fn a_genome_whose_names_have_no_end() {
    let case = Case::new();
    let name = "x".repeat(2 << 20);
    case.world.write("genome.fa", format!(">{name}\nACGT\n"));
    assert_snapshot!(case.refused(&[]), @"genome.fa:1: the line has more than 1 MiB; is this a FASTA file, or its index?");
    case.world.write("genome.fa.fai", format!("{name}\t4\t2097154\t4\t5\n"));
    assert_snapshot!(case.refused(&[]), @"genome.fa.fai:1: the line has more than 1 MiB; is this a FASTA file, or its index?");
}
