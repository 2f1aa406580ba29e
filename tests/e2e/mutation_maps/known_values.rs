//! Maps whose values are known beforehand.

use std::fs;

use kipos_tests::{World, project};

use super::{integers, open, text, texts, values};
use crate::dna::{bases, fasta};

/// What a model that adds (4 p + b + 1) / 100 for base b at position p says of the changes of ACGTACGT, in hundredths, in
/// rows A, C, G, T.
const CHANGES: [[i8; 8]; 4] = [
    [0, -1, -2, -3, 0, -1, -2, -3],
    [1, 0, -1, -2, 1, 0, -1, -2],
    [2, 1, 0, -1, 2, 1, 0, -1],
    [3, 2, 1, 0, 3, 2, 1, 0],
];

const MODEL: &str = "\
type: onnx
args: {file: position_weights.onnx}
default_dataloader:
  defined_as: kipoiseq.dataloaders.SeqIntervalDl
  default_args: {auto_resize_len: 8}
info: {doc: a sum of weights}
schema:
  inputs: {name: seq, special_type: DNASeq, shape: \"(8, 4)\", doc: DNA}
  targets: {name: y, shape: (), column_labels: [y], doc: the sum}
";

/// A model of weights that depend on position and base, and a genome with ACGTACGT at chr1:100-108 (from 0).
fn world() -> World {
    let world = World::new();
    world.write("model/model.yaml", MODEL);
    let graph = project().join("tests/models/position_weights.onnx");
    world.write("model/position_weights.onnx", fs::read(graph).unwrap());
    let mut contig = bases(200, 5);
    contig[100..108].copy_from_slice(b"ACGTACGT");
    world.write("genome.fa", fasta(&[("chr1", &contig)]));
    world
}

#[test]
fn a_sum_of_weights() {
    let world = world();
    world.write(
        "q.vcf",
        "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n1\t104\trs8\tT\tA,C\t.\t.\t.\n",
    );
    for query in
        ["--regions chr1:101-108 --reference-cells zero -s diff ref", "-R q.vcf --reference-cells zero -s diff ref"]
    {
        let outcome = world.run(&format!("mutation-map model --fasta genome.fa -o maps.h5 {query}"), &[]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let file = open(&world, "maps.h5");
        assert_eq!(file.member_names().unwrap(), ["_list_0"]);
        let place = "_list_0/seq/diff/y";
        for (cell, found) in values(&file, place).into_iter().enumerate() {
            let expected = f32::from(CHANGES[cell / 8][cell % 8]) / 100.0;
            assert!((found - expected).abs() < 1e-6, "{cell}: {found} {expected}");
        }
        // The sequence itself has the sum 1.32, whatever is changed; where nothing is, 0 was asked for.
        for (cell, found) in values(&file, "_list_0/seq/ref/y").into_iter().enumerate() {
            let expected = if CHANGES[cell / 8][cell % 8] == 0 { 0.0 } else { 1.32 };
            assert!((found - expected).abs() < 1e-6, "{cell}: {found} {expected}");
        }
        assert_eq!(text(&file, &format!("{place}/ref_seq")), "ACGTACGT");
        assert_eq!(text(&file, &format!("{place}/metadata_region/chr")), "chr1");
        assert_eq!(text(&file, &format!("{place}/metadata_region/strand")), "*");
        let bounds = ["start", "end"].map(|name| integers(&file, &format!("{place}/metadata_region/{name}")));
        assert_eq!(bounds, [[100], [108]]);
        if query.starts_with("-R") {
            assert_eq!(integers(&file, &format!("{place}/ovlp_var/pos")), [104]);
            assert_eq!(integers(&file, &format!("{place}/ovlp_var/varpos_rel")), [3]);
            assert_eq!(texts(&file, &format!("{place}/ovlp_var/alt")), ["A", "C"]);
        }
    }
}
