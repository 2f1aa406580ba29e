//! The argument `layers` of model.yaml: further names for layers.

use crate::{PluginError, Result, Value};

/// The further names in the argument `layers`, each with the name of the layer in the backend's listing. A layer is meant by
/// its name or by a number: that is the layer of this name, if there is one or if all layers are called by numbers (as the
/// members of an `nn.Sequential` are), and otherwise the layer at this place of the listing, from 0. Names are taken as they
/// are: whether there is such a layer the backend knows, which may have other spellings.
///
/// # Errors
/// [`ErrorKind::INVALID_ARGUMENT`](crate::ErrorKind::INVALID_ARGUMENT): anything but a map to names and numbers, or a
/// number behind the end of the listing.
///
/// ```
/// use kipos_plugin_api::{Value, bind::layer_aliases};
/// let given = Value::Map(vec![("motifs".into(), Value::Int(1)), ("end".into(), Value::String("fc".into()))]);
/// let listing = || ["conv", "relu", "fc"].map(String::from).to_vec();
/// let pair = |alias: &str, layer: &str| (alias.to_owned(), layer.to_owned());
/// assert_eq!(layer_aliases(Some(&given), listing)?, [pair("motifs", "relu"), pair("end", "fc")]);
/// # Ok::<(), kipos_plugin_api::PluginError>(())
/// ```
pub fn layer_aliases(given: Option<&Value>, listing: impl FnOnce() -> Vec<String>) -> Result<Vec<(String, String)>> {
    let refuse = |problem: String| Err(PluginError::invalid_argument(format!("argument `layers`: {problem}")));
    let entries = match given {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Map(entries)) => entries,
        Some(other) => return refuse(format!("a map of names to layers is expected, found {other}")),
    };
    let has_number = entries.iter().any(|(_, layer)| matches!(layer, Value::Int(_)));
    let listing = if has_number { listing() } else { Vec::new() };
    let are_numbers = !listing.is_empty() && listing.iter().all(|name| begins_with_number(name));
    let mut aliases = Vec::with_capacity(entries.len());
    for (alias, layer) in entries {
        let name = match layer {
            Value::String(name) => name.clone(),
            Value::Int(number) if are_numbers || listing.iter().any(|name| *name == number.to_string()) => {
                number.to_string()
            }
            Value::Int(number) => match usize::try_from(*number).ok().and_then(|at| listing.get(at)) {
                Some(name) => name.clone(),
                None => {
                    let count = listing.len();
                    return refuse(format!("`{alias}` is layer {number}, but there are {count}, counted from 0"));
                }
            },
            other => {
                return refuse(format!("`{alias}` must be the name of a layer or its number, found {other}"));
            }
        };
        aliases.push((alias.clone(), name));
    }
    Ok(aliases)
}

/// Whether a name begins as those of the members of an `nn.Sequential` do: `3`, `3.conv`, `3[0]`.
fn begins_with_number(name: &str) -> bool {
    let first = name.split(['.', '[']).next().unwrap_or_default();
    !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(layer: Value, listing: &[&str]) -> Result<String, String> {
        let given = Value::Map(vec![("mine".into(), layer)]);
        let listing = || listing.iter().map(ToString::to_string).collect();
        layer_aliases(Some(&given), listing).map(|mut found| found.remove(0).1).map_err(|error| error.message)
    }

    #[test]
    fn a_number_is_a_name_where_layers_have_such_names() {
        assert_eq!(meant(Value::Int(1), &["conv", "relu"]).as_deref(), Ok("relu"));
        assert_eq!(meant(Value::Int(1), &["1", "relu"]).as_deref(), Ok("1"));
        assert_eq!(meant(Value::Int(1), &["0", "3.conv"]).as_deref(), Ok("1"));
        assert_eq!(meant(Value::String("x".into()), &[]).as_deref(), Ok("x"));
    }

    #[test]
    fn what_is_no_layer_is_refused() {
        assert_eq!(
            meant(Value::Int(2), &["conv", "relu"]).unwrap_err(),
            "argument `layers`: `mine` is layer 2, but there are 2, counted from 0"
        );
        assert_eq!(
            meant(Value::Bool(true), &["conv"]).unwrap_err(),
            "argument `layers`: `mine` must be the name of a layer or its number, found true"
        );
    }
}
