//! The reference network as TorchScript.

use std::fs;
use std::path::PathBuf;

use kipos_tests::golden::GRADIENTS;
use kipos_tests::{World, numpy, reference};
use kipos_torch_tests::run;

/// An array of golden results, as float64.
fn array(archive: &[u8], name: &str) -> Vec<f64> {
    numpy::array(archive, name).into_iter().map(f64::from).collect()
}

fn world() -> (World, PathBuf) {
    let golden = reference();
    let world = World::new();
    for name in ["tiny/model.pt", "genome.fa", "tiles_200_6.bed"] {
        world.write(name, fs::read(golden.join(name)).unwrap());
    }
    let description = fs::read_to_string(golden.join("tiny/model.yaml")).unwrap();
    world
        .write("tiny/model.yaml", description.replace("type: onnx", "type: pytorch").replace("model.onnx", "model.pt"));
    (world, golden)
}

/// The columns of the table that a command writes whose names begin so, row by row.
fn written(world: &World, args: &str, prefix: &str) -> Vec<f64> {
    let outcome = run(world, &format!("{args} --fasta genome.fa --intervals tiles_200_6.bed -o out.tsv"));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let table = world.read("out.tsv");
    let mut lines = table.lines();
    let chosen: Vec<bool> = lines.next().unwrap().split('\t').map(|name| name.starts_with(prefix)).collect();
    let cells = lines.flat_map(|line| line.split('\t').zip(&chosen).filter(|(_, chosen)| **chosen));
    cells.map(|(cell, _)| cell.parse().unwrap()).collect()
}

/// Up to `relative` of the largest element.
fn assert_close(found: &[f64], expected: &[f64], relative: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let largest = expected.iter().fold(0f64, |largest, element| largest.max(element.abs()));
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= relative * largest, "{what}: {found} instead of {expected}");
    }
}

#[test]
fn predictions_and_values_of_layers_are_the_golden_ones() {
    let (world, golden) = world();
    let gradients = fs::read(golden.join("tiny/gradients.npz")).unwrap();
    assert_close(&written(&world, "predict tiny", "preds"), &array(&gradients, "preds"), 1e-6, "predictions");
    let pool = array(&fs::read(golden.join("tiny/activation_pool1.npz")).unwrap(), "pool1");
    assert_close(&written(&world, "predict tiny --layer pool1", "preds"), &pool, 1e-6, "pool1");
}

#[test]
fn gradients_are_the_golden_ones() {
    let (world, golden) = world();
    let archive = fs::read(golden.join("tiny/gradients.npz")).unwrap();
    for (name, options, sign) in GRADIENTS {
        let found = written(&world, &format!("gradient tiny {options}"), "grads");
        let expected: Vec<f64> = array(&archive, name).iter().map(|element| f64::from(sign) * element).collect();
        assert_close(&found, &expected, 1e-5, name);
    }
}
