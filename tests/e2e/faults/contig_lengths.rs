//! Lengths in a VCF header that are not the genome's.

use std::fs;

use kipos_tests::{Outcome, World, fault, reference};

use crate::table::Table;

fn world(vcf: &str) -> World {
    let world = World::new();
    for file in ["model.onnx", "model.yaml"] {
        world.write(&format!("tiny/{file}"), fs::read(reference().join("tiny").join(file)).unwrap());
    }
    world.write("g.fa", fs::read(fault("common").join("g.fa")).unwrap());
    world.write("in.vcf", vcf);
    world
}

fn given(name: &str) -> String {
    fs::read_to_string(fault("contig-length").join(name)).unwrap()
}

fn run(world: &World, flags: &str) -> Outcome {
    world.run(&format!("score-variants tiny --vcf in.vcf --fasta g.fa -s diff -o out.tsv {flags}"), &[])
}

#[test]
fn records_whose_ref_agrees_are_scored_with_one_warning() {
    for (name, told) in [
        ("chrlen.vcf", "`chrM` has 1202 bases in the header and 1200 in the FASTA"),
        ("chrlen0.vcf", "`chr1` has 2147483647 bases in the header and 3000 in the FASTA"),
    ] {
        let world = world(&given(name));
        let outcome = run(&world, "");
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let warnings: Vec<_> = outcome.stderr.lines().filter(|line| line.starts_with("warning: ")).collect();
        let [warning] = warnings[..] else { panic!("{outcome:?}") };
        assert!(warning.contains(told), "{warning}");
        let table = Table::parse(&world.read("out.tsv"));
        let found: Vec<f64> = table.column("diff/t0").iter().map(|value| value.parse().unwrap()).collect();
        for (found, right) in found.iter().zip([0.00526886, 0.00694324]) {
            assert!((found - right).abs() < 1e-6, "{found} instead of {right}");
        }
        assert_eq!(found.len(), 2);
    }
}

#[test]
fn a_ref_that_disagrees_too_is_another_genome() {
    // The genome has T there.
    let vcf = given("chrlen0.vcf").replace("chr1\t500\t.\tT\tA", "chr1\t500\t.\tG\tA");
    for flags in ["", "--ref-mismatch overwrite", "--ref-mismatch error"] {
        let world = world(&vcf);
        let outcome = run(&world, flags);
        assert_eq!(outcome.code, 1, "{flags} {outcome:?}");
        let error = outcome.stderr.lines().last().unwrap();
        insta::allow_duplicates! {
            insta::assert_snapshot!(error, @"error: contig `chr1` has 2147483647 bases in the VCF header, but `chr1` has 3000 in the FASTA, and REF at chr1:500 differs from the FASTA; use the genome the VCF was made for");
        }
        assert!(!world.path("out.tsv").exists());
    }
    // On a contig whose length is right, it is an ordinary mismatch.
    let world = world(&given("chrlen.vcf").replace("chr1\t500\t.\tT\tA", "chr1\t500\t.\tG\tA"));
    let outcome = run(&world, "");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.stderr.contains("skipped 1: ref_mismatch"), "{outcome:?}");
}

#[test]
fn maps_around_variants_are_as_careful() {
    let map = "mutation-map tiny -R in.vcf --fasta g.fa -s diff -o maps.h5";
    let world = world(&given("chrlen0.vcf"));
    assert_eq!(world.run(map, &[]).code, 0);
    world.write("in.vcf", given("chrlen0.vcf").replace("chr1\t500\t.\tT\tA", "chr1\t500\t.\tG\tA"));
    let outcome = world.run(map, &[]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.stderr.contains("and REF at chr1:500 differs from the FASTA"), "{outcome:?}");
}
