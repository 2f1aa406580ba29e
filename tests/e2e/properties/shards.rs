//! A run in shards is the whole run: merged files have the same contents, wherever the cuts fall.

use std::fs;

use kipos_tests::World;
use proptest::prelude::*;

use super::variants::{variants, vcf, vcf_of, world};
use crate::bgzip::{pack, unpack};
use crate::htslib;

/// Flags of ways to place windows and to write records, and whether records of the output are those of the input.
const MODES: [(&str, bool); 6] = [
    ("", true),
    ("--edge pad --info-layout per-task", true),
    ("--only-scored true", false),
    ("--restriction-bed regions.bed --multi-region records", false),
    ("--restriction-bed regions.bed --multi-region maxabs", true),
    ("--windows overlap --intervals regions.bed --multi-region records --only-scored true", false),
];

/// Files of scores.
const FILES: [&str; 4] = ["vcf.gz", "vcf", "tsv", "tsv.gz"];

fn run(world: &World, command: &str) {
    let outcome = world.run(command, &[]);
    assert_eq!(outcome.code, 0, "{command}: {outcome:?}");
}

/// The records of a VCF in the order of the contigs and their positions.
fn sorted(text: &str) -> String {
    let mut records: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    records.sort_by_key(|line| {
        let mut cells = line.split('\t');
        (cells.next().unwrap().to_owned(), cells.next().unwrap().parse::<u64>().unwrap())
    });
    vcf(&records.iter().map(|line| format!("{line}\n")).collect::<String>())
}

fn contents(world: &World, name: &str) -> String {
    match name.ends_with(".gz") {
        true => unpack(&fs::read(world.path(name)).unwrap()),
        false => world.read(name),
    }
}

fn outputs(stem: &str) -> String {
    FILES.map(|end| format!(" -o {stem}.{end}")).concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 20, failure_persistence: None, ..Default::default() })]

    #[test]
    fn merged_shards_are_the_whole_run(
        variants in variants(80),
        shards in 1..7usize,
        (mode, one_to_one) in prop::sample::select(&MODES[..]),
        indexed: bool,
        block in 60..900usize,
    ) {
        let world = world();
        world.write("in.vcf.gz", pack(sorted(&vcf_of(&variants)).as_bytes(), block));
        world.write("regions.bed", "chr1\t40\t90\tx\nchr1\t60\t200\ty\nchr2\t0\t230\n");
        if indexed && htslib::run(&world, "tabix", &["-p", "vcf", "in.vcf.gz"]).is_none() {
            return Ok(());
        }
        let score = format!(
            "score-variants model --vcf in.vcf.gz --fasta genome.fa --max-ref-mismatch 1 --digits 9 --scores diff logit {mode}"
        );
        run(&world, &format!("{score}{}", outputs("all")));
        run(&world, &format!("shard plan --vcf in.vcf.gz -n {shards} -o shards"));
        for shard in 0..shards {
            let stem = format!("shards/{shard:04}");
            run(&world, &format!("{score} --shard {stem}.bed{}", outputs(&stem)));
        }
        let any = if one_to_one { "" } else { " --any-count" };
        run(&world, &format!("shard merge shards{any}{}", outputs("merged")));
        for end in FILES {
            prop_assert_eq!(contents(&world, &format!("merged.{end}")), contents(&world, &format!("all.{end}")), "{}", end);
        }
        prop_assert_eq!(world.read("merged.tsv.provenance.json"), world.read("all.tsv.provenance.json"));
        for region in ["chr1", "chr1:60-66", "chr1:1-1", "chr2:100-", "unplaced"] {
            let view = |file: &str| htslib::run(&world, "tabix", &[file, region]);
            prop_assert_eq!(view("merged.vcf.gz"), view("all.vcf.gz"), "{}", region);
        }
    }
}
