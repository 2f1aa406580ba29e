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

/// Two samples of one contig that say something else: the second has another base at POS 60.
fn disagreeing(world: &World) {
    write_model(world, "{special_type: DNASeq, shape: \"(20, 4)\", name: seq}", "[seq]", false);
    let ranges = [(50, '+', "s0"), (45, '+', "s1")];
    let file = Batches::create(&world.path("b.h5"));
    file.ranges("ranges", 20, &ranges).one_hot("seq", 20, &ranges);
    let dataset = file.file.dataset("inputs/seq").unwrap();
    let mut values = dataset.read_raw::<f64>().unwrap();
    let column = (20 + 59 - 45) * 4;
    values[column..column + 4].rotate_right(1);
    dataset.as_writer().write_raw(&values).unwrap();
}

#[test]
fn references_are_compared_with_every_sample() {
    let world = World::new();
    disagreeing(&world);
    let base = contig()[59];
    let variants = [record("chr1", 60, &[base], &[&others(base)[..1]])];
    let (records, table, _) = run(&world, &variants, "");
    assert_eq!(records[0].info("KV_model_SKIP"), Some("ref_mismatch"));
    assert_eq!(table.rows.len(), 1);
    let (records, table, _) = run(&world, &variants, "--ref-mismatch overwrite --scores ref");
    assert_eq!(records[0].info("KV_model_REF_MISMATCH"), Some(""));
    let contig = contig();
    for (row, index) in table.rows.iter().zip([9, 14]) {
        let oracle = Oracle { index, ..Oracle::new(&contig) };
        let expected = oracle.score("ref", 0, 60, &[base], &others(base)[..1]);
        assert_close(row[10].parse().unwrap(), expected, format_args!("{row:?}"));
    }
}

#[test]
fn the_end_of_a_range_hides_no_mismatch() {
    let world = World::new();
    write_model(&world, "{special_type: DNASeq, shape: \"(20, 4)\", name: seq}", "[seq]", false);
    let ranges = [(41, '+', "ends at 61"), (50, '+', "shows both")];
    Batches::create(&world.path("b.h5")).ranges("ranges", 20, &ranges).one_hot("seq", 20, &ranges);
    let right = &contig()[60..62];
    let wrong = [right[0], others(right[1])[0]];
    let alternate = [others(right[0])[0], others(wrong[1])[0]];
    let (records, ..) = run(&world, &[record("chr1", 61, &wrong, &[&alternate])], "");
    assert_eq!(records[0].info("KV_model_SKIP"), Some("ref_mismatch"));
    let outcome = world.run(&format!("{COMMAND} --ref-mismatch error"), &[]);
    let (found, wrong) = (String::from_utf8_lossy(right), String::from_utf8_lossy(&wrong));
    let expected = format!("REF {wrong} disagrees with the genome's {found} at chr1:61");
    assert!(outcome.code == 1 && outcome.stderr.contains(&expected), "{expected}: {outcome:?}");
}

#[test]
fn truth_values_and_other_orders_of_the_letters() {
    let ranges = [(50, '+', "s0")];
    let variants = [snv("chr1", &contig(), 60, 3)];
    let expected = {
        let world = World::new();
        write_model(&world, "{special_type: DNASeq, shape: \"(20, 4)\", name: seq}", "[seq]", true);
        Batches::create(&world.path("b.h5")).ranges("ranges", 20, &ranges).one_hot("seq", 20, &ranges);
        run(&world, &variants, "").1.rows
    };
    let world = World::new();
    write_model(&world, "{special_type: DNASeq, shape: \"(20, 4)\", name: seq}", "[seq]", true);
    let columns = contig()[50..70].iter().flat_map(|&letter| b"ACGT".map(|base| base == letter)).collect::<Vec<_>>();
    Batches::create(&world.path("b.h5")).ranges("ranges", 20, &ranges).array("seq", &columns, &[1, 20, 4]);
    assert_eq!(run(&world, &variants, "").1.rows, expected);
    // In the order A, G, C, T the stub weighs G and C the other way round: what it says of a genome in which the two
    // have changed places.
    let world = World::new();
    write_model(&world, "{special_type: DNASeq, shape: \"(20, 4)\", name: seq}", "[seq]", false);
    let loader = world.read("model/dataloader.yaml");
    world.write("model/dataloader.yaml", format!("{loader}default_args: {{alphabet: AGCT}}\n"));
    let column = |&letter: &u8| b"AGCT".map(|base| f32::from(u8::from(base == letter)));
    let columns: Vec<f32> = contig()[50..70].iter().flat_map(column).collect();
    Batches::create(&world.path("b.h5")).ranges("ranges", 20, &ranges).array("seq", &columns, &[1, 20, 4]);
    let (_, table, summary) = run(&world, &variants, "");
    assert_eq!(summary.scored, 3);
    let swap = |letter: u8| match letter {
        b'C' => b'G',
        b'G' => b'C',
        other => other,
    };
    let swapped: Vec<u8> = contig().into_iter().map(swap).collect();
    let oracle = Oracle { index: 9, ..Oracle::new(&swapped) };
    for row in &table.rows {
        let (reference, alternate) = (swap(row[3].as_bytes()[0]), swap(row[4].as_bytes()[0]));
        assert_close(row[10].parse().unwrap(), oracle.diff(60, &[reference], &[alternate]), format_args!("{row:?}"));
    }
}

#[test]
fn a_file_without_samples_has_no_contig_of_the_variants() {
    let world = World::new();
    write_model(&world, "{special_type: DNASeq, shape: \"(20, 4)\", name: seq}", "[seq]", false);
    let file = Batches::create(&world.path("b.h5"));
    file.ranges("ranges", 20, &[]).array::<f32>("seq", &[], &[0, 20, 4]);
    drop(file);
    world.write("in.vcf", vcf("", &snv("chr1", &contig(), 60, 1)));
    let outcome = world.run(COMMAND, &[]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.stderr.contains("no contig of the VCF is in the genome (VCF: chr1; genome: )"), "{outcome:?}");
}
