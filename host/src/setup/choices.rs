//! The choices that scores of variants and mutation maps have in common, and the steps from them to a run.

use std::path::PathBuf;
use std::sync::Arc;

use super::{LoadedScoring, Opened, SampleFiles, SetupError};
use crate::description::ModelDir;
use crate::plugin::{PluginModel, PluginRegistry};
use crate::region::RegionMode;
use crate::request::{ModelChoice, SampleChoice, SamplesAs, ScoreChoice, WindowChoice};
use crate::run::{Event, loaded_inputs, model_inputs, refuse_inputs_as_outputs, warn};
use crate::sink::Output;
use crate::warning::WarningCode;

/// The model, samples, windows and scores of a request.
#[derive(Clone, Copy)]
pub(crate) struct Choices<'a> {
    pub(crate) model: &'a ModelChoice,
    pub(crate) samples: &'a SampleChoice,
    pub(crate) windows: &'a WindowChoice,
    pub(crate) scores: &'a ScoreChoice,
    /// The model's graph, if it is loaded already.
    pub(crate) graph: Option<&'a Arc<PluginModel>>,
}

/// What the descriptions say of a run; no file of its samples is open yet.
pub(crate) struct Described {
    pub(crate) directory: ModelDir,
    pub(crate) mode: RegionMode,
    pub(crate) files: SampleFiles,
}

impl Choices<'_> {
    /// Checks each choice.
    fn validate(&self) -> Result<(), SetupError> {
        self.model.validate()?;
        self.samples.validate(SamplesAs::Alleles)?;
        self.windows.validate(self.samples.batch_file.as_deref())?;
        Ok(self.scores.validate()?)
    }

    /// Reads the descriptions and checks the choices. `inputs` are further files that the run reads; none of them, of
    /// those of the choices nor of the plugins may be among the `outputs`.
    ///
    /// # Errors
    /// Choices that contradict each other or the descriptions, or an output that is an input.
    pub(crate) fn describe(
        &self,
        outputs: &[Output],
        mut inputs: Vec<PathBuf>,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<Described, SetupError> {
        let directory = self.model.open()?;
        warn(observe, WarningCode::Description, directory.warnings());
        self.validate()?;
        let files = SampleFiles::of(self.samples, &directory)?;
        let mode = match files {
            SampleFiles::Genome(_) => self.windows.mode(&directory)?,
            SampleFiles::Prepared(_) => RegionMode::Overlap,
        };
        if mode != RegionMode::Overlap && self.samples.loader_args.iter().any(|(name, _)| name == "intervals_file") {
            let unused = "the dataloader's intervals are not used: windows are placed around variants; to score \
                          variants in these intervals, give --windows overlap";
            warn(observe, WarningCode::IntervalsNotUsed, &[unused]);
        }
        inputs.extend(self.samples.contig_map.clone());
        inputs.extend(self.windows.restriction_bed.clone());
        inputs.extend(model_inputs(&directory, registry));
        inputs.extend(files.paths());
        refuse_inputs_as_outputs(outputs, &inputs)?;
        Ok(Described { directory, mode, files })
    }

    /// Loads the model and chooses tasks, scores and strands. None of the files that it was loaded from may be among the
    /// `outputs`.
    ///
    /// # Errors
    /// A model that cannot be loaded or does not fit its description and samples, scores that it does not have, or an
    /// output that is an input.
    pub(crate) fn load(
        &self,
        outputs: &[Output],
        opened: &Opened,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<LoadedScoring, SetupError> {
        let loaded = LoadedScoring::load(self, opened, registry, observe)?;
        refuse_inputs_as_outputs(outputs, &loaded_inputs(loaded.model.plugin()))?;
        Ok(loaded)
    }
}
