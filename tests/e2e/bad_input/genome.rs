//! Variants and a genome that do not belong together.

use insta::assert_snapshot;

use crate::case::{Case, bases, snv, vcf};

#[test]
fn no_contig_is_in_the_genome() {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("", "2\t5\t.\tA\tC\t.\t.\t.\nscaffold_7\t5\t.\tA\tC\t.\t.\t.\n"));
    assert_snapshot!(case.refused(&[]), @"no contig of the VCF is in the genome (VCF: 2, scaffold_7; genome: chr1); use the genome the VCF was made for, or map the names with `--contig-map`");
}

#[test]
fn some_contigs_are_not_in_the_genome() {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("", &format!("chr9\t5\tother\tA\tC\t.\t.\t.\n{}", snv(50))));
    let outcome = case.run(&[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.stderr.contains("skipped 1: unknown_contig"), "{}", outcome.stderr);
    let scored = case.world.read("out/scored.vcf");
    assert!(scored.contains("\tother\tA\tC\t.\t.\tKV_model_SKIP=unknown_contig\n"), "{scored}");
}

#[test]
fn a_contig_of_another_length() {
    let case = Case::new();
    let (reference, alternate) = bases(50);
    let wrong = format!("1\t50\t.\t{alternate}\t{reference}\t.\t.\t.\n");
    case.world.write("variants.vcf", vcf("##contig=<ID=1,length=399>\n", &wrong));
    let outcome = case.run(&[]);
    assert_eq!((outcome.code, case.outputs()), (1, Vec::new()), "{outcome:?}");
    // The warning comes before.
    assert_snapshot!(outcome.stderr.lines().last().unwrap(), @"error: contig `1` has 399 bases in the VCF header, but `chr1` has 400 in the FASTA, and REF at 1:50 differs from the FASTA; use the genome the VCF was made for");
}

#[test]
fn a_genome_of_another_build() {
    let case = Case::new();
    // Each REF is what it would be if the genome had lost its first base.
    let shifted = |position: usize| snv(position + 1).replacen(&(position + 1).to_string(), &position.to_string(), 1);
    case.world.write("variants.vcf", vcf("", &(20..300).map(shifted).collect::<String>()));
    assert_snapshot!(case.refused(&[]), @"80 of the first 100 REF alleles disagree with genome.fa; the VCF was probably made for another genome build: score it with that genome, or raise --max-ref-mismatch (now 0.1); of the first, REF is C at chr1:20, and the genome has T");
    let outcome = case.run(&["--max-ref-mismatch", "1"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.stderr.contains("ref_mismatch"), "{}", outcome.stderr);
}

#[test]
fn a_single_reference_allele_that_must_agree() {
    let case = Case::new();
    let (reference, alternate) = bases(60);
    case.spoil(
        "variants.vcf",
        &format!("60\t.\t{reference}\t{alternate}"),
        &format!("60\t.\t{alternate}\t{reference}"),
    );
    assert_snapshot!(case.refused(&["--ref-mismatch", "error"]), @"variants.vcf:4: REF C disagrees with the genome's A at chr1:60; choose --ref-mismatch skip or --ref-mismatch overwrite");
}

#[test]
fn a_window_that_must_not_leave_its_contig() {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("", &snv(2)));
    assert_snapshot!(case.refused(&["--edge", "error"]), @"window chr1:-3-7 (0-based, half-open) extends beyond the contig, which has 400 bases; choose --edge skip or --edge pad");
}

#[test]
fn a_genome_that_is_absent_or_no_fasta() {
    let case = Case::new();
    std::fs::remove_file(case.world.path("genome.fa")).unwrap();
    assert_snapshot!(case.refused(&[]), @"cannot read genome.fa: No such file or directory (os error 2)");
    case.world.write("genome.fa", "chr1 ACGT\n");
    assert_snapshot!(case.refused(&[]), @"genome.fa:1: invalid sequence byte 0x31; is this a FASTA file?");
}

#[test]
fn a_contig_map_that_is_absent_or_leads_nowhere() {
    let case = Case::new();
    assert_snapshot!(case.refused(&["--contig-map", "names.tsv"]), @"cannot read the contig map names.tsv: No such file or directory (os error 2)");
    case.world.write("names.tsv", "chr1\tone\n");
    assert_snapshot!(case.refused(&["--contig-map", "names.tsv"]), @"names.tsv:1: the FASTA has no contig `one` (it has chr1)");
}
