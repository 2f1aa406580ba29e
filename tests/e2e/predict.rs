//! `kipos predict` and `kipos gradient`: what a loader gives, through a model, into files.

mod activations;
mod closed_form;
mod example;
mod files;
mod genomes;
mod golden;
mod gradients;
mod prepared;
mod refused;

use kipos_tests::{Outcome, World};

use crate::dna::{bases, fasta};
use crate::stub_model::StubModel;

/// Bases of the contig `chr1`.
const LENGTH: usize = 300;

fn contig() -> Vec<u8> {
    let mut contig = bases(LENGTH, 7);
    contig[40..44].copy_from_slice(b"NNRY");
    contig[60..80].make_ascii_lowercase();
    contig
}

/// A world with the stub model `model`, `genome.fa` and these intervals.
fn world(model: StubModel<'_>, intervals: &str) -> World {
    let world = World::new();
    model.write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", &contig())]));
    world.write("in.bed", intervals);
    world
}

const COMMAND: &str = "predict model --fasta genome.fa --intervals in.bed";

/// Runs the command, which must succeed.
fn predicted(world: &World, more: &[&str]) -> Outcome {
    let outcome = world.run(COMMAND, more);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    outcome
}

/// Lets the stub model show its layers, and adds more arguments for it.
fn show_layers(world: &World, more: &str) {
    let model = world.read("model/model.yaml");
    world.write("model/model.yaml", model.replacen("args: {", &format!("args: {{layers: true, {more}"), 1));
}

/// The columns of a table that start so, row by row, as numbers.
fn numbers(world: &World, name: &str, columns: &str) -> Vec<Vec<f32>> {
    let rows = table(world, name);
    let places: Vec<usize> = (0..rows[0].len()).filter(|&place| rows[0][place].starts_with(columns)).collect();
    rows[1..].iter().map(|row| places.iter().map(|&place| row[place].parse().unwrap()).collect()).collect()
}

/// The rows of a table, with its header.
fn table(world: &World, name: &str) -> Vec<Vec<String>> {
    let text = world.read(name);
    assert!(text.ends_with('\n'), "{text}");
    text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

fn reverse_complement(letters: &[u8]) -> Vec<u8> {
    let complement = |letter: &u8| match letter {
        b'A' => b'T',
        b'C' => b'G',
        b'G' => b'C',
        b'T' => b'A',
        other => *other,
    };
    letters.iter().rev().map(complement).collect()
}

/// What the stub backend makes of a sequence: its task `task`, from 0.
fn stub(letters: &[u8], task: usize) -> f32 {
    let channel = |letter: u8| b"ACGT".iter().position(|base| *base == letter.to_ascii_uppercase());
    let value = |(position, &letter): (usize, &u8)| {
        let weights = match channel(letter) {
            Some(channel) => (channel + 1) as f64,
            None => 0.25 * 10.0,
        };
        weights * (position % 7 + 1) as f64
    };
    let sum: f64 = letters.iter().enumerate().map(value).sum();
    (sum * (task + 1) as f64 / 1000.0) as f32
}
