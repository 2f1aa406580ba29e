//! Operators that ONNX Runtime computes imprecisely are named when a graph is loaded.

use std::fs;

use kipos_tests::{World, fault, project};

use super::columns;

/// A world with a genome, an interval and the directory `model` with this graph, which gives one value called `out`.
fn world(graph: &str) -> World {
    let world = World::new();
    let description = "type: onnx\nargs: {file: model.onnx}\ninfo: {doc: energy of a spectrum}\ndefault_dataloader:\n  \
                       defined_as: kipoiseq.dataloaders.SeqIntervalDl\n  default_args: {auto_resize_len: 200}\nschema:\n  \
                       inputs: {name: seq, special_type: DNASeq, shape: \"(200, 4)\"}\n  targets: {name: out, shape: \
                       \"(1,)\"}\n";
    world.write("model/model.yaml", description);
    world.write("model/model.onnx", fs::read(project().join("tests/faults").join(graph)).unwrap());
    world.write("g.fa", fs::read(fault("common").join("g.fa")).unwrap());
    world.write("one.bed", "chr1\t400\t600\n");
    world
}

const PREDICT: &str = "predict model --fasta g.fa --intervals one.bed -o out.tsv";

#[test]
fn a_fourier_transform_is_announced_in_one_line() {
    let world = world("fourier/model.onnx");
    let outcome = world.run(PREDICT, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let warnings: Vec<&str> = outcome.stderr.lines().filter(|line| line.starts_with("warning")).collect();
    insta::assert_snapshot!(warnings.join("\n"), @"warning: model/model.onnx: the graph has the operator DFT: ONNX Runtime computes Fourier transforms of a length that is not a power of 2 with errors that grow with it (up to 1e-3 of the largest value at 4000); compare with the original model, or export it as TorchScript");
    // The squares of 56 A, 43 C, 54 G and 47 T, which weigh 1, 2, 3, 4.
    let right = 56.0 + 43.0 * 4.0 + 54.0 * 9.0 + 47.0 * 16.0;
    let found = columns(&world.read("out.tsv"), "preds")[0][0];
    assert!((found - right).abs() < 1e-3 * right, "{found} instead of {right}");
}

#[test]
fn other_graphs_say_nothing() {
    let world = world("baked-batch/flat.onnx");
    let outcome = world.run(PREDICT, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(!outcome.stderr.contains("warning"), "{outcome:?}");
}
