//! Graphs whose batch axis is free although they work for one row alone: they run row by row. Right values are those of
//! tests/faults/baked-batch/right_values.py.

use std::fs;

use insta::assert_snapshot;
use kipos_tests::{Outcome, World, fault};

use super::columns;
use crate::table::Table;

/// A world with the genome, the variants and the directory `model` with this graph. The case has two tasks, all others
/// have one.
fn world(graph: &str) -> World {
    let world = World::new();
    let case = fault("baked-batch");
    let description = fs::read_to_string(case.join("model.yaml")).unwrap();
    let description = match graph {
        "model.onnx" => description,
        _ => description.replace("name: prob, shape: \"(2,)\"", "name: prob, shape: \"(1,)\""),
    };
    world.write("model/model.yaml", description);
    world.write("model/model.onnx", fs::read(case.join(graph)).unwrap());
    world.write("in.vcf", fs::read(case.join("in.vcf")).unwrap());
    world.write("g.fa", fs::read(fault("common").join("g.fa")).unwrap());
    world.write("two.bed", "chr1\t400\t600\nchr1\t600\t800\n");
    world
}

fn score(world: &World, more: &str) -> Outcome {
    world.run(&format!("score-variants model --vcf in.vcf --fasta g.fa -s diff -o out.tsv {more}"), &[])
}

/// The rows of scores, a column per task.
fn scores(world: &World, more: &str) -> Vec<Vec<f64>> {
    let outcome = score(world, more);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(!outcome.stderr.contains("onnxruntime") && !outcome.stderr.contains('\u{1b}'), "{outcome:?}");
    let table = Table::parse(&world.read("out.tsv"));
    let columns = table.scores().iter().map(|name| table.column(name));
    columns.map(|column| column.iter().map(|cell| cell.parse().unwrap()).collect()).collect()
}

#[test]
fn rows_are_run_one_by_one() {
    let right = [[2.42e-7, -1.861e-6, 1.94e-7], [3.5e-8, -1.684e-6, -7.8e-8]];
    for batch in [1, 3, 32] {
        let found = scores(&world("model.onnx"), &format!("--batch-size {batch}"));
        for (found, right) in found.iter().flatten().zip(right.iter().flatten()) {
            // The network gives float32 below 1, whose steps are 6e-8.
            assert!((found - right).abs() < 1.2e-7, "{found} instead of {right}, batches of {batch}");
        }
    }
}

#[test]
fn a_state_and_a_reshape_for_one_row_are_of_the_kind() {
    for (graph, right) in [("state.onnx", [-3.0, 1.0, 1.0]), ("flat.onnx", [-0.015, 0.005, 0.005])] {
        for batch in [1, 2, 32] {
            let found = scores(&world(graph), &format!("--batch-size {batch} --use-rc false"));
            assert_eq!(found.len(), 1);
            for (found, right) in found[0].iter().zip(right) {
                assert!((found - right).abs() < 1e-6, "{graph}: {found} instead of {right}, batches of {batch}");
            }
        }
    }
}

#[test]
fn a_graph_for_three_rows_is_refused_in_one_sentence() {
    let outcome = score(&world("three.onnx"), "--batch-size 32");
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert_snapshot!(outcome.stderr, @"error: plugin onnx: ONNX Runtime failed: Reshape: The input tensor cannot be reshaped to the requested shape. Input shape:{12,200,1}, requested shape:{3,200}");
}

#[test]
fn gradients_and_layers_are_taken_row_by_row() {
    let world = world("flat.onnx");
    let of = "model --fasta g.fa --intervals two.bed -o out.tsv";
    let outcome = world.run(&format!("gradient {of}"), &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let table = world.read("out.tsv");
    // The mean of 200 weights: each base counts as much as it weighs.
    for (base, weight) in [1.0, 2.0, 3.0, 4.0].into_iter().enumerate() {
        for position in [0, 99, 199] {
            let slopes = columns(&table, &format!("grads/{position}/{base}")).concat();
            assert_eq!(slopes.len(), 2);
            assert!(slopes.iter().all(|slope| (slope - weight / 200.0).abs() < 1e-8), "{slopes:?}");
        }
    }
    let layers = world.run("model layers model", &[]);
    assert_eq!(layers.code, 0, "{layers:?}");
    assert_snapshot!(layers.stdout, @r"
    index  name     node  scope  op          shape     gradient
    0      weights  -     -      MatMul      (200, 1)  yes
    1      prob     -     -      ReduceMean  (1,)      yes
    edits: evaluated by the backend, 200.0 times cheaper than whole rows
    ");
}
