//! Whether a backend evaluates edits of a model: asked once, before anything is written, so that a run has one way.

use kipos_plugin_api::{EditPlan, ErrorKind};

use super::{BlockRunner, PredictError};
use crate::edits::EditBatch;
use crate::plugin::{PluginCallError, PluginModel};
use crate::sequence::SampleRows;

/// Whether a backend evaluates edits of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditAbility {
    /// It does.
    Able,
    /// It does not.
    Unable {
        /// The operation that decides it, if one does.
        node: Option<String>,
        /// Why, as the continuation of a sentence; empty if it does not say.
        reason: String,
        /// Whether it had said that it would, until it tried.
        was_planned: bool,
    },
}

impl EditAbility {
    /// What the backend says of the model, and if that is yes, what it says once it is asked to: it may compare itself with
    /// its engine then. `prototype` is a block of the rows that the model reads; `letters` is the length of strings.
    ///
    /// # Errors
    /// A failure or panic of the plugin.
    pub fn of(model: &PluginModel, prototype: &SampleRows, letters: usize) -> Result<Self, PredictError> {
        let plan = model.edit_plan()?;
        if !plan.supported {
            return Ok(Self::Unable { node: plan.node, reason: plan.reason, was_planned: false });
        }
        let none = EditBatch::new(prototype).as_edits(&[], 0, false);
        let mut block = prototype.empty_like();
        block.push_blank(letters);
        let asked =
            BlockRunner::new(model, prototype, 1)?.call(&mut block, |model, inputs| model.predict_edits(inputs, &none));
        match asked {
            Ok(_) => Ok(Self::Able),
            Err(PredictError::Plugin(PluginCallError::Plugin { source, .. }))
                if source.kind == ErrorKind::UNSUPPORTED =>
            {
                Ok(Self::Unable { node: None, reason: source.message, was_planned: true })
            }
            Err(error) => Err(error),
        }
    }
}

/// What an edited row costs, or why it is run as a whole.
pub fn describe_edits(plan: &EditPlan) -> String {
    let node = plan.node.as_ref().map(|node| format!(" at node {node}")).unwrap_or_default();
    let reason = if plan.reason.is_empty() { String::new() } else { format!(": {}", plan.reason) };
    match (plan.supported, plan.cost_ratio) {
        (false, _) => format!("run as whole rows{node}{reason}"),
        (true, Some(ratio)) if ratio > 0.0 => {
            format!("evaluated by the backend, {:.1} times cheaper than whole rows{reason}", 1.0 / ratio)
        }
        (true, _) => format!("evaluated by the backend{reason}"),
    }
}
