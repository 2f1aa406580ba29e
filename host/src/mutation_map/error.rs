//! Why mutation maps cannot be made.

use std::collections::BTreeMap;
use std::path::PathBuf;

use thiserror::Error;

use crate::genome::{IntervalError, RegionError, RegionOutside, SkipReason, VcfError};
use crate::internal::InternalError;
use crate::pipeline::PlanError;
use crate::plot::PlotError;
use crate::predict::PredictError;
use crate::run::ThreadError;
use crate::score::ScoreError;
use crate::setup::SetupError;
use crate::sink::SinkError;
use crate::stop::Stopped;

/// Why mutation maps cannot be made. Nothing new stands under the output's name then.
#[derive(Debug, Error)]
pub enum MutationMapError {
    /// The choices, the descriptions or the model.
    #[error(transparent)]
    Setup(Box<SetupError>),
    /// The VCF of the query.
    #[error(transparent)]
    Vcf(#[from] VcfError),
    /// The regions of the query.
    #[error(transparent)]
    Region(#[from] RegionError),
    /// A region of the query.
    #[error(transparent)]
    Interval(#[from] IntervalError),
    /// Reading the windows.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Predicting them.
    #[error(transparent)]
    Predict(#[from] PredictError),
    /// Scoring them.
    #[error(transparent)]
    Score(#[from] ScoreError),
    /// Writing their maps.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// Drawing the only one of them.
    #[error(transparent)]
    Plot(#[from] PlotError),
    /// A thread that cannot be started.
    #[error(transparent)]
    Thread(#[from] ThreadError),
    /// A fault of kipos.
    #[error(transparent)]
    Internal(#[from] InternalError),
    /// The run was asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// Nothing to map.
    #[error("no region given; name regions such as chr1:100-200, or a BED or VCF file of them")]
    NoRegions,
    /// A picture of several maps.
    #[error(
        "cannot write {}: a picture shows one map, and this run has {found}; choose {choose}, or write .h5 and draw it \
         with `kipos plot mutation-map`",
        path.display()
    )]
    SeveralMaps {
        /// The picture.
        path: PathBuf,
        /// What there are several of.
        found: String,
        /// What to choose, and how.
        choose: &'static str,
    },
    /// A picture of a run that mapped nothing.
    #[error("cannot write {}: there is no map to draw, as {}", path.display(), why_none(skipped))]
    NothingToDraw {
        /// The picture.
        path: PathBuf,
        /// Why there is none.
        skipped: BTreeMap<SkipReason, u64>,
    },
    /// A run that mapped nothing and had to.
    #[error("no window was mapped: {}", why_none(skipped))]
    NothingMapped {
        /// Why there is none.
        skipped: BTreeMap<SkipReason, u64>,
    },
    /// A region of which the genome has nothing.
    #[error(transparent)]
    OutsideContig(#[from] RegionOutside),
    /// A line of a BED file that names a region of which the genome has nothing.
    #[error("{}:{line}: {outside}", path.display())]
    LineOutsideContig {
        /// The BED file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// The region, and its contig.
        outside: RegionOutside,
    },
    /// Bases that are to be substituted, and that no window shows.
    #[error(
        "--mutate {stretch}: {} of {contig} {} in none of the windows; give --regions that hold the whole stretch, in \
         which windows are placed side by side",
        bases(*first, *last), if first == last { "is" } else { "are" }
    )]
    MutateOutside {
        /// The stretch, as it was typed.
        stretch: String,
        /// Its contig.
        contig: String,
        /// The first of the bases, 1-based.
        first: i64,
        /// The last of them, 1-based.
        last: i64,
    },
    /// Windows of variants were asked for, and there are no variants.
    #[error(
        "--restriction-bed applies to variants only, but windows of regions are fixed; give variants with \
         --regions-file FILE.vcf, or leave it out"
    )]
    RestrictedRegions,
    /// A file of regions in no known format.
    #[error("unsupported regions file {} (expected .bed, .bed.gz, .vcf, .vcf.gz, .vcf.bgz or .bcf)", path.display())]
    UnknownRegions {
        /// The file.
        path: PathBuf,
    },
}

impl From<SetupError> for MutationMapError {
    fn from(error: SetupError) -> Self {
        Self::Setup(Box::new(error))
    }
}

/// `base 7` or `bases 7-9`.
fn bases(first: i64, last: i64) -> String {
    if first == last { format!("base {first}") } else { format!("bases {first}-{last}") }
}

/// Why there is no window.
fn why_none(skipped: &BTreeMap<SkipReason, u64>) -> String {
    if skipped.is_empty() {
        return "the query has no window".to_owned();
    }
    let reasons: Vec<_> = skipped.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    format!("all windows were skipped ({})", reasons.join(", "))
}
