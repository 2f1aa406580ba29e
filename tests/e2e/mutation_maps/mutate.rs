//! `--mutate`: maps of a stretch inside longer windows.

use std::fs;

use kipos_tests::numpy::array;
use kipos_tests::{World, reference};

use super::{doubles, integers, map, open, text, texts, values, world};
use crate::annotated::assert_score;
use crate::case::vcf;
use crate::dna::{bases, snv};
use crate::stub_model::StubModel;

/// The part `[from, to)` of the columns of a map of four rows.
fn columns(map: &[f32], from: usize, to: usize) -> Vec<f32> {
    map.chunks(map.len() / 4).flat_map(|row| row[from..to].to_vec()).collect()
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| if value.is_nan() { f32::NAN.to_bits() } else { value.to_bits() }).collect()
}

/// A genome with an unknown base at 46 (from 0), and a model of two tasks on both strands.
fn usual() -> (World, Vec<u8>) {
    let mut contig = bases(120, 7);
    contig[46] = b'N';
    let model = StubModel { tasks: &["one", "two"], use_rc: true, ..StubModel::default() };
    (world(&model, &contig), contig)
}

#[test]
fn a_part_of_a_map_is_that_of_the_whole_map() {
    let (world, contig) = usual();
    for edits in ["off", "auto"] {
        let flags = format!("--regions chr1:31-70 --scores diff ref --edits {edits}");
        map(&world, &flags);
        let whole = [0, 1].map(|entry| {
            let file = open(&world, "maps.h5");
            ["diff/one", "diff/two", "ref/two"].map(|name| values(&file, &format!("_list_{entry}/seq/{name}")))
        });
        // From the end of the first window into the second.
        map(&world, &format!("{flags} --mutate chr1:45-53"));
        let file = open(&world, "maps.h5");
        for (entry, (start, end)) in [(44, 50), (50, 53)].into_iter().enumerate() {
            let window = 30 + 20 * entry;
            for (name, whole) in ["diff/one", "diff/two", "ref/two"].into_iter().zip(&whole[entry]) {
                let place = format!("_list_{entry}/seq/{name}");
                let expected = columns(whole, start - window, end - window);
                assert_eq!(bits(&values(&file, &place)), bits(&expected), "{place}");
                assert_eq!(text(&file, &format!("{place}/ref_seq")).as_bytes(), &contig[start..end]);
                let region = |name: &str| integers(&file, &format!("{place}/metadata_region/{name}"))[0] as usize;
                assert_eq!([region("start"), region("end")], [start, end]);
                assert_eq!([region("window_start"), region("window_end")], [window, window + 20]);
            }
        }
    }
}

#[test]
fn the_golden_map_of_a_stretch() {
    let golden = reference();
    let world = World::new();
    for name in ["tiny/model.yaml", "tiny/model.onnx", "genome.fa", "mm_1.vcf"] {
        world.write(name, fs::read(golden.join(name)).unwrap());
    }
    let json: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(golden.join("tiny/mutation_map_entry0.json")).unwrap()).unwrap();
    let (contig, start) = (json["metadata_region"]["chr"].as_str().unwrap(), &json["metadata_region"]["start"]);
    let first = start.as_u64().unwrap() as usize + 81;
    let archive = fs::read(golden.join("tiny/mutation_map_entry0.npz")).unwrap();
    for edits in ["require", "off"] {
        let command = format!(
            "mutation-map tiny --fasta genome.fa --regions-file mm_1.vcf --centering kipoi --reference-cells zero --use-rc \
             --mutate {contig}:{first}-{} --edits {edits} --scores diff alt -o maps.h5",
            first + 29
        );
        let outcome = world.run(&command, &[]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let file = open(&world, "maps.h5");
        for score in ["diff", "alt"] {
            for task in 0..5 {
                let found = values(&file, &format!("_list_0/seq/{score}/t{task}"));
                let whole = doubles(&array(&archive, &format!("seq__{score}__t{task}")));
                let expected: Vec<_> = whole.chunks(200).flat_map(|row| row[80..110].to_vec()).collect();
                assert_eq!((found.len(), expected.len()), (120, 120));
                for (cell, (found, expected)) in found.iter().zip(expected).enumerate() {
                    assert_score(score, (*found).into(), expected, format_args!("{score} t{task} cell {cell}"));
                }
            }
        }
    }
}

