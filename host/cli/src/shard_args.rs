//! What may be typed to cut a run into shards and to merge them.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

use super::args::file_path;

/// Commands about shards.
#[derive(Debug, Subcommand)]
pub enum ShardCommand {
    /// Cut the variants or intervals of a run into shards: a BED file for each, and shards.tsv
    Plan(ShardPlanArgs),
    /// Merge the files that shards gave to those that the whole run would have written
    Merge(ShardMergeArgs),
}

/// `kipos shard plan`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["vcf", "intervals"]))]
#[command(group = ArgGroup::new("size").required(true).args(["shards", "records"]))]
pub struct ShardPlanArgs {
    /// The variants: VCF, plain or bgzipped, or BCF, sorted. Its index (.csi, .tbi) tells where to cut; without one, all of
    /// it is read once. Each BED file is for `score-variants --shard`
    #[arg(long, value_name = "FILE", value_parser = file_path())]
    pub vcf: Option<PathBuf>,
    /// Intervals instead of variants: a BED file, plain or bgzipped. Each shard has a BED file of some of them, which stands
    /// for the whole one
    #[arg(long, value_name = "BED", value_parser = file_path())]
    pub intervals: Option<PathBuf>,
    /// So many shards
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub shards: Option<u32>,
    /// Shards of about so many records or intervals
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub records: Option<u64>,
    /// Directory of the plan, made if there is none; one that holds this very plan stays as it is
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// Records or intervals that a job does per second, as the summary of a run tells: prints how long shards will take
    #[arg(long, value_name = "N")]
    pub rate: Option<f64>,
}

/// `kipos shard merge`.
#[derive(Debug, Args)]
pub struct ShardMergeArgs {
    /// The directory of a plan, where the files of shards are called by their names, such as 0007.vcf.gz; or those files,
    /// beside a plan in any order, else in the order of the run
    #[arg(required = true, value_name = "DIR|FILE")]
    pub inputs: Vec<PathBuf>,
    /// Write this file of those that end as it does: .vcf, .tsv, .bed, .bedgraph (also with .gz), .bcf or .parquet;
    /// may be repeated
    #[arg(short, long, required = true, value_name = "FILE", value_parser = file_path())]
    pub output: Vec<PathBuf>,
    /// Accept another number of records than planned, as --only-scored and --multi-region records give
    #[arg(long)]
    pub any_count: bool,
}
