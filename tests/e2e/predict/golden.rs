//! The inputs and predictions of the reference implementation.

use std::fs;
use std::path::PathBuf;

use kipos_tests::golden::GRADIENTS;
use kipos_tests::numpy::array;
use kipos_tests::{World, reference};

use crate::annotated::assert_close;

/// The golden model with its genome and intervals.
fn world() -> (World, PathBuf) {
    let golden = reference();
    let world = World::new();
    for name in ["tiny/model.yaml", "tiny/model.onnx", "genome.fa", "tiles_200_6.bed"] {
        world.write(name, fs::read(golden.join(name)).unwrap());
    }
    (world, golden)
}

/// An array of what a command writes about the golden intervals.
fn written(world: &World, command: &str, name: &str) -> Vec<f32> {
    let outcome = world.run(&format!("{command} --fasta genome.fa --intervals tiles_200_6.bed -o out.h5"), &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    hdf5::File::open(world.path("out.h5")).unwrap().dataset(name).unwrap().read_raw().unwrap()
}

#[test]
fn layers_of_the_golden_model_have_the_golden_values() {
    let (world, golden) = world();
    let expected = array(&fs::read(golden.join("tiny/activation_pool1.npz")).unwrap(), "pool1");
    let found = written(&world, "predict tiny --layer pool1", "preds");
    assert_eq!(found.len(), expected.len());
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert_close((*found).into(), expected.into(), format_args!("value {index}"));
    }
}

#[test]
fn gradients_of_the_golden_model_are_the_golden_ones() {
    let (world, golden) = world();
    let archive = fs::read(golden.join("tiny/gradients.npz")).unwrap();
    for (name, options, sign) in GRADIENTS {
        let found = written(&world, &format!("gradient tiny {options}"), "grads");
        let expected: Vec<f32> = array(&archive, name).iter().map(|element| sign * element).collect();
        assert_eq!(found.len(), expected.len(), "{name}");
        let largest = expected.iter().fold(0f32, |largest, element| largest.max(element.abs()));
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() <= 1e-5 * largest, "{name}: {found} instead of {expected}");
        }
    }
}

#[test]
fn tiles_of_the_golden_genome_give_the_golden_predictions() {
    let (world, golden) = world();
    let outcome = world.run("predict tiny --fasta genome.fa --intervals tiles_200_6.bed -k -o out.h5", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let file = hdf5::File::open(world.path("out.h5")).unwrap();
    let archive = fs::read(golden.join("tiny/gradients.npz")).unwrap();
    assert_eq!(file.dataset("inputs").unwrap().read_raw::<f32>().unwrap(), array(&archive, "inputs"));
    let (found, expected) = (file.dataset("preds").unwrap().read_raw::<f32>().unwrap(), array(&archive, "preds"));
    assert_eq!((found.len(), expected.len()), (30, 30));
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert_close((*found).into(), expected.into(), format_args!("value {index}"));
    }
}
