//! `mutation-map`, in both spellings.

mod errors;
mod formats;
mod known_values;
mod library;
mod mutate;
mod prepared;
mod single_variants;

use std::fs;
use std::str::FromStr;

use hdf5::types::{TypeDescriptor, VarLenUnicode};
use kipos_tests::numpy::array;
use kipos_tests::{World, reference};

use crate::annotated::assert_score;
use crate::case::vcf;
use crate::dna::{bases, fasta, others, record};
use crate::stub_model::StubModel;
use crate::table::Table;

fn open(world: &World, name: &str) -> hdf5::File {
    hdf5::File::open(world.path(name)).unwrap()
}

fn values(file: &hdf5::File, place: &str) -> Vec<f32> {
    file.dataset(&format!("{place}/mutation_map")).unwrap().read_raw().unwrap()
}

fn text(file: &hdf5::File, place: &str) -> String {
    file.dataset(place).unwrap().read_scalar::<VarLenUnicode>().unwrap().to_string()
}

fn texts(file: &hdf5::File, place: &str) -> Vec<String> {
    let texts = file.dataset(place).unwrap().read_raw::<VarLenUnicode>().unwrap();
    texts.iter().map(ToString::to_string).collect()
}

fn integers(file: &hdf5::File, place: &str) -> Vec<i64> {
    file.dataset(place).unwrap().read_raw().unwrap()
}

/// A genome of one contig `chr1`, and a model `model` that reads 20 bases of it.
fn world(model: &StubModel<'_>, contig: &[u8]) -> World {
    let world = World::new();
    model.write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", contig)]));
    world
}

