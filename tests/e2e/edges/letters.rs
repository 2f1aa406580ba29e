//! Lower case, N and other letters of the genome.

use super::{assert_both_alleles, world};
use crate::annotated::{assert_close, records};
use crate::dna::{bases, record, snv};
use crate::oracle::Oracle;

const COMMAND: &str = "score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf";

#[test]
fn case_means_nothing() {
    let contig = bases(100, 30);
    let variants: String = [40, 50, 60].map(|pos| snv("chr1", &contig, pos, 3)).concat();
    let upper = world(&contig, &variants);
    let mut soft_masked = contig.clone();
    soft_masked[35..55].make_ascii_lowercase();
    let lower = world(&soft_masked, &variants);
    for world in [&upper, &lower] {
        let outcome = world.run(COMMAND, &[]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
    }
    let output = upper.read("out.vcf");
    assert_eq!(lower.read("out.vcf"), output);
    assert!(!output.contains("SKIP="), "{output}");
}

#[test]
fn letters_that_are_no_base_are_neutral() {
    let mut contig = bases(100, 31);
    contig[45] = b'N';
    contig[52] = b'R';
    contig[54] = b'n';
    contig[57] = b'y';
    let world = world(&contig, &[44, 50, 63].map(|pos| snv("chr1", &contig, pos, 3)).concat());
    let outcome = world.run(COMMAND, &["--scores", "ref", "alt"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let oracle = Oracle { merging: Some("mean"), ..Oracle::new(&contig) };
    let records = records(&world.read("out.vcf"));
    assert_eq!(records.len(), 3);
    for record in records {
        assert_both_alleles(&record, &oracle);
    }
}

#[test]
fn an_ambiguous_letter_agrees_with_what_it_stands_for() {
    let mut contig = bases(100, 32);
    contig[49] = b'R';
    let variants = [b"A", b"G", b"C", b"T"].map(|reference| record("chr1", 50, reference, &[b"A"])).concat();
    let world = world(&contig, &variants);
    let outcome = world.run(COMMAND, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let records = records(&world.read("out.vcf"));
    let reasons: Vec<_> = records.iter().map(|record| record.elements("KV_model_SKIP").concat()).collect();
    assert_eq!(reasons, [".", ".", "ref_mismatch", "ref_mismatch"]);
    // The genome does not know which base it is, so REF says it.
    let oracle = Oracle { merging: Some("mean"), overwrite: true, ..Oracle::new(&contig) };
    let expected = [b"A", b"G"].map(|reference| oracle.diff(50, reference, b"A"));
    assert!(expected[0] == 0.0 && expected[1].abs() > 1e-4);
    for (record, expected) in records.iter().zip(expected) {
        assert_close(record.values("KV_model_DIFF")[0], expected, record.column(3));
    }
}

#[test]
fn windows_of_many_n_can_be_left_out() {
    let mut contig = bases(200, 33);
    // The windows are [pos - 10, pos + 10), 0-based: four N in the first, five in the second.
    contig[40..45].fill(b'N');
    contig[100..106].fill(b'n');
    let world = world(&contig, &[51, 111, 150].map(|pos| snv("chr1", &contig, pos, 1)).concat());
    for (limit, expected) in [
        ("0.25", [".", ".", "."]),
        ("0.24", [".", "too_many_n", "."]),
        ("0.2", [".", "too_many_n", "."]),
        ("0.19", ["too_many_n", "too_many_n", "."]),
        ("0", ["too_many_n", "too_many_n", "."]),
        ("1", [".", ".", "."]),
    ] {
        let outcome = world.run(COMMAND, &["--max-n", limit]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let records = records(&world.read("out.vcf"));
        let reasons: Vec<_> = records.iter().map(|record| record.elements("KV_model_SKIP").concat()).collect();
        assert_eq!(reasons, expected, "--max-n {limit}");
    }
}
