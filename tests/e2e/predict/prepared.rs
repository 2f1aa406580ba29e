//! Predictions of prepared samples, with several inputs and outputs.

use hdf5::types::VarLenUnicode;
use kipos_tests::World;

use super::table;
use crate::batch_files::{Batches, Range, write_model};

const RANGES: [Range; 3] = [(30, '+', "a"), (35, '-', "b"), (90, '.', "")];

/// A world with `model`, whose targets are these, and the batch file `b.h5` for it.
fn world(targets: &str, args: &str) -> World {
    let world = World::new();
    let inputs = "{seq: {special_type: DNASeq, shape: \"(20, 4)\"}, side: {shape: \"(2,)\"}}";
    write_model(&world, inputs, "[seq]", false);
    let model = world.read("model/model.yaml");
    let model = model.replace("{shape: \"(1,)\", column_labels: [only]}", targets).replace("{tasks: 1}", args);
    world.write("model/model.yaml", model);
    let file = Batches::create(&world.path("b.h5"));
    file.ranges("ranges", 20, &RANGES).one_hot("seq", 20, &RANGES).array("side", &[1i32, 2, 3, 4, 5, 6], &[3, 2]);
    world
}

/// Runs the command, which must succeed.
fn predicted(world: &World, more: &[&str]) {
    let outcome = world.run("predict model --batch-file b.h5", more);
    assert_eq!(outcome.code, 0, "{outcome:?}");
}

#[test]
fn inputs_and_ranges_are_those_of_the_file() {
    let world = world("{shape: \"(1,)\"}", "{tasks: 1}");
    predicted(&world, &["-k", "-m", "-o", "o.h5", "o.tsv", "o.bed"]);
    let file = hdf5::File::open(world.path("o.h5")).unwrap();
    assert_eq!(file.dataset("inputs/seq").unwrap().shape(), [3, 20, 4]);
    assert_eq!(file.dataset("inputs/side").unwrap().read_raw::<i32>().unwrap(), [1, 2, 3, 4, 5, 6]);
    let strands = file.dataset("metadata/ranges/strand").unwrap().read_raw::<VarLenUnicode>().unwrap();
    assert_eq!(strands.iter().map(VarLenUnicode::as_str).collect::<Vec<_>>(), ["+", "-", "."]);
    let rows = table(&world, "o.tsv");
    assert_eq!(rows[2][..5], ["chr1", "35", "55", "b", "-"]);
    assert_eq!(rows[3][..5], ["chr1", "90", "110", "2", "."]);
    // The rows of one-hot DNA count once, the sum of the others twice, over a thousand.
    let sequences = file.dataset("inputs/seq").unwrap().read_raw::<f64>();
    let sequences = sequences.unwrap_or_default();
    for (sample, row) in rows[1..].iter().enumerate() {
        let dna: f64 = (0..80).map(|i| sequences[sample * 80 + i] * ((i % 4 + 1) * (i / 4 % 7 + 1)) as f64).sum();
        let side = 2.0 * (4 * sample + 3) as f64;
        assert_eq!(row.last().unwrap(), &(((dna + side) / 1000.0) as f32).to_string());
    }
    assert_eq!(table(&world, "o.bed")[3][..6], ["chr1", "90", "110", "2", ".", "."]);
}

#[test]
fn bed_files_of_prepared_samples_say_that_contigs_have_no_known_end() {
    let world = world("{shape: \"(1,)\"}", "{tasks: 1}");
    let warned = |outputs: &[&str]| {
        let outcome = world.run("predict model --batch-file b.h5 -o", outputs);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let warning = "warning: contig lengths are unknown from b.h5; lines past a contig's end are kept\n";
        outcome.stderr.matches(warning).count()
    };
    assert_eq!(warned(&["o.bed", "o.tsv"]), 1);
    assert_eq!(warned(&["o.tsv"]), 0);
}

