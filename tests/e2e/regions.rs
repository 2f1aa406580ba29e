//! Windows that come from regions: moved into those of a BED file, or the loader's own intervals.

mod ends;
mod library;
mod overlap;
mod refused;
mod restricted;

use kipos_tests::World;

use crate::annotated::{Record, records};
use crate::case::vcf;
use crate::dna::{bases, fasta};
use crate::stub_model::StubModel;
use crate::summary::Summary;
use crate::table::Table;

/// Bases of the contig of [`Regions`].
const LENGTH: usize = 300;

/// A model of windows of 20 bases, one contig, regions and variants.
struct Regions {
    world: World,
    contig: Vec<u8>,
}

impl Regions {
    fn new(bed: &str, variants: &[String]) -> Self {
        let regions = Self { world: World::new(), contig: bases(LENGTH, 71) };
        StubModel::default().write(&regions.world, "model");
        regions.world.write("genome.fa", fasta(&[("chr1", &regions.contig)]));
        regions.world.write("regions.bed", bed);
        regions.world.write("in.vcf", vcf("", &variants.concat()));
        regions
    }

    /// Runs the native command with more flags: its VCF, its table and its summary.
    fn scored(&self, flags: &str) -> (Vec<Record>, Table, Summary) {
        let command =
            format!("score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf -o out.tsv --digits 9 {flags}");
        let summary = Summary::of(&self.world.run(&command, &[]));
        (records(&self.world.read("out.vcf")), Table::parse(&self.world.read("out.tsv")), summary)
    }
}

/// The genome of [`Regions`], for its variants.
fn contig() -> Vec<u8> {
    bases(LENGTH, 71)
}

/// The number in a cell.
fn number(cell: &str) -> f64 {
    cell.parse().unwrap()
}
