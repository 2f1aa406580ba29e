//! The arguments that a score was made with.

use kipos_plugin_api::Value;

use super::ModelScore;
use crate::plugin::PluginRegistry;
use crate::provenance::Provenance;

/// The arguments of a score of this plugin: those that were given, and the defaults of all others.
pub(super) fn used_arguments(registry: &PluginRegistry, label: &ModelScore, plugin: &str, given: &Value) -> Provenance {
    let given = match given {
        Value::Map(entries) => entries.as_slice(),
        _ => &[],
    };
    let known = registry.scorer_info(&label.scorer, Some(plugin)).map(|info| info.args.as_slice()).unwrap_or_default();
    let value_of = |name: &str| given.iter().find(|(other, _)| other == name).map(|(_, value)| value);
    let declared = known.iter().map(|arg| (arg.name.as_str(), value_of(&arg.name).unwrap_or(&arg.default)));
    let others = given.iter().filter(|(name, _)| !known.iter().any(|arg| arg.name == *name));
    let all = declared.chain(others.map(|(name, value)| (name.as_str(), value)));
    all.filter(|(_, value)| **value != Value::Null).fold(Provenance::new(), |arguments, (name, value)| match value {
        // Without quotes.
        Value::String(text) => arguments.with(name, text),
        value => arguments.with(name, value),
    })
}
