//! Indexes beside bgzipped VCFs.

use std::fs::{self, File};

use kipos_tests::World;
use noodles::core::Region;
use noodles::{csi, tabix};

use crate::annotated::records;
use crate::case::vcf;
use crate::dna::{bases, fasta, snv};
use crate::htslib;
use crate::stub_model::StubModel;

const COMMAND: &str = "score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf.gz -o out.vcf";

/// Regions to ask for: before, between, across and beyond variants and blocks.
const REGIONS: [&str; 7] =
    ["chr1:1-100", "chr1:1000-1007", "chr1:49999-50001", "chr2:16380-16390", "chr2", "chr2:79990", "chr1:100-100"];

/// Declarations of the contigs, and of one that is too long for `.tbi`.
const DECLARED: &str = "##contig=<ID=chr1>\n##contig=<ID=chr2>\n";
const LONG: &str = "##contig=<ID=long,length=3000000000>\n";

/// A world with two contigs of 80 000 bases and a variant at every tenth base.
fn world() -> World {
    let world = World::new();
    StubModel::default().write(&world, "model");
    let contigs = [bases(80_000, 91), bases(80_000, 92)];
    world.write("genome.fa", fasta(&[("chr1", &contigs[0]), ("chr2", &contigs[1])]));
    let variants = |name: &str, contig: &[u8]| (10..80_000).step_by(10).map(|pos| snv(name, contig, pos, 1)).collect();
    let variants: [String; 2] = [variants("chr1", &contigs[0]), variants("chr2", &contigs[1])];
    world.write("in.vcf", vcf("", &variants.concat()));
    world
}

fn run(world: &World) {
    let outcome = world.run(COMMAND, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
}

/// The lines of `out.vcf` in a region.
fn expected(world: &World, region: &str) -> Vec<String> {
    let (contig, bounds) = region.split_once(':').unwrap_or((region, "1"));
    let (first, last) = bounds.split_once('-').unwrap_or((bounds, "1000000000"));
    let bounds = first.parse().unwrap()..=last.parse().unwrap();
    let records = records(&world.read("out.vcf")).into_iter();
    let inside = records.filter(|record| record.column(0) == contig && bounds.contains(&record.pos()));
    inside.map(|record| (0..8).map(|column| record.column(column)).collect::<Vec<_>>().join("\t")).collect()
}

/// The lines that an independent reader finds through the index.
fn found(world: &World, region: &str, index: impl csi::BinningIndex) -> Vec<String> {
    let mut reader = csi::io::IndexedReader::new(File::open(world.path("out.vcf.gz")).unwrap(), index);
    let region: Region = region.parse().unwrap();
    let lines = reader.query(&region).unwrap();
    lines.map(|line| line.unwrap().as_ref().to_owned()).collect()
}

fn names(world: &World) -> Vec<String> {
    let entries = fs::read_dir(world.path("")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.contains("out.vcf")).collect();
    names.sort();
    names
}

#[test]
fn every_region_is_found() {
    let world = world();
    run(&world);
    assert_eq!(names(&world), ["out.vcf", "out.vcf.gz", "out.vcf.gz.tbi"]);
    for region in REGIONS {
        let index = tabix::fs::read(world.path("out.vcf.gz.tbi")).unwrap();
        assert_eq!(found(&world, region, index), expected(&world, region), "{region}");
    }
    assert_eq!(expected(&world, "chr1:1000-1007").len(), 1);
}

#[test]
fn contigs_past_the_reach_of_tbi_get_csi() {
    let world = world();
    let input = world.read("in.vcf");
    // A VCF may declare contigs that the genome does not have.
    let long = input.replacen('\n', &format!("\n{DECLARED}{LONG}"), 1);
    world.write("in.vcf", long + "long\t2900000000\t.\tA\tC\t.\t.\t.\n");
    world.write("out.vcf.gz.tbi", "from an earlier run");
    run(&world);
    assert_eq!(names(&world), ["out.vcf", "out.vcf.gz", "out.vcf.gz.csi"]);
    for region in REGIONS.into_iter().chain(["long:2900000000-2900000000"]) {
        let index = csi::fs::read(world.path("out.vcf.gz.csi")).unwrap();
        assert_eq!(found(&world, region, index), expected(&world, region), "{region}");
    }
}

#[test]
fn unsorted_records_get_no_index_and_a_warning() {
    let world = world();
    let input = world.read("in.vcf");
    world.write("in.vcf", input.clone() + input.lines().last().unwrap() + "\n" + input.lines().nth(2).unwrap() + "\n");
    // An index of what stood there before would be wrong.
    world.write("out.vcf.gz.tbi", "from an earlier run");
    world.write("out.vcf.gz.csi", "from an earlier run");
    let outcome = world.run(COMMAND, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let warning = outcome.stderr.lines().next().unwrap();
    assert_eq!(warning, "warning: out.vcf.gz has no index: the records are not sorted by contig and position");
    assert_eq!(names(&world), ["out.vcf", "out.vcf.gz"]);
}

#[test]
fn a_run_that_fails_leaves_the_earlier_index() {
    let world = world();
    run(&world);
    let earlier = fs::read(world.path("out.vcf.gz.tbi")).unwrap();
    let input = world.read("in.vcf");
    world.write("in.vcf", input + "chr2\t79999\n");
    assert_eq!(world.run(COMMAND, &[]).code, 1);
    assert_eq!(names(&world), ["out.vcf", "out.vcf.gz", "out.vcf.gz.tbi"]);
    assert_eq!(fs::read(world.path("out.vcf.gz.tbi")).unwrap(), earlier);
}

#[test]
fn a_vcf_without_records_has_an_index() {
    let world = world();
    world.write("in.vcf", vcf("", ""));
    run(&world);
    let index = tabix::fs::read(world.path("out.vcf.gz.tbi")).unwrap();
    assert_eq!(csi::BinningIndex::reference_sequences(&index).count(), 0);
}

#[test]
fn htslib_reads_the_indexes() {
    let world = world();
    let query = |tool: &str, args: &[&str]| {
        let lines = htslib::run(&world, tool, args)?;
        Some(lines.lines().map(str::to_owned).collect::<Vec<_>>())
    };
    let input = world.read("in.vcf");
    for long in ["", LONG] {
        world.write("in.vcf", input.replacen('\n', &format!("\n{DECLARED}{long}"), 1));
        run(&world);
        for region in REGIONS {
            let expected = expected(&world, region);
            if let Some(lines) = query("tabix", &["out.vcf.gz", region]) {
                assert_eq!(lines, expected, "{region}");
            }
            if let Some(lines) = query("bcftools", &["view", "-H", "out.vcf.gz", region]) {
                assert_eq!(lines.len(), expected.len(), "{region}");
            }
        }
    }
}
