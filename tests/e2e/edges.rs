//! Ends of contigs, letters that are no base, REFs that are not the genome's, and alleles without a score.

mod contig_ends;
mod letters;
mod no_records;
mod reference_mismatch;
mod skip_reasons;

use kipos_tests::World;

use crate::annotated::{Record, assert_close};
use crate::case::vcf;
use crate::dna::fasta;
use crate::oracle::Oracle;
use crate::stub_model::StubModel;

/// A model that counts both strands, one contig, and records on it.
fn world(contig: &[u8], variants: &str) -> World {
    let world = World::new();
    StubModel { use_rc: true, ..StubModel::default() }.write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", contig)]));
    world.write("in.vcf", vcf("", variants));
    world
}

/// The scores `ref` and `alt` of every ALT of a record are those of the oracle.
fn assert_both_alleles(record: &Record, oracle: &Oracle<'_>) {
    for score in ["ref", "alt"] {
        let found = record.values(&format!("KV_model_{}", score.to_uppercase()));
        for (alternate, found) in record.alternates().iter().zip(found) {
            let (reference, alternate) = (record.column(3).as_bytes(), alternate.as_bytes());
            let expected = oracle.score(score, 0, record.pos(), reference, alternate);
            assert_close(found, expected, format_args!("{score} at {}", record.place()));
        }
    }
}
