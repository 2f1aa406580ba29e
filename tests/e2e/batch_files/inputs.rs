//! Inputs of every kind, from one or several stretches of the genome.

use kipos_tests::World;

use super::{Batches, Range, contig, write_model};
use crate::annotated::{Record, assert_close, records};
use crate::case::vcf;
use crate::dna::{others, record, snv};
use crate::oracle::Oracle;
use crate::summary::Summary;
use crate::table::Table;

const COMMAND: &str = "score-variants model --vcf in.vcf --batch-file b.h5 -o out.vcf -o out.tsv --digits 9";

fn run(world: &World, variants: &[String], more: &str) -> (Vec<Record>, Table, Summary) {
    world.write("in.vcf", vcf("", &variants.concat()));
    let summary = Summary::of(&world.run(&format!("{COMMAND} {more}"), &[]));
    (records(&world.read("out.vcf")), Table::parse(&world.read("out.tsv")), summary)
}

/// What a sequence of a range adds to `alt - ref`; nothing if the variant does not lie in it.
fn diff(range: &Range, length: usize, pos: usize, reference: &[u8], alternate: &[u8], both: bool) -> f64 {
    let Some(index) = (pos - 1).checked_sub(range.0).filter(|index| *index < length) else { return 0.0 };
    let contig = contig();
    let merging = match (both, range.1) {
        (true, _) => Some("mean"),
        (false, '-') => Some("reverse"),
        (false, _) => None,
    };
    Oracle { length, index, merging, ..Oracle::new(&contig) }.diff(pos, reference, alternate)
}

#[test]
fn one_array_without_a_name() {
    let ranges = [(50, '+', "a"), (40, '-', "b"), (120, '+', ".")];
    for use_rc in [false, true] {
        let world = World::new();
        write_model(&world, "{name: seq, special_type: DNASeq, shape: \"(20, 4)\"}", "[seq]", use_rc);
        Batches::create(&world.path("b.h5")).ranges("ranges", 20, &ranges).one_hot("", 20, &ranges);
        let variants = [130, 55, 190].map(|pos| snv("chr1", &contig(), pos, 2));
        let (records, table, summary) = run(&world, &variants, "");
        assert_eq!((summary.scored, summary.skipped["no_range"]), (4, 2));
        assert_eq!(table.column("region_id"), ["2", "2", "a", "b", "a", "b", ".", "."]);
        assert_eq!(table.column("strand"), ["+", "+", "+", "-", "+", "-", ".", "."]);
        for row in table.rows.iter().filter(|row| row[9] == ".") {
            let range = ranges.iter().find(|range| range.0.to_string() == row[6]).unwrap();
            let expected = diff(range, 20, row[1].parse().unwrap(), row[3].as_bytes(), row[4].as_bytes(), use_rc);
            assert_close(row[10].parse().unwrap(), expected, format_args!("{row:?}"));
        }
        assert_eq!(records[1].info("KV_model_NREGIONS"), Some("2"));
    }
}

#[test]
fn several_inputs_on_several_ranges() {
    // The sequences of a sample overlap, touch or lie apart.
    let near = [(50, '+', "s0"), (100, '-', "s1"), (10, '+', "s2")];
    let far = [(60, '-', "s0"), (120, '+', "s1"), (150, '-', "s2")];
    let inputs = "{a: {special_type: DNASeq, shape: \"(20, 4)\", associated_metadata: near}, \
                   side: {shape: \"(3,)\"}, \
                   b: {special_type: DNASeq, shape: \"(4, 1, 10)\", associated_metadata: far}, \
                   t: {special_type: DNAStringSeq, shape: (), associated_metadata: [near]}}";
    for use_rc in [false, true] {
        let world = World::new();
        write_model(&world, inputs, "[a, b, t]", use_rc);
        let file = Batches::create(&world.path("b.h5"));
        file.ranges("near", 20, &near).ranges("far", 10, &far);
        file.one_hot("a", 20, &near).one_hot_letters_first("b", 10, &far).text("t", 20, &near);
        file.array("side", &[7i16, 8, 9, 1, 2, 3, -4, -5, -6], &[3, 3]);
        drop(file);
        let variants = [52, 65, 105, 125, 155, 15, 165].map(|pos| snv("chr1", &contig(), pos, 1));
        let (_, table, summary) = run(&world, &variants, "--batch-size 2");
        assert_eq!((summary.scored, summary.skipped["no_range"]), (6, 1));
        assert_eq!(table.column("region_id"), ["s0", "s0", "s1", "s1", "s2", "s2", "."]);
        for row in &table.rows[..6] {
            let sample = near.iter().position(|range| range.2 == row[5]).unwrap();
            let part = |range, length| {
                diff(range, length, row[1].parse().unwrap(), row[3].as_bytes(), row[4].as_bytes(), use_rc)
            };
            let expected = part(&near[sample], 20) + 3.0 * part(&far[sample], 10) + 4.0 * part(&near[sample], 20);
            assert_close(row[10].parse().unwrap(), expected, format_args!("{row:?}"));
        }
    }
}

