//! What comes out of each recipe.

use std::fs;

use kipos_tests::World;

use super::{cooked, recipes};
use crate::annotated::{Record, records, stripped};
use crate::bgzip::unpack;
use crate::htslib;

/// A passage of each recipe by which it is found.
const PASSAGES: [&str; 8] = [
    "bcftools +split ",
    "--info-layout per-task",
    "cohort.bcf",
    "splicing",
    "bcftools concat",
    "scores.parquet",
    "gnomad.vcf.gz",
    "kipos saturate ",
];

/// The records of a file, of whatever format.
fn viewed(world: &World, name: &str) -> Vec<Record> {
    records(&text(world, name))
}

/// A file as bcftools prints it.
fn text(world: &World, name: &str) -> String {
    htslib::run(world, "bcftools", &["view", "--no-version", name]).expect("bcftools")
}

/// Data lines of a VCF.
fn lines(vcf: &str) -> Vec<&str> {
    vcf.lines().filter(|line| !line.starts_with('#')).collect()
}

/// What one run with a model makes of a file, written as BCF and printed by bcftools.
fn scored(world: &World, model: &str, input: &str) -> String {
    let outcome = world.run(&format!("score-variants {model} --vcf {input} --fasta genome.fa -o expected.bcf"), &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    text(world, "expected.bcf")
}

#[test]
fn every_recipe_has_a_test() {
    let untested: Vec<_> =
        recipes().into_iter().filter(|block| !PASSAGES.iter().any(|passage| block.contains(passage))).collect();
    assert!(untested.is_empty(), "{untested:?}");
    assert_eq!(recipes().len(), PASSAGES.len());
}

#[test]
fn strong_effects_for_every_sample() {
    let Some(world) = cooked(PASSAGES[0]) else { return };
    for sample in ["NA1", "NA2"] {
        let found = viewed(&world, &format!("by-sample/{sample}.bcf"));
        let strong = |record: &Record| record.values("KV_motif_cnn_DIFF_MAXABS")[0].abs() > 0.1;
        assert!(found.iter().all(strong));
        // What the example says of its variants, allele by allele.
        let made = |record: &Record| record.elements("EFFECT").concat();
        assert!(found.iter().all(|record| made(record).starts_with("breaks_") || made(record).starts_with("makes_")));
        let named = |name: &str| found.iter().filter(|record| record.column(2) == name).count();
        assert_eq!((named("ctcf_breaks_multi"), named("ap1_middle"), named("ctcf_flank")), (3, 1, 0));
    }
}

#[test]
fn one_task_as_a_table() {
    let Some(world) = cooked(PASSAGES[1]) else { return };
    let table = world.read("ap1.tsv");
    let rows: Vec<Vec<_>> = table.lines().map(|line| line.split('\t').collect()).collect();
    let expected: Vec<_> = ["7752", "10504", "701", "1402", "2103", "2801", "3504", "4902", "5605", "5605"].into();
    assert_eq!(rows.iter().map(|row| row[1]).collect::<Vec<_>>(), expected, "{table}");
    assert!(rows.iter().all(|row| row.len() == 5 && row[4].parse::<f64>().unwrap().abs() > 0.1), "{table}");
}

#[test]
fn scores_of_sites_in_a_cohort() {
    let Some(world) = cooked(PASSAGES[2]) else { return };
    let annotated = text(&world, "annotated.bcf");
    assert_eq!(lines(&annotated), lines(&scored(&world, "motif-cnn", "cohort.bcf")));
    assert!(lines(&annotated)[0].ends_with("GT:DP:GQ\t1|0:26:75\t1/1:58:94"), "{annotated}");
}

#[test]
fn two_models_in_one_file() {
    let Some(world) = cooked(PASSAGES[3]) else { return };
    let chained = unpack(&fs::read(world.path("both.vcf.gz")).unwrap());
    // Without the keys of one model, what the other says of the calls alone.
    for (model, other) in [("motif-cnn", "KV_splicing_"), ("splicing", "KV_motif_cnn_")] {
        let alone = format!("score-variants {model} --vcf calls.vcf.gz --fasta genome.fa -o alone.vcf");
        let outcome = world.run(&alone, &[]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert_eq!(lines(&stripped(&chained, other)), lines(&world.read("alone.vcf")), "{model}");
    }
    if let Some(piped) = htslib::run(&world, "bcftools", &["view", "--no-version", "both.bcf"]) {
        assert_eq!(lines(&piped), lines(&text(&world, "both.vcf.gz")));
    }
}

#[test]
fn contigs_in_processes_of_their_own() {
    let Some(world) = cooked(PASSAGES[4]) else { return };
    let joined = text(&world, "joined.bcf");
    assert_eq!(lines(&joined), lines(&scored(&world, "motif-cnn", "calls.vcf.gz")));
    assert_eq!(lines(&joined).len(), 34);
}

#[test]
fn a_vcf_and_a_table() {
    let Some(world) = cooked(PASSAGES[5]) else { return };
    assert!(world.path("scored.vcf.gz.tbi").exists());
    assert!(fs::read(world.path("scores.parquet")).unwrap().starts_with(b"PAR1"));
}

#[test]
fn all_snvs_of_a_stretch_are_looked_up() {
    let Some(world) = cooked(PASSAGES[7]) else { return };
    let site: Vec<Vec<_>> =
        world.read("site.tsv").lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect();
    let alleles: Vec<_> = site.iter().map(|row| row[..4].join(" ")).collect();
    assert_eq!(alleles, ["synth1 705 G A", "synth1 705 G C", "synth1 705 G T"]);
    let found = viewed(&world, "looked-up.bcf");
    let in_stretch = |record: &&Record| record.column(0) == "synth1" && (601..=900).contains(&record.pos());
    let is_snv = |record: &&Record| record.column(3).len() == 1 && record.alternates().iter().all(|it| it.len() == 1);
    let inside: Vec<_> = found.iter().filter(in_stretch).filter(is_snv).collect();
    assert!(!inside.is_empty());
    for record in found.iter() {
        let is_annotated = record.info("KV_motif_cnn_DIFF").is_some();
        assert_eq!(is_annotated, inside.iter().any(|other| other.place() == record.place()), "{record:?}");
    }
    let same = site.iter().find(|row| row[3] == "A").unwrap();
    let record = inside.iter().find(|record| record.pos() == 705 && record.alternates() == ["A"]).unwrap();
    assert_eq!(record.info("KV_motif_cnn_OFFSET"), Some(same[6].as_str()));
    let scores = record.scores("KV_motif_cnn_DIFF")[0].clone().unwrap();
    assert_eq!(scores, [same[8].parse::<f64>().unwrap(), same[9].parse().unwrap()]);
}

#[test]
fn rare_variants_with_strong_effects() {
    let Some(world) = cooked(PASSAGES[6]) else { return };
    let found = viewed(&world, "rare.bcf");
    assert!(found.iter().all(|record| record.values("KV_motif_cnn_DIFF_MAXABS")[0].abs() > 0.1));
    let named = |name: &str| found.iter().find(|record| record.column(2) == name);
    assert_eq!(named("ctcf_breaks_fwd").unwrap().values("gnomAD_AF"), [0.0002]);
    assert!(named("ctcf_breaks_rev").is_none(), "a common variant");
    // One that the other file does not have.
    assert!(named("ctcf_makes_fwd").is_some());
}