#[test]
fn outputs_are_named_as_the_model_names_them() {
    let described = "{as_described: true}";
    let columns = |targets: &str| {
        let world = world(targets, described);
        predicted(&world, &["-o", "o.tsv", "o.h5"]);
        let file = hdf5::File::open(world.path("o.h5")).unwrap();
        let mut names = Vec::new();
        let mut groups = vec![("".to_owned(), file.as_group().unwrap())];
        while let Some((path, group)) = groups.pop() {
            for name in group.member_names().unwrap() {
                match group.group(&name) {
                    Ok(below) => groups.push((format!("{path}/{name}"), below)),
                    Err(_) => names.push(format!("{path}/{name} {:?}", group.dataset(&name).unwrap().shape())),
                }
            }
        }
        names.sort();
        (table(&world, "o.tsv")[0].join(" "), names.join(" "))
    };
    insta::assert_debug_snapshot!(columns("{shape: \"(3, 2)\"}"), @r#"
    (
        "preds/0/0 preds/0/1 preds/1/0 preds/1/1 preds/2/0 preds/2/1",
        "/preds [3, 3, 2]",
    )
    "#);
    insta::assert_debug_snapshot!(columns("{shape: ()}"), @r#"
    (
        "preds",
        "/preds [3]",
    )
    "#);
    insta::assert_debug_snapshot!(columns("[{shape: \"(2,)\"}, {shape: ()}]"), @r#"
    (
        "preds/0/0 preds/0/1 preds/1",
        "/preds/0 [3, 2] /preds/1 [3]",
    )
    "#);
    insta::assert_debug_snapshot!(columns("{b: {shape: \"(1,)\"}, a: {x: {shape: ()}, y: {shape: \"(2,)\"}}}"), @r#"
    (
        "preds/b/0 preds/a/x preds/a/y/0 preds/a/y/1",
        "/preds/a/x [3] /preds/a/y [3, 2] /preds/b [3, 1]",
    )
    "#);
}

#[test]
fn samples_need_neither_dna_nor_ranges() {
    let world = World::new();
    write_model(&world, "{name: track, shape: \"(4,)\"}", "[track]", false);
    let model = world.read("model/model.yaml");
    let (before, _) = model.split_once("postprocessing").unwrap();
    world.write("model/model.yaml", before);
    let file = Batches::create(&world.path("b.h5"));
    file.array("", &[1.0f64, 2.0, 3.0, 4.0, 0.0, 0.0, 0.0, 8.0], &[2, 4]);
    drop(file);
    predicted(&world, &["-k", "-m", "-o", "o.tsv"]);
    let rows = table(&world, "o.tsv");
    assert_eq!(rows[0], ["inputs/0", "inputs/1", "inputs/2", "inputs/3", "preds/only"]);
    assert_eq!(rows[2], ["0.0", "0.0", "0.0", "8.0", "0.032"]);
    let outcome = world.run("predict model --batch-file b.h5", &["-o", "o.bed"]);
    insta::assert_snapshot!(outcome.stderr, @"error: cannot write o.bed: a BED file needs one range per sample, but these samples have 0; write .tsv, .parquet or .h5");
}

#[test]
fn targets_and_metadata_are_carried_along() {
    let world = world("{shape: \"(1,)\"}", "{tasks: 1}");
    let file = hdf5::File::append(world.path("b.h5")).unwrap();
    file.create_group("targets").unwrap();
    let put = |name: &str, values: &[i16], shape: &[usize]| {
        let dataset = file.new_dataset::<i16>().shape(shape).create(name).unwrap();
        dataset.as_writer().write_raw(values).unwrap();
    };
    put("targets/b", &[1, 2, 3, 4, 5, 6], &[3, 2]);
    put("targets/a", &[7, 8, 9], &[3]);
    let genes = ["x", "y", "z"].map(|gene| gene.parse::<VarLenUnicode>().unwrap());
    file.new_dataset_builder().with_data(&genes).create("metadata/gene").unwrap();
    drop(file);
    predicted(&world, &["-k", "-m", "-o", "o.tsv", "o.h5", "o.parquet", "o.bed"]);
    let rows = table(&world, "o.tsv");
    let named = |name: &str| {
        let column =
            rows[0].iter().position(|known| known == name).unwrap_or_else(|| panic!("{name} in {:?}", rows[0]));
        rows[1..].iter().map(|row| row[column].as_str()).collect::<Vec<_>>()
    };
    assert_eq!(named("metadata/gene"), ["x", "y", "z"]);
    assert_eq!((named("targets/b/1"), named("targets/a")), (vec!["2", "4", "6"], vec!["7", "8", "9"]));
    let file = hdf5::File::open(world.path("o.h5")).unwrap();
    assert_eq!(file.dataset("targets/b").unwrap().shape(), [3, 2]);
    assert_eq!(file.dataset("targets/a").unwrap().read_raw::<i32>().unwrap(), [7, 8, 9]);
    let texts = file.dataset("metadata/gene").unwrap().read_raw::<VarLenUnicode>().unwrap();
    assert_eq!(texts, genes);
    assert_eq!(table(&world, "o.bed")[1].len(), 7);
    predicted(&world, &["-k", "-o", "o.tsv"]);
    assert!(!world.read("o.tsv").contains("metadata/"));
    predicted(&world, &["-m", "-o", "o.tsv"]);
    let header = &table(&world, "o.tsv")[0];
    assert!(header.contains(&"metadata/gene".to_owned()) && !header.iter().any(|name| name.starts_with("targets")));
}

#[test]
fn what_is_wrong_besides_the_inputs_matters_only_if_it_is_wanted() {
    let world = world("{shape: \"(1,)\"}", "{tasks: 1}");
    let file = hdf5::File::append(world.path("b.h5")).unwrap();
    file.new_dataset_builder().with_data(&[1f32, 2.0]).create("targets").unwrap();
    drop(file);
    predicted(&world, &["-m", "-o", "o.tsv"]);
    let outcome = world.run("predict model --batch-file b.h5", &["-k", "-o", "p.tsv"]);
    insta::assert_snapshot!(outcome.stderr, @"error: b.h5: `/targets` is of 2 rows, expected 3, as `/inputs/seq` has");
    assert!(!world.path("p.tsv").exists());
}
