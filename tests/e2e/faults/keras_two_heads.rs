//! Outputs of one shape whose names are not those of the description: bound as declared or by name, or not at all.
//! Right values are those of tests/faults/keras-two-heads/right_values.py.

use std::fs;

use insta::assert_snapshot;
use kipos_tests::{Outcome, World, fault};

use super::columns;

/// How many A, C, G and T the interval has.
const COUNTS: [f64; 4] = [56.0, 43.0, 54.0, 47.0];

/// A world with the genome, the interval and the directory `model` with this graph and description.
fn world(graph: &str, args: &str, targets: &str) -> World {
    let world = World::new();
    let case = fault("keras-two-heads");
    let description = fs::read_to_string(case.join("model.yaml")).unwrap();
    let (head, _) = description.split_once("  targets:").unwrap();
    let head = head.replace("{file: model.onnx}", args);
    world.write("model/model.yaml", format!("{head}  targets:\n{targets}"));
    world.write("model/model.onnx", fs::read(case.join(graph)).unwrap());
    world.write("g.fa", fs::read(fault("common").join("g.fa")).unwrap());
    world.write("one.bed", fs::read(case.join("one.bed")).unwrap());
    world
}

const HEADS: &str = "    - {name: zeta, shape: \"(2,)\"}\n    - {name: alpha, shape: \"(2,)\"}\n";

fn predict(world: &World) -> Outcome {
    world.run("predict model --fasta g.fa --intervals one.bed -o out.tsv", &[])
}

/// The only row of the columns that begin so.
fn row(world: &World, prefix: &str) -> Vec<f64> {
    let outcome = predict(world);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let columns = columns(&world.read("out.tsv"), prefix);
    assert!(columns.iter().all(|column| column.len() == 1), "{columns:?}");
    columns.concat()
}

fn assert_close(found: &[f64], right: &[f64]) {
    assert_eq!(found.len(), right.len(), "{found:?}");
    for (found, right) in found.iter().zip(right) {
        assert!((found - right).abs() < 2e-7, "{found} instead of {right}");
    }
}

fn refusal(world: &World) -> String {
    let outcome = predict(world);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (1, ""), "{outcome:?}");
    assert!(!world.path("out.tsv").exists());
    outcome.stderr
}

#[test]
fn heads_that_only_their_order_tells_apart_are_refused() {
    assert_snapshot!(refusal(&world("model.onnx", "{file: model.onnx}", HEADS)), @"error: plugin onnx: neither names nor shapes tell which output of the graph is which: it has `Identity:0` (2) of node model/alpha/Tanh, `Identity_1:0` (2) of node model/zeta/Sigmoid, and model.yaml describes zeta, alpha; say by the graph's names which is which, in this order: `args: {outputs: [NAME OF zeta, NAME OF alpha]}`, or export the model with these names (of a Keras model, tf2onnx.convert.from_keras keeps them)");
    // A map is no better.
    let map = "    zeta: {shape: \"(2,)\"}\n    alpha: {shape: \"(2,)\"}\n";
    let message = refusal(&world("model.onnx", "{file: model.onnx}", map));
    assert!(message.contains("`args: {outputs: [NAME OF zeta, NAME OF alpha]}`"), "{message}");
}

#[test]
fn declared_heads_have_the_values_of_the_keras_model() {
    let declared = [
        "{file: model.onnx, outputs: [\"Identity_1:0\", Identity]}",
        "{file: model.onnx, outputs: {alpha: \"Identity:0\", zeta: Identity_1}}",
    ];
    for args in declared {
        let world = world("model.onnx", args, HEADS);
        assert_close(&row(&world, "preds/zeta"), &[0.43963143, 0.39934877]);
        assert_close(&row(&world, "preds/alpha"), &[-0.45235938, 0.27383807]);
    }
    let world = world("model.onnx", declared[0], HEADS);
    let info = world.run("model info model", &[]).stdout;
    let bound: Vec<&str> = info.lines().filter(|line| line.starts_with("  bound")).map(str::trim).collect();
    assert_snapshot!(bound.join("\n"), @r"
    bound   by name: `seq:0` of the graph
    bound   as declared by args.outputs: `Identity_1:0` of the graph
    bound   as declared by args.outputs: `Identity:0` of the graph
    ");
    let tested = world.run("model test model --fasta g.fa --intervals one.bed", &[]);
    assert_eq!(tested.code, 0, "{tested:?}");
    let schema: Vec<&str> = tested.stdout.lines().skip_while(|line| !line.contains("schema")).collect();
    assert_snapshot!(schema[..4].iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n"), @r"
    ✓ schema      1 input and 2 outputs as in the graph, any number of samples per call
    input `seq` by name: `seq:0` of the graph
    output `zeta` as declared by args.outputs: `Identity_1:0` of the graph
    output `alpha` as declared by args.outputs: `Identity:0` of the graph
    ");
}

#[test]
fn names_that_differ_by_what_exporters_add_are_names() {
    let targets = "    - {name: neg, shape: \"(1,)\"}\n    - {name: Pos, shape: \"(1,)\"}\n";
    let world = world("scoped.onnx", "{file: model.onnx}", targets);
    assert_close(&row(&world, "preds/neg"), &[COUNTS[2] + COUNTS[3]]);
    assert_close(&row(&world, "preds/Pos"), &[COUNTS[0] + COUNTS[1]]);
    let json: serde_json::Value = serde_json::from_str(&world.run("model info model --json", &[]).stdout).unwrap();
    assert_eq!(json["outputs"][0]["bound"], "by name: `neg:0` of the graph");
    assert_eq!(json["outputs"][1]["graph_name"], "pos:0");
}

#[test]
fn shapes_that_allow_one_order_only_bind_by_position() {
    let targets = "    - {name: first, shape: \"(1,)\"}\n    - {name: second, shape: \"(2,)\"}\n";
    let world = world("widths.onnx", "{file: model.onnx}", targets);
    assert_close(&row(&world, "preds/first"), &COUNTS[..1]);
    assert_close(&row(&world, "preds/second"), &COUNTS[1..3]);
    let info = world.run("model info model", &[]).stdout;
    assert!(info.contains("\n  bound   by position: `Identity:0` of the graph\n"), "{info}");
    let turned = "    - {name: second, shape: \"(2,)\"}\n    - {name: first, shape: \"(1,)\"}\n";
    let message = refusal(&self::world("widths.onnx", "{file: model.onnx}", turned));
    assert!(
        message.contains("it has `Identity:0` (1), `Identity_1:0` (2), and model.yaml describes second, first;"),
        "{message}"
    );
}
