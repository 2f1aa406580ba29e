//! Which variants are scored, in the native spelling.

use std::path::PathBuf;

use clap::Args;

use super::headings::INPUT;
use kipos::{NamedVariant, RegionList, VariantInput};

/// The variants, and which of them.
#[derive(Debug, Args)]
#[command(next_help_heading = INPUT)]
pub struct VariantArgs {
    /// The variants: VCF, plain or bgzipped, or BCF; `-` is standard input
    #[arg(long, value_name = "FILE", required_unless_present = "variant", conflicts_with = "variant")]
    pub vcf: Option<PathBuf>,
    /// A variant such as chr1:100:A:T or chr1:100:A>T, instead of --vcf; may be repeated
    #[arg(long, value_name = "CHROM:POS:REF:ALT")]
    pub variant: Vec<NamedVariant>,
    /// Score and write only records whose POS is in chr, chr:pos, chr:start- or chr:start-end (1-based, inclusive; 1,000
    /// is a number, {chr:1} a name), as bcftools with `--regions-overlap pos`; several separated by commas or repeated.
    /// An index (.csi, .tbi) beside the VCF is used
    #[arg(short, long, value_name = "REGION", conflicts_with = "variant")]
    pub regions: Vec<RegionList>,
    /// The same for the intervals of a BED file, plain or bgzipped
    #[arg(short = 'R', long, alias = "regions_file", value_name = "BED", conflicts_with = "variant")]
    pub regions_file: Option<PathBuf>,
    /// Score and write only the records of a shard: those that start in the stretches of a BED file of `kipos shard plan`,
    /// also on contigs that the genome does not have
    #[arg(long, value_name = "BED", conflicts_with_all = ["variant", "regions", "regions_file"])]
    pub shard: Option<PathBuf>,
    /// Move each insertion and deletion to the leftmost place where it makes the same sequence before it is scored, as
    /// `bcftools norm -m-` does, so that its scores do not depend on how it is spelled; records are written unchanged
    #[arg(long)]
    pub normalize: bool,
    /// Move by so many bases at most
    #[arg(long, default_value_t = 10_000, value_name = "BASES", requires = "normalize")]
    pub max_shift: u64,
}

impl VariantArgs {
    /// How far alleles may be moved, if they may.
    pub fn shift(&self) -> Option<u64> {
        self.normalize.then_some(self.max_shift)
    }

    /// Where the variants come from.
    pub fn input(&self) -> VariantInput {
        match &self.vcf {
            Some(path) if path.as_os_str() == "-" => VariantInput::Stdin,
            Some(path) => VariantInput::File(path.clone()),
            None => VariantInput::Named(self.variant.clone()),
        }
    }
}
