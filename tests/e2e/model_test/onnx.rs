//! Graphs of every number type, whose answers can be written down.

use std::fs;

use kipos_tests::{Outcome, World, project};

use crate::dna::{bases, fasta};

/// Ends of intervals of 12 bases.
const ENDS: [usize; 4] = [30, 47, 60, 99];

/// Runs `model test` for a graph of `tests/models` with the input `seq` (L, 4) and the output `y`.
fn test(graph: &str, contig: &[u8], expected: &str) -> Outcome {
    let world = World::new();
    let model = format!(
        "type: onnx\nargs: {{file: {graph}}}\ninfo: {{doc: weighted letters}}\nschema:\n  inputs: {{name: seq, \
         special_type: DNASeq, shape: \"(None, 4)\"}}\n  targets: {{name: y, shape: ()}}\ntest: {{expect: y.tsv}}\n"
    );
    world.write("model/model.yaml", model);
    world.write(
        "model/dataloader.yaml",
        "defined_as: kipoiseq.dataloaders.SeqIntervalDl\nargs:\n  fasta_file: {example: genome.fa}\n  intervals_file: \
         {example: in.bed}\n",
    );
    world.write("model/y.tsv", expected);
    world.write("model/genome.fa", fasta(&[("chr1", contig)]));
    world.write("model/in.bed", ENDS.map(|end| format!("chr1\t{}\t{end}\n", end - 12)).concat());
    world.write(&format!("model/{graph}"), fs::read(project().join("tests/models").join(graph)).unwrap());
    world.run("model test model", &[])
}

#[test]
fn graphs_of_64_bits_read_what_the_loader_encodes() {
    let mut contig = bases(120, 5);
    contig[50] = b'N';
    // An N is 0.25 in each channel, which no integer can hold.
    for (graph, n) in [("letters_f64.onnx", 2.5), ("letters_i64.onnx", 0.0)] {
        let weight = |letter: &u8| b"ACGT".iter().position(|base| base == letter).map_or(n, |base| base as f64 + 1.0);
        let sums = ENDS.map(|end| contig[end - 12..end].iter().map(weight).sum::<f64>());
        let table = sums.iter().fold("preds\n".to_owned(), |table, sum| format!("{table}{sum}\n"));
        let outcome = test(graph, &contig, &table);
        assert_eq!(outcome.code, 0, "{graph}: {outcome:?}");
        assert!(outcome.stdout.contains("\n✓ expect      4 values for the examples "), "{outcome:?}");
    }
}

#[test]
fn a_graph_that_mixes_samples_is_found_out() {
    let outcome = test("mixed_batch.onnx", &bases(120, 5), "preds\n0.25\n0.25\n0.25\n0.25\n");
    assert_eq!(outcome.code, 1, "{outcome:?}");
    let failed = outcome.stdout.lines().find(|line| line.starts_with('✗')).unwrap();
    insta::assert_snapshot!(failed, @"✗ schema      model: its answer for a sample depends on the other samples of the batch: Softmax (node `y`) works along the axis of the rows; export the model in eval mode, without operations across samples");
}
