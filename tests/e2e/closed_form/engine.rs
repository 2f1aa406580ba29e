//! Engines that take batches of one size only.

use kipos_tests::World;

use crate::annotated::{assert_close, records};
use crate::case::vcf;
use crate::dna::{bases, fasta, snv};
use crate::oracle::Oracle;
use crate::stub_model::StubModel;

#[test]
fn a_fixed_batch_is_filled_up_and_changes_nothing() {
    let contig = bases(200, 9);
    let outputs = [None, Some(1), Some(5), Some(64)].map(|fixed| {
        let world = World::new();
        StubModel { fixed, use_rc: true, ..StubModel::default() }.write(&world, "model");
        world.write("genome.fa", fasta(&[("chr1", &contig)]));
        // Seven alleles: no multiple of the batch.
        let variants = [40, 41, 42, 90, 91, 92, 93].map(|pos| snv("chr1", &contig, pos, 1));
        world.write("in.vcf", vcf("", &variants.concat()));
        let outcome = world.run("score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf", &[]);
        assert_eq!(outcome.code, 0, "{fixed:?}: {outcome:?}");
        world.read("out.vcf")
    });
    for output in &outputs[1..] {
        assert_eq!(output, &outputs[0]);
    }
    let oracle = Oracle { merging: Some("mean"), ..Oracle::new(&contig) };
    for record in records(&outputs[0]) {
        let expected = oracle.diff(record.pos(), record.column(3).as_bytes(), record.column(4).as_bytes());
        assert_close(record.values("KV_model_DIFF")[0], expected, record.place());
    }
}
