//! The names that model.yaml gives to layers.

use kipos_plugin_api::{Result, Value};

use crate::problem::invalid;

/// The names in the argument `layers`, each with what it stands for in the graph.
///
/// # Errors
/// A name that stands for anything but a text.
pub fn aliases(args: &Value) -> Result<Vec<(String, String)>> {
    let Value::Map(entries) = args else { return Ok(Vec::new()) };
    let Some((_, Value::Map(layers))) = entries.iter().find(|(key, _)| key == "layers") else { return Ok(Vec::new()) };
    let pair = |(alias, meant): &(String, Value)| match meant {
        Value::String(meant) => Ok((alias.clone(), meant.clone())),
        _ => Err(invalid(format!("`{alias}` in argument `layers` must be a string, the name of a layer in the graph"))),
    };
    layers.iter().map(pair).collect()
}
