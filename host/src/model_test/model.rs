//! The model that is tested.

use kipos_plugin_api::OutputSpecs;

use super::ModelTestError;
use crate::description::ModelDir;
use crate::model::{Loader, ModelArrays};
use crate::plugin::{PluginModel, PluginRegistry};
use crate::prediction::{OpenedGenome, Predict, PredictionRun, ReadyModel};
use crate::provenance::{MEMBERS, Provenance};
use crate::sink::PredictionRows;

/// A model that is loaded and fits its description.
pub(super) struct Model<'a> {
    pub(super) directory: &'a ModelDir,
    pub(super) graph: &'a PluginModel,
    pub(super) registry: &'a PluginRegistry,
    pub(super) outputs: OutputSpecs,
}

impl Model<'_> {
    pub(super) fn arrays(&self, loader: Loader<'_>) -> Result<ModelArrays, ModelTestError> {
        Ok(ModelArrays::check(self.directory, &[], loader, self.graph.signature())?)
    }

    /// Predicts the samples of a request, into its outputs too.
    pub(super) fn predict(&self, request: &Predict) -> Result<PredictionRows, ModelTestError> {
        let run = request.in_full();
        // The only output is the expectation, which replaces no file.
        let (samples, genome) = run.open(self.directory, &PluginRegistry::default())?;
        let arrays = self.arrays(samples.loader())?;
        let ready = ReadyModel { directory: self.directory, plugin: self.graph, arrays: &arrays };
        let provenance = match request.outputs.is_empty() {
            true => Provenance::new(),
            false => self.about(&run, genome.as_ref())?,
        };
        Ok(run.predict_opened(ready, samples, &provenance)?)
    }

    /// What the predictions of a request follow from.
    pub(super) fn provenance(&self, request: &Predict) -> Result<Provenance, ModelTestError> {
        let run = request.in_full();
        let (_, genome) = run.open(self.directory, &PluginRegistry::default())?;
        self.about(&run, genome.as_ref())
    }

    fn about(&self, run: &PredictionRun<'_>, genome: Option<&OpenedGenome>) -> Result<Provenance, ModelTestError> {
        let about = run.provenance(self.directory, (self.graph, self.registry), genome, &mut |_| {})?;
        Ok(about.with_group(MEMBERS, self.graph.about_members()))
    }
}
