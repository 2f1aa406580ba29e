//! Whether the samples of a batch stay apart: asked of the backend, or else tried once.

mod memory;
mod trial;

use kipos_plugin_api::{BatchAxis, RowIndependence};

use super::ModelError;
use crate::description::ModelDir;
use crate::plugin::{PluginModel, PluginRegistry};
use memory::Memory;
use trial::{Trial, Verdict};

/// Refuses a model whose answer for a sample depends on the other samples of its batch. `length` is that of its windows, if
/// it is known.
///
/// The backend tells from the operations of the model. Where they do not settle it, the model is tried on a few rows of
/// random DNA, and what came of it is remembered in the state directory, by a digest of the model's files. A model that cannot
/// be tried is accepted.
///
/// # Errors
/// [`ModelError::DependentRows`], [`ModelError::RandomAnswers`], or a panic of the plugin.
pub fn check_rows_apart(
    dir: &ModelDir,
    model: &PluginModel,
    length: Option<usize>,
    registry: &PluginRegistry,
) -> Result<(), ModelError> {
    let signature = model.signature();
    if signature.batch == BatchAxis::Fixed(1) {
        return Ok(());
    }
    let refused = |reason: String| ModelError::DependentRows { model: dir.model().name.clone(), reason };
    let mut unknown = Vec::new();
    for member in model.members() {
        match member.independent_rows()? {
            RowIndependence::Independent => {}
            RowIndependence::Dependent(reason) => return Err(refused(reason)),
            RowIndependence::Unknown => unknown.push(member),
        }
    }
    if unknown.is_empty() {
        return Ok(());
    }
    let memory = Memory::of(dir, registry);
    let verdict = memory.as_ref().and_then(Memory::recall).unwrap_or_else(|| {
        let trial = Trial::of(dir.model(), signature, length);
        // Each member by itself: a median may hide what one of them does.
        let verdict = Verdict::worst(unknown.iter().map(|member| trial.run(member)));
        memory.iter().for_each(|memory| memory.keep(verdict));
        verdict
    });
    match verdict {
        Verdict::Mixed => Err(refused("in a trial, the answer for a sample changed with the samples beside it".into())),
        Verdict::Random => Err(ModelError::RandomAnswers { model: dir.model().name.clone() }),
        Verdict::Apart | Verdict::Untried => Ok(()),
    }
}
