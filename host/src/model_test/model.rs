//! The model that is tested.

use kipos_plugin_api::OutputSpecs;

use super::ModelTestError;
use crate::description::ModelDir;
use crate::model::{Loader, ModelArrays};
use crate::plugin::{PluginModel, PluginRegistry};
use crate::prediction::{Predict, ReadyModel};
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
            false => {
                let running = (self.graph, self.registry);
                let about = run.provenance(self.directory, running, genome.as_ref(), &mut |_| {})?;
                about.with_group(MEMBERS, self.graph.about_members())
            }
        };
        Ok(run.predict_opened(ready, samples, &provenance)?)
    }
}
