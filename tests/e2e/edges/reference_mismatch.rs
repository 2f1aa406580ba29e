//! REFs that are not what the genome holds.

use super::world;
use crate::annotated::{assert_close, records};
use crate::dna::{bases, others, record, snv};
use crate::oracle::Oracle;
use crate::summary::Summary;

const COMMAND: &str = "score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf";

/// A record whose REF is another base than the genome's.
fn wrong(contig: &[u8], pos: usize) -> String {
    let others = others(contig[pos - 1]);
    record("chr1", pos, &others[..1], &[&others[1..2]])
}

#[test]
fn skipped_unless_told_otherwise() {
    let contig = bases(100, 40);
    let world = world(&contig, &(wrong(&contig, 40) + &snv("chr1", &contig, 41, 1)));
    let summary = Summary::of(&world.run(COMMAND, &[]));
    assert_eq!((summary.scored, summary.skipped.get("ref_mismatch")), (1, Some(&1)));
    let records = records(&world.read("out.vcf"));
    assert_eq!(records[0].info("KV_model_SKIP"), Some("ref_mismatch"));
    assert_eq!(records[0].info("KV_model_DIFF"), None);
    assert!(records[1].info("KV_model_DIFF").is_some());
}

#[test]
fn overwritten_on_demand_and_marked() {
    let contig = bases(100, 40);
    // A REF of two bases of which one is wrong, and one that names no base.
    let two = [contig[44], others(contig[45])[2]];
    let turned = [others(contig[44])[0], others(contig[45])[0]];
    let variants = [
        wrong(&contig, 40),
        record("chr1", 45, &two, &[&turned]),
        record("chr1", 50, b"N", &[b"C", b"G"]),
        snv("chr1", &contig, 55, 1),
    ];
    let world = world(&contig, &variants.concat());
    let outcome = world.run(COMMAND, &["--ref-mismatch", "overwrite", "--scores", "ref", "diff"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let oracle = Oracle { merging: Some("mean"), overwrite: true, ..Oracle::new(&contig) };
    let records = records(&world.read("out.vcf"));
    for record in &records {
        for score in ["ref", "diff"] {
            let found = record.values(&format!("KV_model_{}", score.to_uppercase()));
            for (alternate, found) in record.alternates().iter().zip(found) {
                let (reference, alternate) = (record.column(3).as_bytes(), alternate.as_bytes());
                let expected = oracle.score(score, 0, record.pos(), reference, alternate);
                assert_close(found, expected, format_args!("{score} at {}", record.place()));
            }
        }
    }
    let marked: Vec<_> = records.iter().map(|record| record.info("KV_model_REF_MISMATCH").is_some()).collect();
    assert_eq!(marked, [true, true, true, false]);
}

#[test]
fn kipois_spelling_overwrites() {
    let contig = bases(100, 40);
    let world = world(&contig, &wrong(&contig, 40));
    let command = "postproc score_variants model -i in.vcf --dataloader_args fasta_file=genome.fa -o out.vcf";
    let outcome = world.run(command, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let oracle = Oracle { merging: Some("mean"), overwrite: true, ..Oracle::new(&contig) };
    let record = records(&world.read("out.vcf")).swap_remove(0);
    let expected = oracle.diff(40, record.column(3).as_bytes(), record.column(4).as_bytes());
    assert_close(record.values("KV:dir:model:DIFF")[0], expected, record.place());
}

#[test]
fn an_error_on_demand() {
    let contig = bases(100, 40);
    let world = world(&contig, &(snv("chr1", &contig, 39, 1) + &wrong(&contig, 40)));
    let outcome = world.run(COMMAND, &["--ref-mismatch", "error"]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    // The line of the VCF, behind the two of the header.
    assert!(outcome.stderr.contains("in.vcf:4: REF "), "{}", outcome.stderr);
    assert!(!world.path("out.vcf").exists());
}

#[test]
fn a_genome_of_the_wrong_build_stops_the_run() {
    let contig = bases(400, 41);
    let variants = |mismatches: usize| -> String {
        let record = |index: usize| {
            let pos = 50 + index;
            if index < mismatches { wrong(&contig, pos) } else { snv("chr1", &contig, pos, 1) }
        };
        (0..100).map(record).collect()
    };
    let allowed = world(&contig, &variants(10));
    let summary = Summary::of(&allowed.run(COMMAND, &[]));
    assert_eq!(summary.skipped.get("ref_mismatch"), Some(&10));

    let refused = world(&contig, &variants(11));
    let outcome = refused.run(COMMAND, &[]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.stderr.contains("11 of the first 100 REF alleles disagree with genome.fa"), "{}", outcome.stderr);
    assert!(!refused.path("out.vcf").exists());
    // Nothing is judged where the user wants something else.
    assert_eq!(refused.run(COMMAND, &["--max-ref-mismatch", "0.11"]).code, 0);
    assert_eq!(refused.run(COMMAND, &["--ref-mismatch", "overwrite"]).code, 0);
}