#[test]
fn without_a_query_one_window_is_centred_on_the_stretch() {
    let (world, contig) = usual();
    let run = |args: &str| {
        map(&world, &format!("{args} --scores diff --tasks one"));
        let file = open(&world, "maps.h5");
        assert_eq!(file.member_names().unwrap(), ["_list_0"]);
        let place = "_list_0/seq/diff/one";
        let region = |name: &str| integers(&file, &format!("{place}/metadata_region/{name}"))[0];
        (values(&file, place), ["start", "end", "window_start", "window_end"].map(region))
    };
    // The middle base, 62 (1-based), has index 9 of 20.
    let (found, places) = run("--mutate chr1:61-63");
    assert_eq!(places, [60, 63, 52, 72]);
    let by_region = run("--regions chr1:53-72 --mutate chr1:61-63");
    assert_eq!((bits(&found), places), (bits(&by_region.0), by_region.1));
    // Of four bases, the second.
    assert_eq!(run("--mutate chr1:61-64").1, [60, 64, 52, 72]);
    // A variant's window is its own.
    world.write("one.vcf", vcf("", &snv("chr1", &contig, 62, 1)));
    let by_variant = run("-R one.vcf --mutate chr1:61-63");
    assert_eq!((bits(&found), places), (bits(&by_variant.0), by_variant.1));
    let file = open(&world, "maps.h5");
    assert_eq!(integers(&file, "_list_0/seq/diff/one/ovlp_var/varpos_rel"), [1]);
    drop(file);
    run("-R one.vcf --mutate chr1:66-67");
    let file = open(&world, "maps.h5");
    assert_eq!(texts(&file, "_list_0/seq/diff/one/ovlp_var/id"), [""; 0], "the variant has no column");
}

#[test]
fn loaders_with_intervals_of_their_own_give_those_that_hold_the_stretch() {
    let (world, contig) = usual();
    world.write("ranges.bed", "chr1\t50\t70\ta\t0\t-\nchr1\t10\t30\tb\nchr1\t64\t84\tc\n");
    let flags = "--windows overlap --intervals ranges.bed --dataloader-args use_strand=true --scores diff --tasks one";
    map(&world, &format!("{flags} --mutate chr1:63-67"));
    let file = open(&world, "maps.h5");
    assert_eq!(file.member_names().unwrap(), ["_list_0", "_list_1"]);
    for (entry, (start, end), strand) in [(0, (62, 67), "-"), (1, (64, 67), "*")] {
        let place = format!("_list_{entry}/seq/diff/one");
        assert_eq!(text(&file, &format!("{place}/ref_seq")).as_bytes(), &contig[start..end]);
        assert_eq!(text(&file, &format!("{place}/metadata_region/strand")), strand);
    }
    let parts = [0, 1].map(|entry| values(&file, &format!("_list_{entry}/seq/diff/one")));
    drop(file);
    map(&world, &format!("{flags} --regions chr1:63-67"));
    let file = open(&world, "maps.h5");
    for (entry, (from, to)) in [(12, 17), (0, 3)].into_iter().enumerate() {
        let whole = values(&file, &format!("_list_{entry}/seq/diff/one"));
        assert_eq!(bits(&parts[entry]), bits(&columns(&whole, from, to)), "{entry}");
    }
}

