//! A graph of ONNX whose answer can be written down: the numbers of its letters, weighted 1 to 4, over the length.

use std::fs;

use kipos_tests::{World, project};

use crate::annotated::{assert_close, records};
use crate::case::vcf;
use crate::dna::{bases, fasta, snv};

/// A description of the graph with the loader's number type.
fn model(dtype: &str) -> String {
    format!(
        r#"type: onnx
args: {{file: channels_first.onnx}}
default_dataloader:
  defined_as: kipoiseq.dataloaders.SeqIntervalDl
  default_args: {{auto_resize_len: 16, alphabet_axis: 0, dtype: {dtype}}}
info: {{authors: [{{name: tests}}], doc: weighted letters}}
schema:
  inputs: {{name: seq, special_type: DNASeq, shape: "(4, 16)", doc: DNA, associated_metadata: ranges}}
  targets: {{name: y, shape: "(1,)", doc: weighted letters}}
"#
    )
}

#[test]
fn the_graphs_number_type_wins_over_the_loaders() {
    let contig = bases(100, 14);
    let weight = |letter: u8| b"ACGT".iter().position(|base| *base == letter).unwrap() as f64 + 1.0;
    for dtype in ["np.float32", "np.float64", "np.int64", "np.uint8"] {
        let world = World::new();
        world.write("model/model.yaml", model(dtype));
        let graph = fs::read(project().join("tests/models/channels_first.onnx")).unwrap();
        world.write("model/channels_first.onnx", graph);
        world.write("genome.fa", fasta(&[("chr1", &contig)]));
        world.write("in.vcf", vcf("", &[30, 50, 60].map(|pos| snv("chr1", &contig, pos, 3)).concat()));
        let command = "score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf --scores ref diff";
        let outcome = world.run(command, &[]);
        assert_eq!(outcome.code, 0, "{dtype}: {outcome:?}");
        for record in records(&world.read("out.vcf")) {
            // The variant is base 8 of 16.
            let window = &contig[record.pos() - 8..record.pos() + 8];
            let sum: f64 = window.iter().map(|letter| weight(*letter)).sum();
            let own = weight(record.column(3).as_bytes()[0]);
            for (index, alternate) in record.alternates().iter().enumerate() {
                let expected = (weight(alternate.as_bytes()[0]) - own) / 16.0;
                assert_close(record.values("KV_model_DIFF")[index], expected, format_args!("{dtype}, diff"));
                assert_close(record.values("KV_model_REF")[index], sum / 16.0, format_args!("{dtype}, ref"));
            }
        }
    }
}
