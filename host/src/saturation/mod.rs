//! Saturation: the scores of all SNVs of stretches of the genome, in the order of the genome.
//!
//! The line is that of scores of variants, from chunks on: bases of the genome become records of their SNVs, whose windows
//! are tiles that neighbours share, or windows of their own, and the files are those of scored variants.

mod bases;
mod error;
mod pace;
mod run;
mod source;
mod stretches;

use std::path::PathBuf;

pub use error::SaturateError;

use crate::genome::Region;
use crate::internal::caught;
use crate::pipeline::ScoreSummary;
use crate::plugin::PluginRegistry;
use crate::request::{ModelChoice, SampleChoice, ScoreChoice, WindowChoice};
use crate::run::Event;
use crate::samples::EdgeRule;
use crate::setup::Choices;
use crate::sink::{InfoLayout, Output};
use crate::stop::Stop;

/// A request to score all SNVs of stretches of the genome: three for each base that is A, C, G or T. Fill in what differs
/// from the defaults of [`Saturate::new`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Saturate {
    /// The model and its engine.
    pub model: ModelChoice,
    /// What the model is shown: windows of a genome. Prepared samples and intervals of the dataloader are refused.
    pub samples: SampleChoice,
    /// The windows: [`Tiled`](crate::RegionMode::Tiled) or [`Centered`](crate::RegionMode::Centered). Default: tiles half
    /// a window apart, if the dataloader takes windows anywhere.
    pub windows: WindowChoice,
    /// The scores.
    pub scores: ScoreChoice,
    /// Stretches of the genome. What several of them, or of the files, hold is scored once.
    pub regions: Vec<Region>,
    /// BED files of further stretches, plain or bgzipped. Default: none.
    pub regions_files: Vec<PathBuf>,
    /// Where the values of several tasks go in a VCF. Default: [`InfoLayout::Packed`].
    pub layout: InfoLayout,
    /// Significant digits of scores in text, 1 to 9. Default: 6.
    pub digits: u8,
    /// The model's name in INFO keys. Default: the name of its directory.
    pub model_name: Option<String>,
    /// Leave out rows without scores. Default: false.
    pub only_scored: bool,
    /// The run fails, and writes nothing, if there were bases and none was scored. Default: false, which is a warning.
    pub fail_if_empty: bool,
    /// The tables and VCFs to write.
    pub outputs: Vec<Output>,
    /// What asks the run to stop. Default: nobody.
    pub stop: Stop,
}

impl Saturate {
    /// A request with the defaults of its choices.
    pub fn new(model: impl Into<PathBuf>, regions: Vec<Region>, outputs: Vec<Output>) -> Self {
        Self {
            model: ModelChoice::new(model),
            samples: SampleChoice::new(EdgeRule::Skip),
            windows: WindowChoice::default(),
            scores: ScoreChoice::default(),
            regions,
            regions_files: Vec::new(),
            layout: InfoLayout::default(),
            digits: 6,
            model_name: None,
            only_scored: false,
            fail_if_empty: false,
            outputs,
            stop: Stop::new(),
        }
    }

    /// Runs the request. `observe` is told what happens meanwhile. Memory does not grow with the length of the stretches.
    ///
    /// # Errors
    /// Anything that stops the run; the outputs' names then hold what they held before.
    pub fn run(
        &self,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<ScoreSummary, SaturateError> {
        caught(|| run::into_files(self, registry, observe))?
    }

    fn choices(&self) -> Choices<'_> {
        let Self { model, samples, windows, scores, .. } = self;
        Choices { model, samples, windows, scores, graph: None }
    }
}
