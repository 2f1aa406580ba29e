//! Maps of samples that another program has prepared.

use kipos_tests::World;

use super::{integers, open, text, texts, values};
use crate::batch_files::{Batches, Range, contig, write_model};
use crate::case::vcf;
use crate::dna::{others, snv};
use crate::table::Table;

/// The sequences of a sample overlap, touch or lie apart.
const NEAR: [Range; 3] = [(50, '+', "s0"), (100, '-', "s1"), (10, '+', "s2")];
const FAR: [Range; 3] = [(60, '-', "s0"), (120, '+', "s1"), (150, '-', "s2")];

/// A model of four inputs, three of them DNA from two stretches, and its samples.
fn world(use_rc: bool) -> World {
    let inputs = "{a: {special_type: DNASeq, shape: \"(20, 4)\", associated_metadata: near}, \
                   side: {shape: \"(3,)\"}, \
                   b: {special_type: DNASeq, shape: \"(4, 1, 10)\", associated_metadata: far}, \
                   t: {special_type: DNAStringSeq, shape: (), associated_metadata: [near]}}";
    let world = World::new();
    write_model(&world, inputs, "[a, b, t]", use_rc);
    let file = Batches::create(&world.path("b.h5"));
    file.ranges("near", 20, &NEAR).ranges("far", 10, &FAR);
    file.one_hot("a", 20, &NEAR).one_hot_letters_first("b", 10, &FAR).text("t", 20, &NEAR);
    file.array("side", &[7i16, 8, 9, 1, 2, 3, -4, -5, -6], &[3, 3]);
    world
}

fn map(world: &World, args: &str) {
    let outcome = world.run(&format!("mutation-map model --batch-file b.h5 -o maps.h5 -s diff ref {args}"), &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
}

/// Compares an entry with single variants of the same sample.
fn compare(world: &World, table: &Table, entry: usize, range: &Range, length: usize, inputs: &[&str]) {
    let file = open(world, "maps.h5");
    let mut members = file.group(&format!("_list_{entry}")).unwrap().member_names().unwrap();
    members.sort_unstable();
    assert_eq!(members, inputs);
    for input in inputs {
        let place = |score: &str| format!("_list_{entry}/{input}/{score}/only");
        assert_eq!(text(&file, &format!("{}/ref_seq", place("diff"))).as_bytes(), &contig()[range.0..range.0 + length]);
        let strand = if range.1 == '-' { "-" } else { "*" };
        assert_eq!(text(&file, &format!("{}/metadata_region/strand", place("ref"))), strand);
        let (diff, reference) = (values(&file, &place("diff")), values(&file, &place("ref")));
        let mut compared = 0;
        for row in table.rows.iter().filter(|row| row[5] == range.2) {
            let Some(column) = row[1].parse::<usize>().unwrap().checked_sub(1 + range.0) else { continue };
            if column >= length {
                continue;
            }
            let cell = "ACGT".find(row[4].as_str()).unwrap() * length + column;
            let close = |found: f32, cell: &str| {
                let expected: f32 = cell.parse().unwrap();
                assert!((found - expected).abs() <= 1e-6, "{input} {column} {row:?}: {found}");
            };
            close(diff[cell], &row[10]);
            close(reference[cell], &row[11]);
            compared += 1;
        }
        assert_eq!(compared, 3 * length);
    }
}

#[test]
fn every_stretch_of_a_sample_has_a_map() {
    for use_rc in [false, true] {
        let world = world(use_rc);
        let all: String = (1..=200).map(|pos| snv("chr1", &contig(), pos, 3)).collect();
        world.write("in.vcf", vcf("", &all));
        let command = "score-variants model --vcf in.vcf --batch-file b.h5 -o all.tsv --digits 9 -s diff ref";
        assert_eq!(world.run(command, &[]).code, 0);
        let table = Table::parse(&world.read("all.tsv"));
        map(&world, "--regions chr1 --batch-size 7");
        assert_eq!(open(&world, "maps.h5").member_names().unwrap().len(), 6);
        for sample in 0..3 {
            // Stretches of a sample come in the order of the file, by name.
            compare(&world, &table, 2 * sample, &FAR[sample], 10, &["b"]);
            compare(&world, &table, 2 * sample + 1, &NEAR[sample], 20, &["a", "t"]);
        }
    }
}

#[test]
fn a_query_picks_samples() {
    let world = world(false);
    let at = 105;
    world.write("q.vcf", vcf("", &snv("chr1", &contig(), at, 2)));
    map(&world, "--regions-file q.vcf");
    let file = open(&world, "maps.h5");
    assert_eq!(file.member_names().unwrap(), ["_list_0"]);
    assert_eq!(integers(&file, "_list_0/t/ref/only/ovlp_var/varpos_rel"), [4]);
    let alternates = others(contig()[at - 1]);
    let expected: Vec<_> = alternates[..2].iter().map(|base| char::from(*base).to_string()).collect();
    assert_eq!(texts(&file, "_list_0/a/diff/only/ovlp_var/alt"), expected);
    drop(file);
    world.write("q.bed", "chr1\t155\t156\n1\t15\t16\n");
    map(&world, "--regions-file q.bed");
    let file = open(&world, "maps.h5");
    let starts = [("_list_0", "b"), ("_list_1", "a")]
        .map(|(entry, input)| format!("{entry}/{input}/diff/only/metadata_region/start"));
    assert_eq!(starts.map(|place| integers(&file, &place)), [[150], [10]]);
}
