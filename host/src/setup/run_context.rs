//! What a run of scores reads.

use std::path::PathBuf;

use crate::genome::ContigMap;
use crate::region::RegionPlan;
use crate::samples::Samples;
use crate::sequence::SampleRows;
use crate::warning::Warning;

/// What a run reads besides its variants or regions: the same for scores of variants and for mutation maps.
pub(crate) struct RunContext {
    /// The contigs of the samples, and their names in variants and regions.
    pub(crate) contigs: ContigMap,
    /// What the model is shown.
    pub(crate) samples: Samples,
    /// Where the windows are.
    pub(crate) plan: RegionPlan,
    /// An empty block of the model's rows.
    pub(crate) prototype: SampleRows,
    /// The file that REF is compared with: the genome, or the prepared samples.
    pub(crate) reference: PathBuf,
    /// What the user should know before the run.
    pub(crate) warnings: Vec<Warning>,
}
