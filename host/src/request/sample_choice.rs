//! Where a model's samples come from.

use std::path::PathBuf;

use kipos_plugin_api::Value;

use super::ChoiceError;
use crate::genome::Region;
use crate::samples::{EdgeRule, Unused, UnusedWithBatchFile};

/// The samples of a model: what its dataloader makes of a genome, or what another program has prepared.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct SampleChoice {
    /// Arguments of the dataloader by name, over those of its description. Default: none.
    pub loader_args: Vec<(String, Value)>,
    /// Regions that are samples, instead of the dataloader's own intervals, read forward; variants and mutation maps do
    /// not use them. Default: none.
    pub regions: Vec<Region>,
    /// A file of prepared samples, as `kipoi preproc` writes it, instead of the dataloader. Default: none.
    pub batch_file: Option<PathBuf>,
    /// A file of two columns: contig names of the variants or intervals, and those of the genome. Names that it lacks
    /// are looked up as they are, and with or without `chr`. Default: none.
    pub contig_map: Option<PathBuf>,
    /// What happens to a window or interval that reaches beyond its contig. Default: [`EdgeRule::Skip`] for variants and
    /// mutation maps, [`EdgeRule::Error`] for intervals.
    pub edge: EdgeRule,
}

/// How samples are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SamplesAs {
    /// With variants in them.
    Alleles,
    /// As they are.
    Rows,
}

impl SampleChoice {
    /// The samples of the model's dataloader, with the defaults and this rule for the ends of contigs.
    pub fn new(edge: EdgeRule) -> Self {
        Self { edge, ..Self::default() }
    }

    /// Checks the choice by itself.
    ///
    /// # Errors
    /// Arguments that a batch file leaves no room for.
    pub(crate) fn validate(&self, samples: SamplesAs) -> Result<(), ChoiceError> {
        let Some(path) = &self.batch_file else { return Ok(()) };
        let unused = match samples {
            SamplesAs::Alleles if !self.loader_args.is_empty() => Unused::LoaderArgs,
            SamplesAs::Rows if !self.loader_args.is_empty() || self.contig_map.is_some() => {
                Unused::LoaderArgsAndContigs
            }
            SamplesAs::Rows if !self.regions.is_empty() => Unused::Regions,
            SamplesAs::Alleles | SamplesAs::Rows => return Ok(()),
        };
        Err(UnusedWithBatchFile::new(path, unused).into())
    }
}
