//! The model of a run, and what becomes of its predictions.

use super::length_trial::LengthTrial;
use super::prepare::Opened;
use super::{ScoreVariants, ScoreVariantsError};
use crate::description::unstated_strands;
use crate::model::{LoadedModel, ModelOptions};
use crate::plugin::PluginRegistry;
use crate::predict::{Passes, PredictError, Predictor};
use crate::readout::{Lengths, Readout, ReadoutRequest};
use crate::run::{Event, warn};
use crate::score::ScorerSet;

/// A model that is loaded, with the scores that were asked for.
pub(crate) struct LoadedScoring {
    pub(crate) model: LoadedModel,
    pub(crate) scorers: ScorerSet,
    readout: Readout,
    passes: Passes,
}

impl ScoreVariants {
    /// Loads the model and chooses tasks, scores and strands.
    pub(crate) fn load(
        &self,
        opened: &Opened,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<LoadedScoring, ScoreVariantsError> {
        let directory = &opened.directory;
        let options = ModelOptions { runtime: self.runtime, seq_input: &self.seq_input, use_rc: self.use_rc };
        let model = LoadedModel::load(directory, opened.loader(), registry, &options)?;
        let mut lengths = LengthTrial::new(&model, opened.loader());
        let wanted =
            ReadoutRequest { reductions: &self.reduce, position_axes: &self.position_axes, tasks: &self.tasks };
        let readout = Readout::new(directory.model(), model.outputs(), &wanted, &mut lengths)?;
        let window = lengths.window();
        let scorers = ScorerSet::select(registry, model.scoring_entries(), &self.scores, &readout)?;
        warn(observe, &registry.scorer_warnings());
        let passes = scorers.passes(model.use_rc());
        if passes.reference_rc || passes.alternate_rc {
            readout.check_reverse_complement()?;
            warn(observe, &readout.doubtful_on_both_strands(window));
            warn(observe, &unstated_strands(directory.model()));
        }
        Ok(LoadedScoring { model, scorers, readout, passes })
    }
}

impl LoadedScoring {
    /// What runs the model on edited rows, this many per call.
    pub(crate) fn predictor(&self, batch_size: usize) -> Result<Predictor<'_>, PredictError> {
        Predictor::new(self.model.plugin(), &self.readout, &self.model.inputs().rows, batch_size, self.passes)
    }
}
