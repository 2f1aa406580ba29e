//! Predictions that can be written down.

use proptest::prelude::*;

use super::{COMMAND, LENGTH, contig, predicted, reverse_complement, stub, table, world};
use crate::stub_model::StubModel;

const TASKS: [&str; 2] = ["a", "b"];

/// The table of the loader's rounding: intervals, the length they are resized to, and what they become.
#[test]
fn intervals_are_resized_as_the_loader_does() {
    let cases = [(110, 120, 4, 113, 117), (110, 120, 5, 113, 118), (110, 120, 11, 110, 121), (110, 121, 4, 113, 117)];
    for (start, end, length, new_start, new_end) in cases {
        for strand in ["+", "-"] {
            let model = StubModel { length, ..StubModel::default() };
            let world = world(model, &format!("chr1\t{start}\t{end}\tname\t0\t{strand}\n"));
            predicted(&world, &["-m", "-o", "out.tsv", "--dataloader-args", "use_strand=true"]);
            let expected = &contig()[new_start..new_end];
            let letters = if strand == "-" { reverse_complement(expected) } else { expected.to_vec() };
            let row =
                ["chr1", &new_start.to_string(), &new_end.to_string(), "0", strand, &stub(&letters, 0).to_string()];
            assert_eq!(table(&world, "out.tsv")[1], row, "{start}-{end} to {length}");
        }
    }
}

#[test]
fn letters_count_as_the_loader_says() {
    // Over N and other letters, in lower case, and on a strand that is not asked for.
    let world = world(StubModel { tasks: &TASKS, ..StubModel::default() }, "1\t35\t55\n#\nchr1 65 85\n1\t100\t120\n");
    predicted(&world, &["-o", "out.tsv"]);
    let contig = contig();
    let mut expected = vec![vec!["preds/a".to_owned(), "preds/b".to_owned()]];
    for start in [35, 65, 100] {
        let letters = &contig[start..start + 20];
        expected.push((0..2).map(|task| format!("{:?}", stub(letters, task))).collect());
    }
    assert_eq!(table(&world, "out.tsv"), expected);
}

#[test]
fn every_layout_gives_the_same() {
    let intervals = "chr1\t100\t120\nchr1\t35\t55\n";
    let mut tables = Vec::new();
    let axes =
        [(1, None), (0, None), (1, Some(0)), (2, Some(0)), (0, Some(1)), (2, Some(1)), (0, Some(2)), (1, Some(2))];
    for axes in axes {
        let world = world(StubModel { axes, ..StubModel::default() }, intervals);
        predicted(&world, &["-o", "out.tsv"]);
        tables.push(world.read("out.tsv"));
    }
    assert!(tables.iter().all(|table| *table == tables[0]), "{tables:?}");
}

#[test]
fn edges_are_errors_unless_told_otherwise() {
    let intervals = "chr1\t100\t120\nchr1\t295\t315\nchr1\t0\t10\n";
    let world = world(StubModel::default(), intervals);
    let outcome = world.run(COMMAND, &["-o", "out.tsv"]);
    assert_eq!(outcome.code, 1);
    insta::assert_snapshot!(outcome.stderr, @"error: in.bed:2: window chr1:295-315 (0-based, half-open) extends beyond the contig, which has 300 bases; choose --edge skip or --edge pad");
    assert!(!world.path("out.tsv").exists());
    let outcome = predicted(&world, &["-m", "-o", "out.tsv", "--edge", "skip"]);
    assert!(outcome.stderr.starts_with("predicted 1 of 3 samples, "), "{outcome:?}");
    assert!(outcome.stderr.contains("\n  skipped 2: window_outside_contig\n"), "{outcome:?}");
    assert_eq!(table(&world, "out.tsv").len(), 2);
    predicted(&world, &["-m", "-o", "out.tsv", "--edge", "pad"]);
    let padded = table(&world, "out.tsv");
    let contig = contig();
    let last = [&contig[295..], &[b'N'; 15]].concat();
    let first = [&[b'N'; 5], &contig[..15]].concat();
    assert_eq!(padded[2], ["chr1", "295", "315", "1", "*", "300", &stub(&last, 0).to_string()]);
    assert_eq!(padded[3], ["chr1", "-5", "15", "2", "*", "300", &stub(&first, 0).to_string()]);
}

