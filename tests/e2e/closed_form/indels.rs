//! Insertions and deletions: the genome behind them moves, and the window keeps its length.

use kipos_tests::World;
use proptest::prelude::*;

use crate::annotated::{Record, assert_close, records};
use crate::case::vcf;
use crate::dna::{bases, fasta, others, record};
use crate::oracle::Oracle;
use crate::stub_model::StubModel;

/// The records of `variants` after a run with more flags, on both strands and windows of 20 bases.
fn scored(contig: &[u8], variants: &[String], flags: &str) -> Vec<Record> {
    let world = World::new();
    StubModel { use_rc: true, ..StubModel::default() }.write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", contig)]));
    world.write("in.vcf", vcf("", &variants.concat()));
    let command = format!("score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf -s diff ref alt {flags}");
    let outcome = world.run(&command, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    records(&world.read("out.vcf"))
}

fn oracle(contig: &[u8]) -> Oracle<'_> {
    Oracle { merging: Some("mean"), ..Oracle::new(contig) }
}

#[test]
fn every_kind_of_length_change() {
    let contig = bases(120, 31);
    let at = |pos: usize, length: usize| &contig[pos - 1..pos - 1 + length];
    let inserted = [at(40, 1), b"GATTACA"].concat();
    let replaced = [&others(contig[59])[..1], b"CC"].concat();
    let shortened = &others(contig[69])[..1];
    let cases: [(usize, &[u8], &[u8]); 5] = [
        (40, at(40, 1), &inserted),
        (50, at(50, 6), at(50, 1)),
        (60, at(60, 2), &replaced),
        (70, at(70, 3), shortened),
        // Half a window is the longest allele.
        (80, at(80, 10), at(80, 1)),
    ];
    let variants = cases.map(|(pos, reference, alternate)| record("chr1", pos, reference, &[alternate]));
    let found = scored(&contig, &variants, "");
    for (record, (pos, reference, alternate)) in found.iter().zip(cases) {
        assert_close(
            record.values("KV_model_DIFF")[0],
            oracle(&contig).diff(pos, reference, alternate),
            record.place(),
        );
    }
}

#[test]
fn each_allele_of_a_record_has_its_own_window() {
    let contig = bases(120, 32);
    let at = |pos: usize, length: usize| &contig[pos - 1..pos - 1 + length];
    let snv = [&others(contig[49])[..1], at(51, 2)].concat();
    let longer = [at(50, 3), b"T"].concat();
    let alternates: [&[u8]; 3] = [at(50, 1), &snv, &longer];
    let together = scored(&contig, &[record("chr1", 50, at(50, 3), &alternates)], "");
    let alone = scored(&contig, &alternates.map(|alternate| record("chr1", 50, at(50, 3), &[alternate])), "");
    let split: Vec<f64> = alone.iter().flat_map(|record| record.values("KV_model_DIFF")).collect();
    assert_eq!(together[0].values("KV_model_DIFF"), split);
}

#[test]
fn the_moved_genome_may_leave_the_contig() {
    let contig = bases(60, 33);
    // The window [40, 60) ends with the contig; the deletion needs two bases more.
    let deletion = record("chr1", 50, &contig[49..52], &[&contig[49..50]]);
    let insertion = record("chr1", 50, &contig[49..50], &[&[&contig[49..50], b"AC"].concat()]);
    let found = scored(&contig, &[deletion.clone(), insertion], "");
    assert_eq!(found[0].info("KV_model_SKIP"), Some("window_outside_contig"));
    assert_eq!(found[1].info("KV_model_SKIP"), None);
    let padded = scored(&contig, &[deletion], "--edge pad");
    let expected = oracle(&contig).diff(50, &contig[49..52], &contig[49..50]);
    assert_close(padded[0].values("KV_model_DIFF")[0], expected, "padded");
}

#[test]
fn a_wrong_reference_is_never_written_under_an_indel() {
    let contig = bases(120, 34);
    let wrong = [&contig[49..50], &others(contig[50])[..1]].concat();
    let variants =
        [record("chr1", 50, &wrong, &[&contig[49..50]]), record("chr1", 70, &contig[69..81], &[&contig[69..70]])];
    let found = scored(&contig, &variants, "--ref-mismatch overwrite");
    assert_eq!(found[0].info("KV_model_SKIP"), Some("ref_mismatch"));
    assert_eq!(found[0].info("KV_model_REF_MISMATCH"), None);
    assert_eq!(found[1].info("KV_model_SKIP"), Some("allele_too_long"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 40, failure_persistence: None, ..Default::default() })]

    /// The alternate sequence of a variant is the reference sequence of a genome that has it, and the inverse variant
    /// leads back.
    #[test]
    fn a_genome_with_the_variant_says_the_same(
        seed in any::<u64>(),
        pos in 30usize..60,
        deleted in 1usize..9,
        inserted in "[ACGT]{1,9}",
    ) {
        let before = bases(120, seed);
        let (reference, alternate) = (&before[pos - 1..pos - 1 + deleted], inserted.as_bytes());
        let after = [&before[..pos - 1], alternate, &before[pos - 1 + deleted..]].concat();
        let there = scored(&before, &[record("chr1", pos, reference, &[alternate])], "--digits 9");
        let back = scored(&after, &[record("chr1", pos, alternate, &[reference])], "--digits 9");
        prop_assert_eq!(there[0].values("KV_model_ALT"), back[0].values("KV_model_REF"));
        prop_assert_eq!(there[0].values("KV_model_REF"), back[0].values("KV_model_ALT"));
    }
}
