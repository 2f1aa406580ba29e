//! The reference network kept beside the project, as TorchScript.

use std::fs;
use std::io::Read;
use std::path::PathBuf;

use flate2::read::DeflateDecoder;
use kipos_tests::{World, shared};
use kipos_torch_tests::run;

/// The 32-bit floats of an array in an archive of NumPy.
fn array(archive: &[u8], name: &str) -> Vec<f64> {
    let name = format!("{name}.npy");
    let is_header =
        |at: &usize| archive[*at..].starts_with(b"PK\x03\x04") && archive[at + 30..].starts_with(name.as_bytes());
    let header = (0..archive.len() - 30).find(is_header).unwrap_or_else(|| panic!("no {name}"));
    let length = |at: usize| usize::from(u16::from_le_bytes([archive[header + at], archive[header + at + 1]]));
    let mut bytes = Vec::new();
    DeflateDecoder::new(&archive[header + 30 + length(26) + length(28)..]).read_to_end(&mut bytes).unwrap();
    let description = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    bytes[10 + description..].as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes).into()).collect()
}

fn world() -> Option<(World, PathBuf)> {
    let golden = shared("golden")?;
    let world = World::new();
    for name in ["tiny/model.pt", "genome.fa", "tiles_200_6.bed"] {
        world.write(name, fs::read(golden.join(name)).unwrap());
    }
    let description = fs::read_to_string(golden.join("tiny/model.yaml")).unwrap();
    world
        .write("tiny/model.yaml", description.replace("type: onnx", "type: pytorch").replace("model.onnx", "model.pt"));
    Some((world, golden))
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
    let Some((world, golden)) = world() else { return };
    let gradients = fs::read(golden.join("tiny/gradients.npz")).unwrap();
    assert_close(&written(&world, "predict tiny", "preds"), &array(&gradients, "preds"), 1e-6, "predictions");
    let pool = array(&fs::read(golden.join("tiny/activation_pool1.npz")).unwrap(), "pool1");
    assert_close(&written(&world, "predict tiny --layer pool1", "preds"), &pool, 1e-6, "pool1");
}

#[test]
fn gradients_are_the_golden_ones() {
    let Some((world, golden)) = world() else { return };
    let archive = fs::read(golden.join("tiny/gradients.npz")).unwrap();
    for (name, options, sign) in [
        ("fc_sum", "--layer fc --reduce sum", 1.0),
        ("fc_filter2_sum", "--layer fc --reduce sum --filter 2", 1.0),
        // The reference differentiates the value of largest magnitude, kipos the magnitude itself: there all of these
        // values are negative.
        ("fc_absmax", "--layer fc --reduce absmax", -1.0),
        ("conv2_max", "--layer conv2 --reduce max", 1.0),
        ("sigmoid_sum", "--layer sigmoid --reduce sum", 1.0),
        ("sigmoid_sum", "--final-layer --reduce sum", 1.0),
    ] {
        let found = written(&world, &format!("gradient tiny {options}"), "grads");
        let expected: Vec<f64> = array(&archive, name).iter().map(|element| sign * element).collect();
        assert_close(&found, &expected, 1e-5, name);
    }
}
