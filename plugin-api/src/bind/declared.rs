//! What model.yaml says of the names in a model file, which TensorFlow spells `node:0`.

use crate::{Args, PluginError, Result, SchemaLeaf, Value};

/// What model.yaml says of the names in the model file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Declared {
    /// The argument that says it.
    pub argument: &'static str,
    /// One name per array of the description.
    pub names: Vec<String>,
}

impl Declared {
    /// What `argument` says, if it is given: one name, a list in the order of the arrays, or a map by their names.
    ///
    /// # Errors
    /// A value that has not one name for each array.
    pub fn read(argument: &'static str, args: &Args, leaves: &[SchemaLeaf]) -> Result<Option<Self>> {
        let names = per_array(argument, args.get(argument), leaves)?;
        Ok(names.map(|names| Self { argument, names }))
    }
}

/// The node of every array of the description: `argument` is one name, a list in the order of the arrays, or a map by
/// their names.
///
/// # Errors
/// A value that has not one name for each array.
fn per_array(argument: &str, value: Option<&Value>, leaves: &[SchemaLeaf]) -> Result<Option<Vec<String>>> {
    let refuse = |problem: String| Err(PluginError::invalid_argument(format!("`{argument}` {problem}")));
    let arrays = || leaves.iter().map(|leaf| format!("`{}`", leaf.name)).collect::<Vec<_>>().join(", ");
    let nodes: Option<Vec<String>> = match value {
        None => return Ok(None),
        Some(one @ Value::String(_)) => text(one).map(|node| vec![node]),
        Some(Value::List(items)) => items.iter().map(text).collect(),
        Some(Value::Map(entries)) => {
            let mut nodes = Vec::with_capacity(leaves.len());
            for leaf in leaves {
                let Some((_, node)) = entries.iter().find(|(name, _)| *name == leaf.name) else {
                    return refuse(format!("has no entry for `{}` of the schema", leaf.name));
                };
                nodes.push(node);
            }
            nodes.into_iter().map(text).collect()
        }
        Some(_) => None,
    };
    match nodes {
        Some(nodes) if nodes.len() == leaves.len() => Ok(Some(nodes)),
        Some(nodes) => {
            refuse(format!("has {} names, but the schema has {} arrays: {}", nodes.len(), leaves.len(), arrays()))
        }
        None => refuse("must be a name of the graph, or a list or a map of such names".into()),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

/// The position of `node` among the names of a graph, which may spell it `node:0`.
pub fn find_node(node: &str, graph: &[&str]) -> Option<usize> {
    let same = |name: &&str| *name == node || operation(name) == operation(node);
    graph.iter().position(|name| name == &node).or_else(|| graph.iter().position(same))
}

/// The operation whose first result this is.
pub fn operation(node: &str) -> &str {
    node.strip_suffix(":0").unwrap_or(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(name: &str) -> SchemaLeaf {
        SchemaLeaf::new(name, vec![])
    }

    fn text(text: &str) -> Value {
        Value::String(text.into())
    }

    #[test]
    fn names_come_one_by_one_in_lists_or_in_maps() {
        let leaves = [leaf("a"), leaf("b")];
        let ab = Ok(Some(vec!["x".to_owned(), "y".to_owned()]));
        assert_eq!(per_array("input_nodes", Some(&Value::List(vec![text("x"), text("y")])), &leaves), ab);
        let map = Value::Map(vec![("b".into(), text("y")), ("a".into(), text("x"))]);
        assert_eq!(per_array("input_nodes", Some(&map), &leaves), ab);
        assert_eq!(per_array("input_nodes", None, &leaves), Ok(None));
        let message = |value: Value| per_array("input_nodes", Some(&value), &leaves).unwrap_err().message;
        assert_eq!(message(text("x")), "`input_nodes` has 1 names, but the schema has 2 arrays: `a`, `b`");
        assert_eq!(
            message(Value::Int(3)),
            "`input_nodes` must be a name of the graph, or a list or a map of such names"
        );
        let map = Value::Map(vec![("a".into(), text("x"))]);
        assert_eq!(message(map), "`input_nodes` has no entry for `b` of the schema");
    }

    #[test]
    fn operations_are_found_with_and_without_the_number_of_their_result() {
        for node in ["net/logits", "net/logits:0"] {
            assert_eq!(find_node(node, &["p", "net/logits:0"]), Some(1));
            assert_eq!(find_node(node, &["net/logits"]), Some(0));
        }
        assert_eq!(find_node("y", &["y:0", "y"]), Some(1));
        assert_eq!(find_node("logits", &["net/logits:0"]), None);
    }
}
