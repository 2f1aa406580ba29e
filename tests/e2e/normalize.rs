//! Insertions and deletions that are moved to their first place before they are scored.

use kipos_tests::World;

use crate::annotated::{Record, records};
use crate::case::{Case, vcf};
use crate::dna::{bases, fasta, record};
use crate::htslib;
use crate::stub_model::StubModel;
use crate::summary::Summary;

const COMMAND: &str = "score-variants model --fasta genome.fa --vcf";
const HEADER: &str = "##contig=<ID=chr1,length=400>\n";

/// A contig without pattern, but for a repeat of CA at the bases 100 to 119 (0-based), one of T at 200 to 209, and a
/// stretch of N before the As at 303 to 308.
fn chr1() -> Vec<u8> {
    let mut contig = bases(400, 3);
    contig[99..121].copy_from_slice(b"GCACACACACACACACACACAG");
    contig[199..211].copy_from_slice(b"CTTTTTTTTTTG");
    contig[299..310].copy_from_slice(b"GNNNAAAAAAC");
    contig
}

/// A world with a model of 20 bases, the contig, and records of it.
fn world(lines: &str) -> World {
    let world = World::new();
    StubModel { tasks: &["one", "two"], use_rc: true, ..StubModel::default() }.write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", &chr1())]));
    world.write("in.vcf", vcf(HEADER, lines));
    world
}

/// What a run writes, and what it says.
fn run(world: &World, input: &str, more: &[&str]) -> (Vec<Record>, String) {
    let arguments = [&[input, "-o", "out.vcf", "-s", "diff", "ref"], more].concat();
    let outcome = world.run(COMMAND, &arguments);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    (records(&world.read("out.vcf")), outcome.stderr)
}

fn scores(records: &[Record]) -> Vec<Vec<String>> {
    records.iter().map(|record| record.elements("KV_model_DIFF")).collect()
}

#[test]
fn one_haplotype_has_one_score() {
    let contig = chr1();
    let at = |pos: usize, length: usize| &contig[pos - 1..pos - 1 + length];
    // A deletion and an insertion of CA, and of T, each written at the first place and at later ones.
    let long = [at(110, 1), b"CA"].concat();
    let lines = [
        record("chr1", 100, at(100, 3), &[at(100, 1)]),
        record("chr1", 110, at(110, 3), &[at(110, 1)]),
        record("chr1", 118, at(118, 3), &[at(118, 1)]),
        record("chr1", 100, b"G", &[b"GCA"]),
        record("chr1", 110, at(110, 1), &[&long]),
        record("chr1", 200, b"CT", &[b"C"]),
        record("chr1", 205, b"TTT", &[b"TT"]),
        record("chr1", 210, b"TG", &[b"TTG", b"AG"]),
        record("chr1", 200, b"C", &[b"CT"]),
    ];
    let world = world(&lines.concat());
    let (normalized, said) = run(&world, "in.vcf", &["--normalize"]);
    let found = scores(&normalized);
    assert_eq!((&found[1], &found[2], &found[4], &found[6]), (&found[0], &found[0], &found[3], &found[5]));
    assert_eq!(found[7][0], found[8][0]);
    assert!(said.contains("left-aligned 5 alleles before scoring"), "{said}");

    // Those that are at their first place, and the substitution, are scored as without the flag; the others are not.
    let (plain, _) = run(&world, "in.vcf", &[]);
    let plain = scores(&plain);
    for same in [0, 3, 5, 8] {
        assert_eq!(found[same], plain[same], "record {same}");
    }
    assert_eq!(found[7][1], plain[7][1]);
    assert_ne!(found[1], plain[1]);

    // Records are written as they were read.
    let columns = |record: &Record| [1, 3, 4].map(|column| record.column(column).to_owned());
    let written: Vec<_> = normalized.iter().map(columns).collect();
    let read: Vec<_> = records(&world.read("in.vcf")).iter().map(columns).collect();
    assert_eq!(written, read);
}

