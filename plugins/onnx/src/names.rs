//! Which graph input or output stands for which array of the description.

use kipos_plugin_api::{ErrorKind, PluginError, Result, SchemaLeaf};

use crate::tensorflow::nodes;

/// For every array of the description, the index of its counterpart in the graph. If there are `nodes`, one per array,
/// they name it; else it is found by name if all names match, and by position if the counts are equal and no name
/// speaks against it.
///
/// # Errors
/// If neither works; the names of both sides are listed.
pub fn pair(what: &str, leaves: &[SchemaLeaf], nodes: Option<&[String]>, graph: &[&str]) -> Result<Vec<usize>> {
    if let Some(nodes) = nodes {
        return nodes.iter().map(|node| nodes::find(what, node, graph)).collect();
    }
    let by_name = leaves.iter().map(|leaf| graph.iter().position(|name| *name == leaf.name));
    if let Some(indices) = by_name.collect::<Option<Vec<usize>>>() {
        return Ok(indices);
    }
    let described: Vec<&str> = leaves.iter().map(|leaf| leaf.name.as_str()).collect();
    if described.len() == graph.len() {
        // A name that the graph has elsewhere would be given to an array of another name.
        return match described.iter().enumerate().find_map(|(place, name)| namesake_elsewhere(place, name, graph)) {
            None => Ok((0..graph.len()).collect()),
            Some(namesake) => Err(PluginError::new(
                ErrorKind::INVALID_MODEL,
                format!(
                    "the graph's {what}s are {}, but model.yaml describes {}, which has `{namesake}` in another place; \
                     give them the same names",
                    graph.join(", "),
                    described.join(", ")
                ),
            )),
        };
    }
    Err(PluginError::new(
        ErrorKind::INVALID_MODEL,
        format!(
            "the graph has {} {what}s ({}), but model.yaml describes {} ({}); give them the same names",
            graph.len(),
            graph.join(", "),
            leaves.len(),
            described.join(", ")
        ),
    ))
}

/// The array of the graph that is called `name`, in whatever case, and does not stand in this place.
fn namesake_elsewhere<'a>(place: usize, name: &str, graph: &[&'a str]) -> Option<&'a str> {
    let is_namesake = |other: &&str| other.eq_ignore_ascii_case(name);
    if graph.get(place).is_some_and(is_namesake) {
        return None;
    }
    graph.iter().copied().find(is_namesake)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair_names(leaves: &[&str], graph: &[&str]) -> Result<Vec<usize>, String> {
        let leaf = |name: &&str| SchemaLeaf { name: name.to_string(), shape: vec![], dtype: None, special_type: None };
        let leaves: Vec<SchemaLeaf> = leaves.iter().map(leaf).collect();
        pair("output", &leaves, None, graph).map_err(|error| error.message)
    }

    #[test]
    fn names_win_over_positions() {
        assert_eq!(pair_names(&["b", "a"], &["a", "b"]), Ok(vec![1, 0]));
        assert_eq!(pair_names(&["b"], &["a", "b"]), Ok(vec![1]));
        assert_eq!(pair_names(&["a", "x"], &["a", "b"]), Ok(vec![0, 1]));
        assert_eq!(pair_names(&["A", "B"], &["a", "b"]), Ok(vec![0, 1]));
        assert_eq!(
            pair_names(&["x"], &["a", "b"]).unwrap_err(),
            "the graph has 2 outputs (a, b), but model.yaml describes 1 (x); give them the same names"
        );
    }

    #[test]
    fn a_name_is_never_given_to_another_array() {
        for (described, namesake) in [(["x", "a"], "a"), (["b", "x"], "b"), (["B", "A"], "b"), (["b", "b2"], "b")] {
            assert_eq!(
                pair_names(&described, &["a", "b"]).unwrap_err(),
                format!(
                    "the graph's outputs are a, b, but model.yaml describes {}, which has `{namesake}` in another place; \
                     give them the same names",
                    described.join(", ")
                )
            );
        }
    }
}
