//! Why shards cannot be planned or merged.

use crate::genome::{RegionError, VcfError};
use crate::internal::InternalError;
use crate::run::OutputIsInput;
use crate::sink::{JoinError, SinkError};
use crate::stop::Stopped;
use std::{io, path::PathBuf};

/// Why shards cannot be planned or merged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShardError {
    /// Records that are not sorted.
    #[error(
        "{} is not sorted, so no stretches of the genome hold its records in their order: line {line} has {contig}:{pos} after \
         {before}; sort it with `bcftools sort -Oz -o sorted.vcf.gz {}` and give the sorted file to all shards",
        path.display(), kipos_plugin_api::shell_word(&path.to_string_lossy())
    )]
    Unsorted {
        /// The file.
        path: PathBuf,
        /// The line of the record that comes too late.
        line: u64,
        /// Its contig.
        contig: String,
        /// Its position.
        pos: u64,
        /// What it comes after.
        before: String,
    },
    /// A plan that is not of this directory, or was changed by hand.
    #[error("{}:{line}: no line of a plan of shards: {message}; make the plan again", path.display())]
    PlanLine {
        /// The plan.
        path: PathBuf,
        /// Line number, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A directory without a plan.
    #[error("{} has no shards.tsv; name a directory that `kipos shard plan` made, or the files to merge", directory.display())]
    NoPlan {
        /// The directory.
        directory: PathBuf,
    },
    /// Several plans.
    #[error("{} and {} are both plans; merge the shards of one run", first.display(), second.display())]
    SeveralPlans {
        /// One.
        first: PathBuf,
        /// Another.
        second: PathBuf,
    },
    /// A plan of other shards stands in the directory.
    #[error(
        "{} holds the plan of other shards; name another directory, or remove it with what its shards gave",
        directory.display()
    )]
    OtherPlan {
        /// The directory.
        directory: PathBuf,
    },
    /// Nothing to merge.
    #[error("nothing to merge into {}: no file named ends in {suffix}", output.display())]
    NothingToMerge {
        /// The output.
        output: PathBuf,
        /// How the files of shards would end.
        suffix: String,
    },
    /// No file of a shard.
    #[error("shard {shard} is missing: there is no {}; run that shard and merge again", path.display())]
    Missing {
        /// The shard.
        shard: String,
        /// The file that there should be.
        path: PathBuf,
    },
    /// Two files of a shard.
    #[error("shard {shard} is there twice: {} and {}; name one of them", first.display(), second.display())]
    Doubled {
        /// The shard.
        shard: String,
        /// One file.
        first: PathBuf,
        /// Another.
        second: PathBuf,
    },
    /// A file of no shard.
    #[error("{} is of no shard of the plan {}; remove it, or leave it out", path.display(), plan.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The plan.
        plan: PathBuf,
    },
    /// Records of another shard.
    #[error(
        "{} has a record at {contig}:{pos}, which is not in the stretches of shard {shard}; was it made with --shard {}? \
         Remove it and run the shard again",
        path.display(), bed.display()
    )]
    Elsewhere {
        /// The file.
        path: PathBuf,
        /// The shard.
        shard: String,
        /// Its stretches.
        bed: PathBuf,
        /// The contig of the record.
        contig: String,
        /// Its position.
        pos: u64,
    },
    /// Another number of records than planned.
    #[error(
        "{} has {found} records, but the plan has {planned} for shard {shard}; remove it and run the shard again",
        path.display()
    )]
    Count {
        /// The file.
        path: PathBuf,
        /// The shard.
        shard: String,
        /// Records that there are.
        found: u64,
        /// Records that there should be.
        planned: u64,
    },
    /// Another number of records in all.
    #[error(
        "the shards of {} have {found} records together, but the plan has {planned}; was a shard made from another file, or \
         with --only-scored? Then merge with --any-count", output.display()
    )]
    Total {
        /// The output.
        output: PathBuf,
        /// Records that there are.
        found: u64,
        /// Records that there should be.
        planned: u64,
    },
    /// A file of a plan cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The directory of a plan cannot be made.
    #[error("cannot make the directory {}", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The variants.
    #[error(transparent)]
    Vcf(#[from] VcfError),
    /// Stretches of a shard, or intervals.
    #[error(transparent)]
    Region(#[from] RegionError),
    /// Files that cannot be joined.
    #[error(transparent)]
    Join(#[from] JoinError),
    /// An output that is an input.
    #[error(transparent)]
    OutputIsInput(#[from] OutputIsInput),
    /// An output.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// It was asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// A fault of kipos.
    #[error(transparent)]
    Internal(#[from] InternalError),
}