#[test]
fn every_format_has_the_columns_of_the_stretch_alone() {
    let (world, contig) = usual();
    let formats = ["h5", "npz", "tsv", "parquet", "svg"].map(|ending| format!("-o part.{ending}")).join(" ");
    let args = format!("mutation-map model --fasta genome.fa --scores diff --tasks one --mutate chr1:45-50 {formats}");
    let outcome = world.run(&args, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let table = world.read("part.tsv");
    let rows: Vec<Vec<_>> = table.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows.len(), 6 * 4);
    let map = values(&open(&world, "part.h5"), "_list_0/seq/diff/one");
    for row in &rows {
        let (pos, base) = (row[2].parse::<usize>().unwrap(), "ACGT".find(row[4]).unwrap());
        assert_eq!(row[3].as_bytes(), &contig[pos - 1..pos]);
        let expected = map[base * 6 + pos - 45];
        assert_eq!(bits(&[row[7].parse().unwrap_or(f32::NAN)]), bits(&[expected]), "{row:?}");
    }
    assert_eq!(rows.iter().filter(|row| row[7].is_empty()).count(), 4, "the base that is not known");
    let archive = fs::read(world.path("part.npz")).unwrap();
    let header = archive.windows(7).any(|window| window == b"(4, 6),");
    assert!(header, "the array has six columns");
    let stored = world.run("plot mutation-map part.h5 -o stored.svg", &[]);
    assert_eq!((stored.code, world.read("stored.svg")), (0, world.read("part.svg")), "{stored:?}");
    assert!(world.read("part.svg").contains("chr1:45-50"), "{}", world.read("part.svg"));
    let track = world.run("track part.h5 -o part.bedgraph", &[]);
    assert_eq!(track.code, 0, "{track:?}");
    let starts: Vec<_> =
        world.read("part.bedgraph").lines().map(|line| line.split('\t').nth(1).unwrap().to_owned()).collect();
    assert_eq!(starts, ["44", "45", "47", "48", "49"]);
}

#[test]
fn a_stretch_outside_of_the_windows_is_an_error() {
    let (world, contig) = usual();
    world.write("one.vcf", vcf("", &snv("chr1", &contig, 62, 1)));
    let refused = |args: &str, code| {
        let outcome = world.run(&format!("mutation-map model --fasta genome.fa -o maps.h5 {args}"), &[]);
        assert_eq!(outcome.code, code, "{outcome:?}");
        assert!(!world.path("maps.h5").exists());
        outcome.stderr.lines().next().unwrap_or_default().to_owned()
    };
    insta::assert_snapshot!(refused("--regions chr1:31-50 --mutate chr1:71-75", 2), @"error: --mutate chr1:71-75: bases 71-75 of chr1 are in none of the windows; give --regions that hold the whole stretch, in which windows are placed side by side");
    insta::assert_snapshot!(refused("--regions chr1:31-50 --mutate chr1:46-51", 2), @"error: --mutate chr1:46-51: base 51 of chr1 is in none of the windows; give --regions that hold the whole stretch, in which windows are placed side by side");
    insta::assert_snapshot!(refused("--mutate chr1:41-70", 2), @"error: --mutate chr1:41-70: bases 41-45 of chr1 are in none of the windows; give --regions that hold the whole stretch, in which windows are placed side by side");
    insta::assert_snapshot!(refused("-R one.vcf --mutate chr1:50-55", 2), @"error: --mutate chr1:50-55: bases 50-52 of chr1 are in none of the windows; give --regions that hold the whole stretch, in which windows are placed side by side");
    insta::assert_snapshot!(refused("--mutate chr1:200-210", 2), @"error: region `chr1:200-210` is outside chr1, which has 120 bases; are the coordinates from another genome?");
    insta::assert_snapshot!(refused("--mutate chr9:1-2", 2), @"error: unknown contig in region `chr9:1-2` (the genome has chr1); write CHROM:START-END");
    insta::assert_snapshot!(refused("--mutate chr1:9-5", 2), @"error: invalid value 'chr1:9-5' for '--mutate <REGION>': the end of `chr1:9-5` is before its start; swap them");
}
