//! Batch files that do not go with their model.

use insta::assert_snapshot;
use kipos_tests::World;

use super::{Batches, contig, write_model};
use crate::case::vcf;
use crate::dna::snv;

const RANGES: [super::Range; 1] = [(50, '+', "a")];

/// What is said of a file that `write` fills, for a model with these inputs.
fn refused(inputs: &str, write: impl FnOnce(&Batches)) -> String {
    error(inputs, write, "", 1)
}

/// What is said of arguments that no batch file can be combined with.
fn misused(more: &str) -> String {
    error(DNA, fine, more, 2)
}

fn error(inputs: &str, write: impl FnOnce(&Batches), more: &str, code: i32) -> String {
    let world = World::new();
    write_model(&world, inputs, "[seq]", false);
    world.write("in.vcf", vcf("", &snv("chr1", &contig(), 60, 1)));
    write(&Batches::create(&world.path("b.h5")));
    let command = format!("score-variants model --vcf in.vcf --batch-file b.h5 -o out.vcf {more}");
    let outcome = world.run(&command, &[]);
    assert_eq!(outcome.code, code, "{outcome:?}");
    assert!(!world.path("out.vcf").exists());
    outcome.stderr
}

const DNA: &str = "{name: seq, special_type: DNASeq, shape: \"(20, 4)\"}";

fn fine(file: &Batches) {
    file.ranges("ranges", 20, &RANGES).one_hot("seq", 20, &RANGES);
}

#[test]
fn inputs_that_the_file_lacks_or_has_otherwise() {
    let two = "{seq: {special_type: DNASeq, shape: \"(20, 4)\"}, dist: {shape: \"(8,)\"}}";
    assert_snapshot!(refused(two, fine), @"error: b.h5 has no input `dist` for model; it has `seq`");
    let longer = DNA.replace("20", "30");
    assert_snapshot!(refused(&longer, fine), @"error: input `seq`: the dataloader gives shape (20, 4), but model.yaml says (30, 4); correct `schema.inputs` or the file");
    let flat = "{name: seq, special_type: DNASeq, shape: \"(20,)\"}";
    let numbers = |file: &Batches| {
        file.ranges("ranges", 20, &RANGES).array("seq", &[0f32; 20], &[1, 20]);
    };
    assert_snapshot!(refused(flat, numbers), @"error: input `seq` has shape (20,), which is not one-hot DNA: it needs two axes, one of length 4, besides axes of length 1");
    let text = |file: &Batches| {
        file.ranges("ranges", 20, &RANGES).one_hot("x", 20, &RANGES).text("seq", 20, &RANGES);
    };
    let scalar = "{seq: {special_type: DNASeq, shape: ()}, x: {shape: \"(20, 4)\"}}";
    assert_snapshot!(refused(scalar, text), @"error: input `seq`: b.h5 holds string, but the graph reads float32");
}

#[test]
fn ranges_that_are_missing_or_of_another_length() {
    let without = |file: &Batches| {
        file.one_hot("seq", 20, &RANGES);
    };
    assert_snapshot!(refused(DNA, without), @"error: b.h5 has no genome coordinates for the samples of input `seq`: it lacks `metadata/ranges`, and has no other ranges");
    let two = |file: &Batches| {
        file.ranges("x", 20, &RANGES).ranges("y", 20, &RANGES).one_hot("seq", 20, &RANGES);
    };
    assert_snapshot!(refused(DNA, two), @"error: b.h5 has no genome coordinates for the samples of input `seq`: it lacks `metadata/ranges`, and has `x`, `y` instead");
    let shorter = |file: &Batches| {
        file.ranges("ranges", 19, &RANGES).one_hot("seq", 20, &RANGES);
    };
    assert_snapshot!(refused(DNA, shorter), @"error: b.h5: sample 0 of input `seq` has 20 bases, but its range `metadata/ranges` has 19");
}

#[test]
fn arguments_that_contradict_the_file() {
    assert_snapshot!(misused("--fasta g.fa"), @"error: b.h5 provides all inputs of the model, so dataloader arguments (--fasta, --seq-length, ...) cannot be combined with --batch-file; leave them out");
    assert_snapshot!(misused("--windows centered"), @"error: b.h5 provides all inputs of the model, so --windows other than overlap cannot be combined with --batch-file; leave it out");
    assert_snapshot!(misused("--restriction-bed r.bed"), @"error: b.h5 provides all inputs of the model, so --restriction-bed cannot be combined with --batch-file; leave it out");
}

#[test]
fn a_file_that_is_no_batch_file() {
    let world = World::new();
    write_model(&world, DNA, "[seq]", false);
    world.write("in.vcf", vcf("", &snv("chr1", &contig(), 60, 1)));
    world.write("text.h5", "no HDF5");
    for (name, expected) in [("text.h5", "text.h5"), ("absent.h5", "absent.h5")] {
        let command = format!("score-variants model --vcf in.vcf --batch-file {name} -o out.vcf");
        let outcome = world.run(&command, &[]);
        assert_eq!(outcome.code, 1, "{outcome:?}");
        let lines: Vec<_> = outcome.stderr.lines().collect();
        assert!(lines[0].starts_with("error: ") && lines[0].contains(expected), "{outcome:?}");
        assert!(lines.len() <= 2, "{outcome:?}");
    }
}
