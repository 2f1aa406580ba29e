//! Which graph input or output stands for which array of the description.

use kipos_plugin_api::{ErrorKind, PluginError, Result, SchemaLeaf};

/// For every array of the description, the index of its counterpart in the graph: by name if all names match, else by
/// position if the counts are equal.
///
/// # Errors
/// If neither works; the names of both sides are listed.
pub fn pair(what: &str, leaves: &[SchemaLeaf], graph: &[&str]) -> Result<Vec<usize>> {
    let by_name = leaves.iter().map(|leaf| graph.iter().position(|name| *name == leaf.name));
    if let Some(indices) = by_name.collect::<Option<Vec<usize>>>() {
        return Ok(indices);
    }
    if leaves.len() == graph.len() {
        return Ok((0..graph.len()).collect());
    }
    let described: Vec<&str> = leaves.iter().map(|leaf| leaf.name.as_str()).collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    fn pair_names(leaves: &[&str], graph: &[&str]) -> Result<Vec<usize>, String> {
        let leaf = |name: &&str| SchemaLeaf { name: name.to_string(), shape: vec![], dtype: None, special_type: None };
        let leaves: Vec<SchemaLeaf> = leaves.iter().map(leaf).collect();
        pair("output", &leaves, graph).map_err(|error| error.message)
    }

    #[test]
    fn names_win_over_positions() {
        assert_eq!(pair_names(&["b", "a"], &["a", "b"]), Ok(vec![1, 0]));
        assert_eq!(pair_names(&["b"], &["a", "b"]), Ok(vec![1]));
        assert_eq!(pair_names(&["x", "a"], &["a", "b"]), Ok(vec![0, 1]));
        assert_eq!(
            pair_names(&["x"], &["a", "b"]).unwrap_err(),
            "the graph has 2 outputs (a, b), but model.yaml describes 1 (x); give them the same names"
        );
    }
}
