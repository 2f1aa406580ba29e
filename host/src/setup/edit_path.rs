//! Who computes the edited rows of a run.

use thiserror::Error;

use super::SetupError;
use crate::model::LoadedModel;
use crate::predict::EditAbility;
use crate::request::EditUse;
use crate::run::Event;

/// The backend cannot evaluate edits of the model, but the request insists.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("--edits require: edits of this model cannot be evaluated{because}; leave the flag out")]
pub struct NoEdits {
    /// Where and why, as the continuation of the sentence.
    because: String,
}

/// Whether the backend evaluates edits in a run.
///
/// # Errors
/// A failure of the plugin, or edits that it cannot evaluate and that are required.
pub(super) fn evaluates_edits(
    model: &LoadedModel,
    edits: EditUse,
    observe: &mut dyn FnMut(Event),
) -> Result<bool, SetupError> {
    if edits == EditUse::Off {
        return Ok(false);
    }
    let inputs = model.inputs();
    let ability = EditAbility::of(model.plugin(), &inputs.rows, inputs.window_length.unwrap_or(1))?;
    let EditAbility::Unable { node, reason, was_planned } = ability else { return Ok(true) };
    let node = node.map(|node| format!(" at node {node}")).unwrap_or_default();
    let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    let because = format!("{node}{reason}");
    if edits == EditUse::Require {
        return Err(NoEdits { because }.into());
    }
    if was_planned {
        observe(Event::Warning(format!(
            "edited rows are run as a whole, as edits of this model cannot be evaluated{because}"
        )));
    }
    Ok(false)
}
