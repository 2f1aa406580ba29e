//! Names of contigs that end like positions, and numbers with commas.

use std::fs;

use kipos_tests::{Outcome, World, fault, reference};

use crate::table::Table;

/// Contigs of 1 500 bases under names that `names` gives, each with records at 500 and 1 200.
fn world(names: &[&str]) -> World {
    let world = World::new();
    for file in ["model.onnx", "model.yaml"] {
        world.write(&format!("tiny/{file}"), fs::read(reference().join("tiny").join(file)).unwrap());
    }
    let genome = fs::read_to_string(fault("common").join("g.fa")).unwrap();
    let bases: String = genome.split('>').nth(1).unwrap().lines().skip(1).collect();
    let bases = &bases[..1_500];
    let mut vcf = String::from("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n");
    let mut fasta = String::new();
    for name in names {
        fasta += &format!(">{name}\n{bases}\n");
        for pos in [500, 1_200] {
            let base = &bases[pos - 1..pos];
            let alternate = if base == "A" { "C" } else { "A" };
            vcf += &format!("{name}\t{pos}\t.\t{base}\t{alternate}\t.\t.\t.\n");
        }
    }
    world.write("g.fa", fasta);
    world.write("in.vcf", vcf);
    world
}

fn run(world: &World, regions: &[&str]) -> Outcome {
    let flags: Vec<&str> = regions.iter().flat_map(|region| ["-r", *region]).collect();
    world.run("score-variants tiny --vcf in.vcf --fasta g.fa -s diff -o out.tsv", &flags)
}

/// Contig and POS of all rows.
fn chosen(world: &World, regions: &[&str]) -> Vec<String> {
    let outcome = run(world, regions);
    assert_eq!(outcome.code, 0, "{regions:?} {outcome:?}");
    let table = Table::parse(&world.read("out.tsv"));
    table.rows.iter().map(|row| format!("{}/{}", row[0], row[1])).collect()
}

#[test]
fn the_name_of_a_contig_wins_over_positions() {
    let world = world(&["HLA-A*01:01", "HLA-A*01:01:01:01", "chr1"]);
    assert_eq!(chosen(&world, &["HLA-A*01:01:01:01"]), ["HLA-A*01:01:01:01/500", "HLA-A*01:01:01:01/1200"]);
    assert_eq!(chosen(&world, &["HLA-A*01:01"]), ["HLA-A*01:01/500", "HLA-A*01:01/1200"]);
    assert_eq!(chosen(&world, &["HLA-A*01:01:01:01:1-600"]), ["HLA-A*01:01:01:01/500"]);
    assert_eq!(chosen(&world, &["{HLA-A*01:01}:500"]), ["HLA-A*01:01/500"]);
    assert_eq!(chosen(&world, &["HLA-A*01:01:500"]), ["HLA-A*01:01/500"]);
    assert_eq!(chosen(&world, &["{HLA-A*01:01:01:01}", "chr1:1,000-"]).len(), 3);
}

#[test]
fn numbers_may_have_commas() {
    let world = world(&["chr1", "chr2"]);
    assert_eq!(chosen(&world, &["chr1:1,000-2,000"]), ["chr1/1200"]);
    assert_eq!(chosen(&world, &["chr1:1,200"]), ["chr1/1200"]);
    assert_eq!(chosen(&world, &["chr1:1,000-2,000,chr2:1-999,chr1:500"]), ["chr1/500", "chr1/1200", "chr2/500"]);
    assert_eq!(chosen(&world, &["chr1:500,chr2"]), ["chr1/500", "chr2/500", "chr2/1200"]);
}

#[test]
fn digits_behind_a_comma_that_name_a_contig_are_refused() {
    let world = world(&["1", "200"]);
    let outcome = run(&world, &["1:1,200"]);
    assert_eq!(outcome.code, 2, "{outcome:?}");
    insta::assert_snapshot!(outcome.stderr, @"error: ambiguous region `1:1,200`: `,200` may belong to the number or name the contig `200`; write the number without commas, or give each region its own flag");
    assert_eq!(chosen(&world, &["1:1200", "200:1-600"]), ["1/1200", "200/500"]);
    assert_eq!(chosen(&world, &["1:1200,200:1-600"]), ["1/1200", "200/500"]);
}

#[test]
fn maps_read_regions_the_same_way() {
    let world = world(&["HLA-A*01:01", "chr1"]);
    let outcome =
        world.run("mutation-map tiny --fasta g.fa -s diff -o maps.h5 -r HLA-A*01:01 -r chr1:1,001-1,200", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    // Seven windows of 200 bases and one that would leave the contig, then one.
    assert!(outcome.stderr.contains("mapped 8 windows"), "{outcome:?}");
}
