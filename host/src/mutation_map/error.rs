//! Why mutation maps cannot be made.

use std::path::PathBuf;

use thiserror::Error;

use crate::pipeline::{PlanError, ScoreVariantsError};
use crate::run::ThreadPanicked;
use crate::sink::SinkError;

/// Why mutation maps cannot be made. Nothing new stands under the output's name then.
#[derive(Debug, Error)]
pub enum MutationMapError {
    /// What any run of a model may fail with.
    #[error(transparent)]
    Run(Box<ScoreVariantsError>),
    /// Nothing to map.
    #[error("no region given; name regions such as chr1:100-200, or a BED or VCF file of them")]
    NoRegions,
    /// A region of which the genome has nothing.
    #[error(
        "region `{region}` is outside {contig}, which has {length} bases; are the coordinates from another genome?"
    )]
    OutsideContig {
        /// The region.
        region: String,
        /// The contig's name.
        contig: String,
        /// Its length in bases.
        length: u64,
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

/// Errors of the steps are errors of the run.
macro_rules! of_the_run {
    ($($step:ty),*) => {$(
        impl From<$step> for MutationMapError {
            fn from(error: $step) -> Self {
                Self::Run(Box::new(error.into()))
            }
        }
    )*};
}

of_the_run!(
    ScoreVariantsError,
    PlanError,
    SinkError,
    ThreadPanicked,
    crate::genome::RegionError,
    crate::model::ModelError,
    crate::predict::PredictError,
    crate::readout::ReadoutError,
    crate::score::ScoreError
);