#[test]
fn scores_are_those_of_what_bcftools_norm_writes() {
    let contig = chr1();
    let mut lines = Vec::new();
    for pos in (96..122).chain(196..212) {
        let reference = &contig[pos - 1..pos + 3];
        let inserted = [&reference[..1], b"CA", &reference[1..]].concat();
        let alternates: [&[u8]; 4] = [&reference[..3], &reference[..2], &inserted, &[&reference[..2], b"TTT"].concat()];
        let differs = |alternate: &&&[u8]| **alternate != reference;
        let alternates: Vec<&[u8]> = alternates.iter().filter(differs).copied().collect();
        lines.push(record("chr1", pos, reference, &alternates).replacen("\t.\t", &format!("\tat{pos}\t"), 1));
    }
    let world = world(&lines.concat());
    // One record per ALT, each with an ID that says which it is; sorting is undone by the ID.
    let arguments = ["norm", "--no-version", "-m-", "-f", "genome.fa", "in.vcf"];
    let Some((normalized, _)) = htslib::spoken(&world, "bcftools", &arguments) else { return };
    world.write("normalized.vcf", normalized);
    let split = ["norm", "--no-version", "-m-", "in.vcf"];
    let Some((split, _)) = htslib::spoken(&world, "bcftools", &split) else { return };
    world.write("split.vcf", split);
    let by_id = |mut records: Vec<Record>| {
        records.sort_by_key(|record| record.column(2).to_owned());
        let score = |record: &Record| (record.column(2).to_owned(), record.elements("KV_model_DIFF"));
        let mut scores: Vec<_> = records.iter().map(score).collect();
        scores.sort();
        scores
    };
    let (ours, said) = run(&world, "split.vcf", &["--normalize"]);
    assert!(said.contains("left-aligned"), "{said}");
    let (theirs, _) = run(&world, "normalized.vcf", &[]);
    assert_eq!(by_id(ours.clone()), by_id(theirs));
    let (unsplit, _) = run(&world, "in.vcf", &["--normalize"]);
    let all = |records: Vec<Record>| scores(&records).concat();
    assert_eq!(all(unsplit), all(ours));
}

#[test]
fn the_limit_and_ambiguous_bases_end_it() {
    let contig = chr1();
    let at = |pos: usize, length: usize| &contig[pos - 1..pos - 1 + length];
    let lines = [
        record("chr1", 118, at(118, 3), &[at(118, 1)]),
        record("chr1", 308, b"AA", &[b"A"]),
        // REF is not what the genome holds.
        record("chr1", 208, b"TA", &[b"T"]),
    ];
    let world = world(&lines.concat());
    let more = ["--normalize", "--max-shift", "5", "--max-ref-mismatch", "1", "--summary", "run.json"];
    let outcome = world.run(COMMAND, &[&["in.vcf", "-o", "out.vcf", "-s", "diff"][..], &more].concat());
    assert_eq!(Summary::of(&outcome).skipped["ref_mismatch"], 1);
    let said = &outcome.stderr;
    assert!(
        said.contains("left-aligned 2 alleles before scoring; 1 of them could be moved beyond --max-shift"),
        "{said}"
    );
    let summary: serde_json::Value = serde_json::from_str(&world.read("run.json")).unwrap();
    let counts = &summary["counts"];
    assert_eq!((&counts["left_aligned"], &counts["shift_limited"]), (&2.into(), &1.into()), "{counts}");
    let about = world.run("provenance out.vcf", &[]);
    assert!(about.stdout.contains("by at most 5 bases"), "{about:?}");
}

#[test]
fn it_needs_the_genome() {
    let case = Case::new();
    insta::assert_snapshot!(case.misused(&["--normalize", "--batch-file", "rows.h5"][..]), @"rows.h5 provides all inputs of the model, so --normalize, which reads the genome, cannot be combined with --batch-file; leave it out");
}
