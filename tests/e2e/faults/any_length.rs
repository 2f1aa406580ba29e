//! `model layers` of models that take inputs of any length: which layers have gradients, and what their shapes are.

use std::fs;

use insta::assert_snapshot;
use kipos_tests::{Outcome, World, fault};

/// `kipos model layers` of a graph of the fault, with more arguments.
fn layers(graph: &str, more: &[&str]) -> Outcome {
    let world = World::new();
    let own = fault("layers-any-length");
    let description = fs::read_to_string(own.join("model.yaml")).unwrap();
    world.write("model/model.yaml", description.replace("from-700", graph));
    world.write(&format!("model/{graph}.onnx"), fs::read(own.join(format!("{graph}.onnx"))).unwrap());
    world.run("model layers model", more)
}

/// The columns of names, shapes and gradients.
fn table(graph: &str, more: &[&str]) -> String {
    let outcome = layers(graph, more);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{outcome:?}");
    let cells = |line: &str| {
        let cells: Vec<&str> = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
        format!("{}  {}  {}\n", cells[1], cells[5], cells[6])
    };
    // The last line is about edits.
    outcome.stdout.lines().filter(|line| !line.starts_with("edits: ")).map(cells).collect()
}

#[test]
fn a_length_that_works_is_found() {
    assert_snapshot!(table("from-700", &[]), @r"
    name  shape  gradient
    inner  (4, None)  yes
    mean  (4,)  yes
    prob  (1,)  yes
    ");
    assert_snapshot!(table("up-to-60", &[]), @r"
    name  shape  gradient
    inner  (None, 4)  yes
    mean  (4,)  yes
    prob  (1,)  yes
    ");
}

#[test]
fn where_none_is_found_the_listing_says_that_it_is_needed() {
    for graph in ["only-200", "hundreds"] {
        let outcome = layers(graph, &[]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert_eq!(
            outcome.stderr,
            "warning: shapes and gradients are unknown: the model takes inputs of any length, and none of the lengths \
             tried works; give --seq-length N\n"
        );
        let (table, edits) = outcome.stdout.trim_end().rsplit_once('\n').unwrap();
        assert!(table.lines().skip(1).all(|line| line.ends_with('?')) && edits.starts_with("edits: "), "{outcome:?}");
        let json: serde_json::Value = serde_json::from_str(&layers(graph, &["--json"]).stdout).unwrap();
        assert!(json.as_array().unwrap().iter().all(|layer| layer["gradient"].is_null()), "{json}");
    }
    assert_snapshot!(table("only-200", &["--seq-length", "200"]), @r"
    name  shape  gradient
    tanh  (200, 4)  yes
    prob  (1,)  yes
    ");
    assert_snapshot!(table("hundreds", &["--seq-length", "300"]), @r"
    name  shape  gradient
    inner  (3, 100, 4)  yes
    mean  (4,)  yes
    prob  (1,)  yes
    ");
}

#[test]
fn a_length_that_does_not_work_is_an_error() {
    let outcome = layers("only-200", &["--seq-length", "100"]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.stderr.starts_with("error: plugin onnx: a trial run failed: "), "{outcome:?}");
    let outcome = World::new().run("model layers --seq-length 100", &[fault("zero-gradients").to_str().unwrap()]);
    assert_snapshot!(outcome.stderr, @"error: every input of zero-gradients has a fixed length; leave out --seq-length");
}
