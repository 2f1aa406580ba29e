//! VCFs without records.

use kipos_tests::World;

use crate::case::vcf;
use crate::dna::{bases, fasta};
use crate::stub_model::StubModel;
use crate::summary::Summary;

#[test]
fn a_header_alone_makes_a_header() {
    let world = World::new();
    StubModel::default().write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", &bases(60, 70))]));
    let header = vcf("##contig=<ID=chr1,length=60>\n", "");
    world.write("in.vcf", &header);
    let summary = Summary::of(&world.run("score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf", &[]));
    assert_eq!((summary.records, summary.alleles), (0, 0));
    let output = world.read("out.vcf");
    let ours = |line: &&str| line.starts_with("##INFO=<ID=KV_model_") || line.starts_with("##kipos");
    assert!(output.contains("##INFO=<ID=KV_model_DIFF,Number=A,Type=Float,"), "{output}");
    let others: String = output.lines().filter(|line| !ours(line)).flat_map(|line| [line, "\n"]).collect();
    assert_eq!(others, header);
}
