//! `kipos shard`: what is refused, and by what name.

use std::fs;

use kipos_tests::World;

use crate::case::Case;

/// Records on one contig, in two shards that were scored.
fn scored() -> World {
    let Case { world, .. } = Case::new();
    let header = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
    let records: String = (0..8).map(|number| format!("chr1\t{}\tr{number}\tA\tC\t.\t.\t.\n", 50 + number)).collect();
    world.write("in.vcf", format!("{header}{records}"));
    run(&world, "shard plan --vcf in.vcf -n 2 -o shards");
    for shard in ["0000", "0001"] {
        run(&world, &score(shard, ""));
    }
    world
}

fn score(shard: &str, more: &str) -> String {
    format!(
        "score-variants model --vcf in.vcf --fasta genome.fa --max-ref-mismatch 1 --ref-mismatch overwrite --shard \
         shards/{shard}.bed -o shards/{shard}.vcf -o shards/{shard}.vcf.gz -o shards/{shard}.tsv -o shards/{shard}.parquet {more}"
    )
}

fn run(world: &World, command: &str) {
    let outcome = world.run(command, &[]);
    assert_eq!(outcome.code, 0, "{command}: {outcome:?}");
}

const MERGE: &str = "shard merge shards -o all.vcf -o all.vcf.gz -o all.tsv -o all.parquet";

/// What a merge that fails says; nothing is there then.
fn refusal(world: &World, command: &str) -> String {
    let outcome = world.run(command, &[]);
    assert_ne!(outcome.code, 0, "{command}: {outcome:?}");
    for end in ["vcf", "vcf.gz", "tsv", "parquet"] {
        assert!(!world.path(&format!("all.{end}")).exists(), "{end}");
    }
    outcome.stderr
}

#[test]
fn a_plan_is_written_once() {
    let world = scored();
    run(&world, "shard plan --vcf in.vcf --records 4 -o shards");
    let said = refusal(&world, "shard plan --vcf in.vcf -n 3 -o shards");
    assert!(said.contains("shards holds the plan of other shards; name another directory"), "{said}");
    run(&world, MERGE);
}

#[test]
fn a_missing_shard_is_named() {
    let world = scored();
    fs::remove_file(world.path("shards/0001.tsv")).unwrap();
    let said = refusal(&world, MERGE);
    assert!(said.contains("shard 0001 is missing: there is no shards/0001.tsv; run that shard"), "{said}");
}

#[test]
fn the_file_of_another_shard_is_named() {
    for end in ["vcf", "vcf.gz", "tsv", "parquet"] {
        let world = scored();
        fs::copy(world.path(&format!("shards/0000.{end}")), world.path(&format!("shards/0001.{end}"))).unwrap();
        let said = refusal(&world, MERGE);
        assert!(said.contains(&format!("shards/0001.{end} has a record at chr1:50, which is not in")), "{end}: {said}");
    }
}

#[test]
fn a_shard_that_is_cut_short_is_named() {
    let world = scored();
    let text = world.read("shards/0000.vcf");
    let all = text.trim_end().rsplit_once('\n').unwrap().0;
    world.write("shards/0000.vcf", format!("{all}\n"));
    let said = refusal(&world, MERGE);
    assert!(said.contains("shards/0000.vcf has 3 records, but the plan has 4 for shard 0000"), "{said}");
    let packed = fs::read(world.path("shards/0001.vcf.gz")).unwrap();
    world.write("shards/0000.vcf", text);
    world.write("shards/0001.vcf.gz", &packed[..packed.len() - 28]);
    let said = refusal(&world, MERGE);
    assert!(said.contains("shards/0001.vcf.gz is"), "{said}");
}

#[test]
fn a_shard_of_another_run_is_named() {
    let world = scored();
    run(&world, &score("0001", "--edge pad"));
    let said = refusal(&world, MERGE);
    assert!(said.contains("shards/0001.vcf is not of the same run as shards/0000.vcf: they differ in"), "{said}");
    for end in ["tsv", "parquet"] {
        let said = refusal(&world, &format!("shard merge shards -o all.{end}"));
        assert!(said.contains(&format!("shards/0001.{end} is not of the same run as shards/0000.{end}")), "{said}");
    }
}

#[test]
fn unsorted_records_are_refused() {
    let world = scored();
    let text = world.read("in.vcf") + "chr1\t2\t.\tA\tC\t.\t.\t.\n";
    world.write("unsorted.vcf", text);
    let said = refusal(&world, "shard plan --vcf unsorted.vcf -n 2 -o others");
    assert!(said.contains("line 11 has chr1:2 after chr1:57; sort it with `bcftools sort"), "{said}");
}