#[test]
fn models_of_any_length_take_that_of_the_intervals() {
    let world = world(StubModel::default(), "chr1\t100\t120\nchr1\t200\t220\n");
    let model = world.read("model/model.yaml").replace("auto_resize_len: 20, ", "").replace("(20, 4)", "(None, 4)");
    world.write("model/model.yaml", model);
    predicted(&world, &["-o", "out.tsv"]);
    let expected = [100, 200].map(|start| vec![stub(&contig()[start..start + 20], 0).to_string()]);
    assert_eq!(table(&world, "out.tsv")[1..], expected);
    world.write("in.bed", "chr1\t100\t120\nchr1\t200\t221\n");
    let outcome = world.run(COMMAND, &["-o", "out.tsv"]);
    insta::assert_snapshot!(outcome.stderr, @"error: in.bed:2: the interval has 21 bases, but the model reads 20; resize all intervals with --seq-length 20");
    predicted(&world, &["-o", "out.tsv", "--seq-length", "20"]);
}

#[test]
fn text_may_have_any_length() {
    let world = world(StubModel::default(), "chr1\t60\t75\nchr1\t200\t230\n");
    let inputs = "{name: seq, special_type: DNAStringSeq, shape: ()}";
    crate::batch_files::write_model(&world, inputs, "[seq]", false);
    world.write("model/dataloader.yaml", "defined_as: kipoiseq.dataloaders.StringSeqIntervalDl\n");
    predicted(&world, &["-k", "-o", "out.tsv"]);
    let text = |range: std::ops::Range<usize>| String::from_utf8(contig()[range].to_ascii_uppercase()).unwrap();
    let rows = table(&world, "out.tsv");
    assert_eq!(rows[0], ["inputs", "preds/only"]);
    for (row, range) in rows[1..].iter().zip([60..75, 200..230]) {
        assert_eq!(*row, [text(range.clone()), stub(text(range).as_bytes(), 0).to_string()]);
    }
    predicted(&world, &["-k", "-o", "out.tsv", "--dataloader-args", "force_upper=false"]);
    assert_eq!(table(&world, "out.tsv")[1][0].as_bytes(), &contig()[60..75]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn batches_and_threads_change_nothing(
        starts in prop::collection::vec(0..LENGTH - 20, 0..40),
        batch_size in 1usize..50,
        threads in 1usize..3,
        fixed in prop::option::of(1usize..9),
    ) {
        let intervals: String = starts.iter().map(|start| format!("chr1\t{start}\t{}\n", start + 20)).collect();
        let world = world(StubModel { tasks: &TASKS, ..StubModel::default() }, &intervals);
        predicted(&world, &["-m", "-o", "first.tsv", "--threads", "1"]);
        StubModel { tasks: &TASKS, fixed, ..StubModel::default() }.write(&world, "model");
        let (batch_size, threads) = (batch_size.to_string(), threads.to_string());
        predicted(&world, &["-m", "-o", "second.tsv", "--batch_size", &batch_size, "--threads", &threads]);
        prop_assert_eq!(world.read("first.tsv"), world.read("second.tsv"));
        let found: Vec<String> = table(&world, "first.tsv")[1..].iter().map(|row| row[1].clone()).collect();
        prop_assert_eq!(found, starts.iter().map(ToString::to_string).collect::<Vec<_>>());
    }
}

#[test]
fn another_dataloader_stands_in_for_the_models_own() {
    let world = world(StubModel::default(), "chr1\t100\t120\nchr1\t200\t220\n");
    predicted(&world, &["-o", "own.tsv"]);
    let model = world.read("model/model.yaml");
    let (foreign, _) = model.split_once("default_dataloader:").unwrap();
    let rest = model.split_once("info:").unwrap().1;
    world.write("model/model.yaml", format!("{foreign}default_dataloader: loader\ninfo:{rest}"));
    world.write(
        "model/loader/dataloader.yaml",
        "defined_as: own.Loader\nargs: {}\noutput_schema: {inputs: {shape: \"(20, 4)\"}}\n",
    );
    world.write("native/dataloader.yaml", "defined_as: kipoiseq.dataloaders.SeqIntervalDl\n");
    let refused = world.run(COMMAND, &["-o", "o.tsv"]);
    assert!(refused.stderr.contains("`own.Loader` of model is not native"), "{refused:?}");
    // The flags of Kipoi that have nothing to do are accepted beside it.
    for loader in ["kipoiseq.dataloaders.SeqIntervalDl", "native", "native/dataloader.yaml"] {
        predicted(&world, &["--dataloader", loader, "--dataloader_source", "dir", "-i", "-o", "other.tsv"]);
        assert_eq!(world.read("other.tsv"), world.read("own.tsv"), "{loader}");
    }
    let unknown = world.run(COMMAND, &["--dataloader", "SeqIntervalDl", "-o", "o.tsv"]);
    assert_eq!(unknown.code, 2, "{unknown:?}");
    insta::assert_snapshot!(unknown.stderr.trim(), @"error: no dataloader `SeqIntervalDl`: name a built-in one, kipoiseq.dataloaders.SeqIntervalDl or kipoiseq.dataloaders.StringSeqIntervalDl, a dataloader.yaml, or the directory of one");
}
