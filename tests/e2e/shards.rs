//! `kipos shard`: what is refused, and by what name.

use std::fs;

use kipos_tests::World;

use crate::case::Case;
use crate::htslib;

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

/// The bytes of a bgzipped file.
fn unpacked(world: &World, name: &str) -> Vec<u8> {
    let (mut bytes, file) = (Vec::new(), fs::File::open(world.path(name)).unwrap());
    std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(file), &mut bytes).unwrap();
    bytes
}

#[test]
fn bcf_and_parquet_are_merged_to_those_of_the_whole_run() {
    let world = scored();
    let header = "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=400>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
    let records: String =
        (0..300).map(|number| format!("chr1\t{}\tr{number}\tA\tC,G\t.\t.\t.\n", 20 + number)).collect();
    world.write("more.vcf", format!("{header}{records}"));
    let score = "score-variants model --vcf more.vcf --fasta genome.fa --max-ref-mismatch 1 --ref-mismatch overwrite";
    run(&world, &format!("{score} -o all.bcf -o all.parquet"));
    run(&world, "shard plan --vcf more.vcf -n 3 -o three");
    for shard in ["0000", "0001", "0002"] {
        run(&world, &format!("{score} --shard three/{shard}.bed -o three/{shard}.bcf -o three/{shard}.parquet"));
    }
    run(&world, "shard merge three -o merged.bcf -o merged.parquet");
    assert!(unpacked(&world, "merged.bcf") == unpacked(&world, "all.bcf"), "the bytes differ");
    let top = |name: &str| world.run(&format!("top {name} -n 1000"), &[]).stdout;
    assert_eq!(top("all.parquet").lines().count(), 601);
    assert_eq!(top("merged.parquet"), top("all.parquet"));
    for region in ["chr1", "chr1:100-102", "chr1:318-", "chr1:1-19"] {
        let view = |file: &str| htslib::run(&world, "bcftools", &["view", "-H", "-r", region, file]);
        assert_eq!(view("merged.bcf"), view("all.bcf"), "{region}");
    }
}

#[test]
fn predictions_are_merged_unless_their_rows_are_numbered() {
    let world = scored();
    let intervals: String =
        (0..40).map(|number| format!("chr1\t{}\t{}\tp{number}\n", 8 * number, 8 * number + 10)).collect();
    world.write("peaks.bed", intervals);
    let predict = |intervals: &str, stem: &str| {
        let command = format!("predict model --fasta genome.fa --intervals {intervals}");
        run(&world, &format!("{command} -o {stem}.tsv -o {stem}.tsv.gz -o {stem}.parquet"));
        run(&world, &format!("{command} -m -o {stem}.m.tsv -o {stem}.m.tsv.gz -o {stem}.m.parquet -o {stem}.bed"));
    };
    predict("peaks.bed", "all");
    run(&world, "shard plan --intervals peaks.bed -n 3 -o three");
    for shard in ["0000", "0001", "0002"] {
        predict(&format!("three/{shard}.bed"), &format!("three/p{shard}"));
    }
    let merge = |end: &str| {
        let parts = ["0000", "0001", "0002"].map(|shard| format!("three/p{shard}.{end}")).join(" ");
        world.run(&format!("shard merge {parts} -o merged.{end}"), &[])
    };
    for end in ["tsv", "tsv.gz", "parquet"] {
        let outcome = merge(end);
        assert_eq!(outcome.code, 0, "{outcome:?}");
    }
    assert_eq!(world.read("merged.tsv"), world.read("all.tsv"));
    assert!(unpacked(&world, "merged.tsv.gz") == unpacked(&world, "all.tsv.gz"), "the bytes differ");
    for end in ["m.tsv", "m.tsv.gz", "m.parquet"] {
        let outcome = merge(end);
        let said = format!("three/p0000.{end} numbers its rows in `metadata/ranges/id`, from 0 in each shard");
        assert!(outcome.code == 1 && outcome.stderr.contains(&said), "{outcome:?}");
        assert!(!world.path(&format!("merged.{end}")).exists(), "{end}");
    }
    // A plan's own files are no results.
    for outcome in [merge("bed"), world.run("shard merge three -o merged.bed", &[])] {
        assert!(outcome.code == 2 && outcome.stderr.contains("its name must end in .vcf"), "{outcome:?}");
    }
}
