//! Input that is wrong: one sentence, and nothing under the output's name.

use kipos_tests::World;

use super::{COMMAND, world};
use crate::stub_model::StubModel;

/// What the command says when it fails.
fn refused(world: &World, command: &str, more: &[&str], code: i32) -> String {
    let outcome = world.run(command, more);
    assert_eq!(outcome.code, code, "{outcome:?}");
    assert_eq!(outcome.stderr.lines().count(), 1, "{outcome:?}");
    assert!(!world.path("o.tsv").exists());
    outcome.stderr.trim_end().to_owned()
}

#[test]
fn intervals() {
    let said = |intervals: &str, more: &[&str], code| {
        let world = world(StubModel::default(), intervals);
        refused(&world, COMMAND, &[&["-o", "o.tsv"], more].concat(), code)
    };
    let message = |intervals: &str, more: &[&str]| said(intervals, more, 1);
    insta::assert_snapshot!(message("chr1\t10\n", &[]), @"error: in.bed:1: found 2 columns, expected at least 3 (contig, start, end)");
    insta::assert_snapshot!(message("chr1\t100\t120\nchr9\t100\t120\n", &[]), @"error: in.bed:2: contig `chr9` is not in the genome (it has chr1)");
    insta::assert_snapshot!(message("chr1\t100\t120\tx\n", &["--dataloader-args", "use_strand=true"]), @"error: in.bed:1: found 4 columns, expected at least 6; `use_strand` reads the strand from the sixth");
    insta::assert_snapshot!(message("chr1\t100\t120\tx\t-\t0\n", &["--dataloader-args", "use_strand=true"]), @"error: in.bed:1: invalid strand `0` in column 6; expected `+`, `-` or `.`");
    insta::assert_snapshot!(message("chr1\t100\t120\tpeak\t0\t+\n", &["-k"]), @"error: in.bed:1: column 4 is a label of type float64, found `peak`; correct it, choose another label_dtype, or ignore labels with ignore_targets=true");
    insta::assert_snapshot!(message("chr1\t100\t120\t1\nchr1\t100\t120\t1\t2\n", &["-k"]), @"error: in.bed:2: found 5 columns, expected 4 as in the first row");
    insta::assert_snapshot!(said("chr1\t100\t120\n", &["--dataloader-args", "label_dtype=np.flaot"], 2), @r#"error: dataloader argument `label_dtype` must be a type such as np.float32, int or str, found "np.flaot""#);
    insta::assert_snapshot!(message("chr1\t100\t120\n", &["--seq-length", "30"]), @"error: input `seq`: the dataloader gives shape (30, 4), but model.yaml says (20, 4); correct the loader's arguments or `schema.inputs`");
}

#[test]
fn intervals_of_no_base_before_a_model_of_any_length() {
    let world = world(StubModel::default(), "chr1\t100\t100\nchr1\t120\t120\n");
    let model = world.read("model/model.yaml").replace("auto_resize_len: 20, ", "").replace("(20, 4)", "(None, 4)");
    world.write("model/model.yaml", model);
    insta::assert_snapshot!(refused(&world, COMMAND, &["-o", "o.tsv"], 1), @"error: in.bed:1: the interval has no bases; resize all intervals with --seq-length");
}

#[test]
fn files() {
    let world = world(StubModel::default(), "chr1\t100\t120\n");
    let message = |command: &str, more: &[&str], code| refused(&world, command, more, code);
    insta::assert_snapshot!(message("predict model --fasta genome.fa -o o.tsv", &[], 2), @"error: the dataloader argument `intervals_file` is missing; give it with --intervals FILE or --dataloader-args intervals_file=FILE, or name --regions");
    insta::assert_snapshot!(message(COMMAND, &["-o", "o.vcf"], 2), @"error: cannot write o.vcf: its name must end in .tsv, .tsv.gz, .tsv.bgz, .bed, .bed.gz, .bed.bgz, .parquet, .pq, .pqt, .h5 or .hdf5");
    insta::assert_snapshot!(message(COMMAND, &["-o", "o.tsv", "./o.tsv"], 2), @"error: o.tsv and ./o.tsv are the same output; name each once");
    insta::assert_snapshot!(message(COMMAND, &["-o", "in.bed"], 2), @"error: the output in.bed is the same file as in.bed, which the run reads; choose another name");
    insta::assert_snapshot!(message(COMMAND, &["-o", "no/o.tsv"], 1), @"error: cannot write no/o.tsv: the directory no does not exist; create it first");
    insta::assert_snapshot!(message(COMMAND, &["--batch-file", "b.h5", "-o", "o.tsv"], 2), @"error: b.h5 provides all inputs of the model, so dataloader arguments (--fasta, --intervals, --seq-length, ...) and --contig-map cannot be combined with --batch-file; leave them out");
    insta::assert_snapshot!(message(COMMAND, &["--dataloader_args", "fasta_file=x", "-o", "o.tsv"], 2), @"error: `fasta_file` is given twice, with --fasta and with --dataloader-args; give one");
    assert_eq!(world.read("in.bed"), "chr1\t100\t120\n");
}

#[test]
fn tables_wider_than_any_program_reads() {
    let world = world(StubModel::default(), "chr1\t100\t120\n");
    let model = world.read("model/model.yaml").replace("tasks: 1", "as_described: true");
    world.write("model/model.yaml", model.replace("\"(1,)\", doc: answers, column_labels: [only]", "\"(1100, 1000)\""));
    let message = refused(&world, COMMAND, &["-o", "o.tsv"], 2);
    insta::assert_snapshot!(message, @"error: cannot write o.tsv: the table would have 1100000 columns, more than 1048576; write .h5, which does not split arrays");
    assert_eq!(world.run(COMMAND, &["-o", "o.h5"]).code, 0);
}

#[test]
fn a_failing_engine_leaves_nothing() {
    let world = world(StubModel::default(), "chr1\t100\t120\n");
    let model = world.read("model/model.yaml").replace("tasks: 1", "tasks: 1, mode: short");
    world.write("model/model.yaml", model);
    refused(&world, COMMAND, &["-o", "o.tsv"], 1);
    let left =
        std::fs::read_dir(world.path("")).unwrap().filter_map(|entry| entry.unwrap().file_name().into_string().ok());
    assert!(left.into_iter().all(|name| !name.contains("partial")));
}
