//! Commands that once gave a wrong number, or none, without a word. Their inputs lie in `tests/faults`.

mod any_length;
mod baked_batch;
mod byte_order_marks;
mod contig_lengths;
mod cut_records;
mod dependent_rows;
mod domains;
mod earlier_scores;
mod failed_scores;
mod fourier;
mod indels_at_edges;
mod keras_two_heads;
mod other_indexes;
mod padding;
mod plugin_names;
mod plugin_output;
mod position_axis;
mod region_names;
mod right_values;
mod rna_and_ambiguous;
mod strand_heads;
mod unreadable_bcf;
mod whole_reference;
mod zero_gradients;

use std::fs;

use kipos_tests::{World, fault, reference};

/// The numbers of a table in the columns whose names begin so, column by column.
fn columns(table: &str, prefix: &str) -> Vec<Vec<f64>> {
    let mut rows = table.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let names = rows.next().unwrap();
    let wanted: Vec<usize> = (0..names.len()).filter(|&at| names[at].starts_with(prefix)).collect();
    assert!(!wanted.is_empty(), "no column {prefix} among {names:?}");
    let rows: Vec<Vec<&str>> = rows.collect();
    wanted.iter().map(|&at| rows.iter().map(|row| row[at].parse().unwrap()).collect()).collect()
}

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