#[test]
fn side_inputs_stay_as_they_are() {
    let ranges = [(50, '+', "s0"), (55, '+', "s1")];
    let inputs = "[{name: dna, special_type: DNASeq, shape: \"(20, 4)\"}, {name: side, shape: \"(2,)\"}]";
    let world = World::new();
    write_model(&world, inputs, "[dna]", true);
    let file = Batches::create(&world.path("b.h5"));
    file.ranges("ranges", 20, &ranges).one_hot("dna", 20, &ranges).array("side", &[1.5f32, 2.0, 10.0, 20.0], &[2, 2]);
    drop(file);
    let (_, table, _) = run(&world, &[snv("chr1", &contig(), 60, 1)], "-s ref alt diff");
    for (row, side) in table.rows.iter().zip([3.5, 30.0]) {
        let range = ranges.iter().find(|range| range.2 == row[5]).unwrap();
        let (contig, index) = (contig(), 59 - range.0);
        let oracle = Oracle { index, merging: Some("mean"), ..Oracle::new(&contig) };
        for (label, cell) in ["ref", "alt"].into_iter().zip(&row[10..]) {
            let expected = oracle.score(label, 0, 60, row[3].as_bytes(), row[4].as_bytes()) + 2.0 * side / 1000.0;
            assert_close(cell.parse().unwrap(), expected, format_args!("{label} {row:?}"));
        }
    }
}

#[test]
fn rules_for_references_hold_for_samples_too() {
    let ranges = [(50, '-', "s0")];
    let world = World::new();
    write_model(&world, "{special_type: DNASeq, shape: \"(20, 4)\", name: seq}", "[seq]", false);
    Batches::create(&world.path("b.h5")).ranges("ranges", 20, &ranges).one_hot("seq", 20, &ranges);
    let wrong = others(contig()[59])[..2].to_vec();
    let variants = [
        record("chr1", 60, &wrong[..1], &[&wrong[1..]]),
        record("chr1", 62, &contig()[61..64], &[&contig()[61..62]]),
        // The first of its three bases lies before the sample.
        record("chr1", 50, &contig()[49..52], &[b"ACA"]),
    ];
    let (records, ..) = run(&world, &variants, "");
    assert_eq!(records[0].info("KV_model_SKIP"), Some("ref_mismatch"));
    assert_eq!(records[1].info("KV_model_SKIP"), Some("indel_without_genome"));
    assert_eq!(records[2].info("KV_model_SKIP"), None);
    let (records, ..) = run(&world, &variants, "--ref-mismatch overwrite");
    assert_eq!(records[0].info("KV_model_REF_MISMATCH"), Some(""));
    let contig = contig();
    let oracle = Oracle { index: 9, merging: Some("reverse"), overwrite: true, ..Oracle::new(&contig) };
    assert_close(records[0].values("KV_model_DIFF")[0], oracle.diff(60, &wrong[..1], &wrong[1..]), "overwritten");
}

#[test]
fn samples_of_no_variant_and_variants_of_no_sample() {
    let world = World::new();
    write_model(&world, "{special_type: DNASeq, shape: \"(20, 4)\", name: seq}", "[seq]", false);
    let file = Batches::create(&world.path("b.h5"));
    file.ranges("ranges", 20, &[]).array::<f32>("seq", &[], &[0, 20, 4]);
    drop(file);
    // The file names no contig at all.
    world.write("in.vcf", vcf("", &snv("chr1", &contig(), 60, 1)));
    let outcome = world.run(COMMAND, &[]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
}
