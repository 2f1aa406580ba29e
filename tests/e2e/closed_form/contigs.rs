//! Contigs that the VCF and the genome call by different names.

use kipos_tests::World;

use crate::annotated::{assert_close, records};
use crate::case::vcf;
use crate::dna::{bases, fasta, snv};
use crate::oracle::Oracle;
use crate::stub_model::StubModel;

/// Scores variants at position 50 of the contigs by these names, of a genome that calls them `chr1` and `2`.
fn check(names: [&str; 2], map: Option<&str>) {
    let contigs = [bases(100, 10), bases(100, 11)];
    let world = World::new();
    StubModel::default().write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", &contigs[0]), ("2", &contigs[1])]));
    let variants = [0, 1].map(|index| snv(names[index], &contigs[index], 50, 3));
    world.write("in.vcf", vcf("", &variants.concat()));
    let mut more = vec![];
    if let Some(map) = map {
        world.write("names.tsv", map);
        more = vec!["--contig-map", "names.tsv"];
    }
    let outcome = world.run("score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf", &more);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let records = records(&world.read("out.vcf"));
    assert_eq!(records.iter().map(|record| record.column(0)).collect::<Vec<_>>(), names);
    for (record, contig) in records.iter().zip(&contigs) {
        for (alternate, found) in record.alternates().iter().zip(record.values("KV_model_DIFF")) {
            let expected = Oracle::new(contig).diff(50, record.column(3).as_bytes(), alternate.as_bytes());
            assert_close(found, expected, record.place());
        }
    }
}

#[test]
fn the_same_names() {
    check(["chr1", "2"], None);
}

#[test]
fn names_with_and_without_chr() {
    check(["1", "chr2"], None);
}

#[test]
fn names_of_a_map() {
    check(["NC_000001.11", "two"], Some("# VCF\tFASTA\nNC_000001.11\tchr1\ntwo\t2\n"));
}

#[test]
fn a_map_goes_before_the_name_itself() {
    // Each name is the other contig's.
    check(["2", "chr1"], Some("2\tchr1\nchr1\t2\n"));
}
