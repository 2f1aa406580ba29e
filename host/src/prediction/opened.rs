//! A model that is ready.

use crate::description::ModelDir;
use crate::model::ModelArrays;
use crate::plugin::PluginModel;

/// A loaded model, and what it reads and gives with the samples at hand.
#[derive(Clone, Copy)]
pub(crate) struct ReadyModel<'a> {
    /// Its description.
    pub(crate) directory: &'a ModelDir,
    /// The model behind the plugin boundary.
    pub(crate) plugin: &'a PluginModel,
    /// What it reads and gives.
    pub(crate) arrays: &'a ModelArrays,
}
