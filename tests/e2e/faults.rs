//! Faults that kipos had once: each with the input that showed it, and with neighbours of that input.

mod byte_order_marks;
mod cut_records;
mod earlier_scores;
mod other_indexes;
mod unreadable_bcf;

use std::fs;

use kipos_tests::{World, fault, reference};

/// A world with the small model of the reference as `tiny`, the genome `g.fa`, and the input files of a fault.
fn with_tiny(name: &str) -> World {
    let world = World::new();
    for file in ["model.yaml", "model.onnx"] {
        world.write(&format!("tiny/{file}"), fs::read(reference().join("tiny").join(file)).unwrap());
    }
    world.write("g.fa", fs::read(fault("common").join("g.fa")).unwrap());
    for entry in fs::read_dir(fault(name)).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            world.write(entry.file_name().to_str().unwrap(), fs::read(entry.path()).unwrap());
        }
    }
    world
}