fn map(world: &World, args: &str) {
    let outcome = world.run(&format!("mutation-map model --fasta genome.fa -o maps.h5 {args}"), &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
}

/// Compares all cells of a map of 20 bases with a table of single variants of the same window.
fn compare(world: &World, contig: &[u8], first: usize, entry: usize, scores: &[&str], tasks: &[&str], flags: &str) {
    let bed = format!("chr1\t{first}\t{}\tw\n", first + 20);
    world.write("window.bed", bed);
    let known = |position: &usize| b"ACGT".contains(&contig[*position]);
    let records = (first..first + 20).filter(known).flat_map(|position| {
        others(contig[position])
            .into_iter()
            .map(move |base| record("chr1", position + 1, &contig[position..=position], &[&[base]]))
    });
    let records: String = records.collect();
    world.write("all.vcf", vcf("", &records));
    let own = "--windows overlap --intervals window.bed";
    let command = format!("score-variants model --vcf all.vcf --fasta genome.fa {own} {flags} -o all.tsv");
    let outcome = world.run(&command, &[&["--scores"], scores].concat());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let table = Table::parse(&world.read("all.tsv"));
    let file = open(world, "maps.h5");
    for score in scores {
        for task in tasks {
            let found = values(&file, &format!("_list_{entry}/seq/{score}/{task}"));
            let name =
                table.scores().iter().find(|name| name.contains(score) && (tasks.len() == 1 || name.contains(task)));
            let expected = table.column(name.unwrap());
            let mut compared = 0;
            for (row, pos) in table.column("pos").into_iter().enumerate() {
                let column = pos.parse::<usize>().unwrap() - 1 - first;
                let base = "ACGT".find(table.column("alt")[row]).unwrap();
                let (found, expected) = (found[base * 20 + column], expected[row].parse::<f32>().unwrap());
                assert!(
                    (found - expected).abs() <= 1e-5 * expected.abs().max(1.0),
                    "{score} {task} {pos}: {found} {expected}"
                );
                compared += 1;
            }
            assert_eq!(compared, 3 * (first..first + 20).filter(known).count());
        }
    }
}

#[test]
fn maps_hold_the_scores_of_single_variants() {
    let mut contig = bases(120, 7);
    contig[47] = b'N';
    let model = StubModel { tasks: &["one", "two"], use_rc: true, ..StubModel::default() };
    let world = world(&model, &contig);
    // Two tiles, from the 31st base on.
    map(&world, "--regions chr1:31-55 --batch-size 7 --scores diff ref alt");
    for (entry, first) in [(0, 30), (1, 50)] {
        let file = open(&world, "maps.h5");
        let place = format!("_list_{entry}/seq/diff/two");
        assert_eq!(text(&file, &format!("{place}/ref_seq")).as_bytes(), &contig[first..first + 20]);
        assert_eq!(text(&file, &format!("{place}/metadata_region/chr")), "chr1");
        assert_eq!(integers(&file, &format!("{place}/metadata_region/start")), [first as i64]);
        assert_eq!(integers(&file, &format!("{place}/metadata_region/end")), [first as i64 + 20]);
        assert_eq!(text(&file, &format!("{place}/metadata_region/strand")), "*");
        assert!(integers(&file, &format!("{place}/ovlp_var/pos")).is_empty());
        drop(file);
        compare(&world, &contig, first, entry, &["diff", "ref", "alt"], &["one", "two"], "");
    }
    let file = open(&world, "maps.h5");
    assert_eq!(file.member_names().unwrap(), ["_list_0", "_list_1"]);
    let (diff, reference) = (values(&file, "_list_0/seq/diff/one"), values(&file, "_list_0/seq/ref/one"));
    for (column, letter) in contig[30..50].iter().enumerate() {
        for row in 0..4 {
            let cell = row * 20 + column;
            assert_eq!(diff[cell].is_nan(), *letter == b'N', "{column}");
            if b"ACGT"[row] == *letter {
                // A difference from itself is 0; the other scores have a value.
                assert_eq!((diff[cell], reference[cell]), (0.0, reference[if column == 0 { 20 } else { 0 }]));
            }
        }
    }
}

#[test]
fn loaders_with_ranges_of_their_own_map_those_that_a_query_touches() {
    let contig = bases(200, 8);
    let world = world(&StubModel { axes: (0, None), ..StubModel::default() }, &contig);
    world.write("ranges.bed", "chr1\t100\t120\ta\nchr1\t10\t30\tb\t0\t-\nchr1\t25\t45\tc\n");
    world.write(
        "query.vcf",
        vcf(
            "",
            &[
                record("chr1", 29, &contig[28..29], &[&others(contig[28])[..1], &others(contig[28])[1..2]]),
                record("chr1", 60, &contig[59..60], &[&others(contig[59])[..1]]),
                record("chr1", 27, &contig[26..28], &[&contig[26..27]]),
            ]
            .concat(),
        ),
    );
    let flags = "--windows overlap --intervals ranges.bed --dataloader-args use_strand=true";
    map(&world, &format!("{flags} --regions-file query.vcf"));
    let file = open(&world, "maps.h5");
    assert_eq!(file.member_names().unwrap(), ["_list_0", "_list_1"]);
    for (entry, strand, start, column) in [(0, "-", 10, 18), (1, "*", 25, 3)] {
        let place = format!("_list_{entry}/seq/diff/only");
        assert_eq!(text(&file, &format!("{place}/metadata_region/strand")), strand);
        assert_eq!(integers(&file, &format!("{place}/metadata_region/start")), [start]);
        assert_eq!(integers(&file, &format!("{place}/ovlp_var/varpos_rel")), [column]);
        assert_eq!(texts(&file, &format!("{place}/ovlp_var/alt")).len(), 2);
        // Columns run along the forward strand, whatever the model reads.
        let start = start as usize;
        assert_eq!(text(&file, &format!("{place}/ref_seq")).as_bytes(), &contig[start..start + 20]);
    }
    drop(file);
    compare(&world, &contig, 25, 1, &["diff"], &["only"], "");
    map(&world, &format!("{flags} --regions chr1:101-102,chr1:119"));
    assert_eq!(open(&world, "maps.h5").member_names().unwrap(), ["_list_0"]);
}

#[test]
fn entries_count_the_windows_that_can_be_shown() {
    let contig = bases(100, 9);
    let world = world(&StubModel::default(), &contig);
    let snv = |pos: usize| record("chr1", pos, &contig[pos - 1..pos], &[&others(contig[pos - 1])[..1]]);
    let deletion = record("chr1", 50, &contig[49..52], &[&contig[49..50]]);
    world.write("query.vcf", vcf("", &[snv(3), snv(40), deletion, snv(60)].concat()));
    let outcome = world.run("mutation-map model --fasta genome.fa -R query.vcf -o maps.h5", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.stderr.contains("mapped 2 windows"), "{outcome:?}");
    assert!(outcome.stderr.contains("skipped 1: window_outside_contig"), "{outcome:?}");
    assert!(outcome.stderr.contains("skipped 1: not_a_substitution"), "{outcome:?}");
    let file = open(&world, "maps.h5");
    let starts: Vec<_> = (0..2)
        .flat_map(|entry| integers(&file, &format!("_list_{entry}/seq/diff/only/metadata_region/start")))
        .collect();
    assert_eq!(starts, [30, 50]);
}

#[test]
fn the_golden_map_in_kipoi_spelling() {
    let golden = reference();
    let world = World::new();
    for name in ["tiny/model.yaml", "tiny/model.onnx", "genome.fa", "mm_1.vcf"] {
        world.write(name, fs::read(golden.join(name)).unwrap());
    }
    let own = ["--dataloader_args", r#"{"fasta_file": "genome.fa"}"#, "--scores", "diff", "ref", "alt", "logit"];
    let command = "postproc create_mutation_map tiny --source dir --regions_file mm_1.vcf -o maps.h5 --batch_size 32";
    let outcome = world.run(command, &own);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let file = open(&world, "maps.h5");
    let archive = fs::read(golden.join("tiny/mutation_map_entry0.npz")).unwrap();
    for score in ["diff", "ref", "alt", "logit"] {
        for task in 0..5 {
            let found = values(&file, &format!("_list_0/seq/{score}/t{task}"));
            // The arrays are of 64-bit floats.
            let expected = doubles(&array(&archive, &format!("seq__{score}__t{task}")));
            assert_eq!((found.len(), expected.len()), (800, 800));
            for (cell, (found, expected)) in found.iter().zip(expected).enumerate() {
                assert_score(score, (*found).into(), expected, format_args!("{score} t{task} cell {cell}"));
            }
        }
    }
    let json = serde_json::Value::from_str(&fs::read_to_string(golden.join("tiny/mutation_map_entry0.json")).unwrap());
    let json = json.unwrap();
    let place = "_list_0/seq/logit/t3";
    assert_eq!(text(&file, &format!("{place}/ref_seq")), json["ref_seq"].as_str().unwrap());
    for name in ["chr", "strand"] {
        assert_eq!(
            text(&file, &format!("{place}/metadata_region/{name}")),
            json["metadata_region"][name].as_str().unwrap()
        );
    }
    for name in ["start", "end"] {
        let found = integers(&file, &format!("{place}/metadata_region/{name}"));
        assert_eq!(found, [json["metadata_region"][name].as_i64().unwrap()]);
    }
    for name in ["pos", "varpos_rel"] {
        assert_eq!(integers(&file, &format!("{place}/ovlp_var/{name}")), [json["ovlp_var"][name][0].as_i64().unwrap()]);
    }
    for name in ["chr", "ref", "id"] {
        assert_eq!(texts(&file, &format!("{place}/ovlp_var/{name}")), [json["ovlp_var"][name][0].as_str().unwrap()]);
    }
    assert_eq!(texts(&file, &format!("{place}/ovlp_var/alt")), ["C"]);
    let map = file.dataset(&format!("{place}/mutation_map")).unwrap();
    assert_eq!((map.shape(), map.chunk()), (vec![4, 200], Some(vec![4, 200])));
    assert!(matches!(map.dtype().unwrap().to_descriptor(), Ok(TypeDescriptor::Float(_))));
}

/// 64-bit floats that were read as pairs of 32-bit ones.
fn doubles(halves: &[f32]) -> Vec<f64> {
    let double = |pair: &[f32; 2]| f64::from_bits(u64::from(pair[0].to_bits()) | u64::from(pair[1].to_bits()) << 32);
    halves.as_chunks::<2>().0.iter().map(double).collect()
}
