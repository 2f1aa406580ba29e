//! The layers of a graph, and which of them a name means.

use std::collections::HashSet;

use crate::graph::Graph;
use crate::ops;
use crate::proto::NodeProto;
use crate::scope::{canonical, scopes, without_root};

/// A node that computes something, as a person lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerNode {
    /// The name of the node; empty if it has none.
    pub node: String,
    /// The name of its first result.
    pub tensor: String,
    /// The path of the module that it belongs to; empty at the top.
    pub scope: String,
    /// The operator.
    pub op: String,
}

/// Why a name means no layer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayerError {
    /// Nothing has this name.
    #[error("there is no layer `{name}`; close to it are {close}. {why}; list the layers to see what is there")]
    Unknown {
        /// The name.
        name: String,
        /// Names like it.
        close: String,
        /// What may have become of it.
        why: String,
    },
    /// Several things have this name.
    #[error("`{name}` may mean any of {candidates}; give one of these names")]
    Ambiguous {
        /// The name.
        name: String,
        /// What it may mean.
        candidates: String,
    },
    /// No such position.
    #[error("there is no layer {index}: the graph has {count} layers, from 0")]
    Index {
        /// The position.
        index: usize,
        /// The number of layers.
        count: usize,
    },
    /// A node has fewer results.
    #[error("`{node}` has {count} results; choose one with `#0` to `#{}`", count.saturating_sub(1))]
    Result {
        /// The node.
        node: String,
        /// The number of its results.
        count: usize,
    },
    /// No nonlinearity makes this tensor.
    #[error(
        "`{tensor}` has no nonlinearity to go back over: it is the result of {op}; ask for a layer that ends in one, or \
         for this one as it is"
    )]
    Linear {
        /// The tensor.
        tensor: String,
        /// What makes it.
        op: String,
    },
}

/// The spellings that exporters add to the name of a tensor.
const SUFFIXES: [&str; 2] = [":0", "_output_0"];

impl Graph {
    /// The layers in topological order: nodes that compute something from an input.
    pub fn layers(&self) -> Vec<LayerNode> {
        let fed = self.computed_from(self.inputs.iter().map(|input| input.name.as_str()), true);
        let computes = |node: &&NodeProto| {
            !ops::is_passive(node) && node.output.first().is_some_and(|name| fed.contains(name.as_str()))
        };
        let layer = |node: &NodeProto| LayerNode {
            node: node.name.clone(),
            tensor: first_result(node).to_owned(),
            scope: scopes(node).pop().unwrap_or_default(),
            op: node.op_type.clone(),
        };
        self.nodes.iter().filter(computes).map(layer).collect()
    }

    /// All tensors that depend on `from`, themselves included. What is known of them from their shapes alone does not
    /// count if `values_only`.
    pub fn computed_from<'a>(&'a self, from: impl Iterator<Item = &'a str>, values_only: bool) -> HashSet<&'a str> {
        let mut computed: HashSet<&str> = from.collect();
        for node in &self.nodes {
            if values_only && ops::measures(node) {
                continue;
            }
            if node.reads().iter().any(|name| computed.contains(name)) {
                computed.extend(node.output.iter().map(String::as_str).filter(|name| !name.is_empty()));
            }
        }
        computed
    }

    /// The tensor at `index` of [`layers`](Self::layers).
    ///
    /// # Errors
    /// [`LayerError::Index`].
    pub fn layer_at(&self, index: usize) -> Result<String, LayerError> {
        let mut layers = self.layers();
        match layers.len() {
            count if index < count => Ok(layers.swap_remove(index).tensor),
            count => Err(LayerError::Index { index, count }),
        }
    }

    /// The tensor that `name` means. The first of these that fits decides: one of `aliases` (name, then what it stands
    /// for), a tensor, a tensor with an exporter's suffix, a node (`node#1` for its second result), a module, whose
    /// value is the one that leaves it.
    ///
    /// # Errors
    /// A name that means nothing or several things.
    pub fn resolve_layer(&self, name: &str, aliases: &[(String, String)]) -> Result<String, LayerError> {
        let name = aliases.iter().find(|(alias, _)| alias == name).map_or(name, |(_, meant)| meant);
        let tensors: HashSet<&str> = self
            .nodes
            .iter()
            .flat_map(|node| &node.output)
            .chain(self.inputs.iter().map(|input| &input.name))
            .map(String::as_str)
            .collect();
        let spellings = std::iter::once(name.to_owned()).chain(SUFFIXES.iter().map(|suffix| format!("{name}{suffix}")));
        if let Some(found) = spellings.into_iter().find(|spelling| tensors.contains(spelling.as_str())) {
            return Ok(found);
        }
        if let Some(found) = self.by_node(name)? {
            return Ok(found);
        }
        if let Some(found) = self.by_module(name)? {
            return Ok(found);
        }
        Err(self.missing(name))
    }

    fn by_node(&self, name: &str) -> Result<Option<String>, LayerError> {
        let numbered = name.rsplit_once('#').and_then(|(node, k)| Some((node, k.parse::<usize>().ok()?)));
        let named = |wanted: &str| {
            self.nodes.iter().filter(|node| !wanted.is_empty() && node.name == wanted).collect::<Vec<&NodeProto>>()
        };
        let (hits, result) = match numbered {
            Some((node, k)) if named(name).is_empty() => (named(node), Some(k)),
            _ => (named(name), None),
        };
        match (hits.as_slice(), result) {
            ([], _) => Ok(None),
            ([node], None) => Ok(Some(first_result(node).to_owned())),
            ([node], Some(k)) => match node.output.get(k).filter(|name| !name.is_empty()) {
                Some(tensor) => Ok(Some(tensor.clone())),
                None => Err(LayerError::Result { node: node.name.clone(), count: node.output.len() }),
            },
            (several, _) => Err(ambiguous(name, several.iter().map(|node| first_result(node)))),
        }
    }

    fn by_module(&self, name: &str) -> Result<Option<String>, LayerError> {
        let wanted = canonical(name);
        if wanted.is_empty() {
            return Ok(None);
        }
        // The module itself, and else the same path below the name of the whole model.
        for rooted in [false, true] {
            let mut modules: Vec<String> = Vec::new();
            let mut members: Vec<&NodeProto> = Vec::new();
            for node in &self.nodes {
                let fits = |path: &String| {
                    if rooted { without_root(path) == Some(wanted.as_str()) } else { *path == wanted }
                };
                if let Some(path) = scopes(node).into_iter().find(fits) {
                    members.push(node);
                    if !modules.contains(&path) {
                        modules.push(path);
                    }
                }
            }
            if modules.len() > 1 {
                return Err(ambiguous(name, modules.iter().map(String::as_str)));
            }
            let mut leaving = self.leaving(&members);
            for call in modules.first().map_or(vec![], |path| self.further_calls(path, &members)) {
                leaving.extend(self.leaving(&call));
            }
            match leaving.as_slice() {
                [] => {}
                [tensor] => return Ok(Some((*tensor).to_owned())),
                several => return Err(ambiguous(name, several.iter().copied())),
            }
        }
        Ok(None)
    }

    /// The results of `members` that are computed from the inputs and read outside of them. Exporters share constants and
    /// lengths among modules; those are nothing that a module returns.
    fn leaving<'a>(&'a self, members: &[&'a NodeProto]) -> Vec<&'a str> {
        let inside = |node: &NodeProto| members.iter().any(|member| std::ptr::eq(*member, node));
        let reads_values = |node: &&NodeProto| !ops::measures(node);
        let outside = self.nodes.iter().filter(|node| !inside(node)).filter(reads_values).flat_map(NodeProto::reads);
        let read: HashSet<&str> = outside.chain(self.outputs.iter().map(|output| output.name.as_str())).collect();
        let fed = self.computed_from(self.inputs.iter().map(|input| input.name.as_str()), true);
        let results = members.iter().flat_map(|node| &node.output).map(String::as_str);
        results.filter(|name| read.contains(name) && fed.contains(name)).collect()
    }
}

fn ambiguous<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> LayerError {
    LayerError::Ambiguous { name: name.into(), candidates: list(candidates) }
}

/// Names in words.
pub(crate) fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if quoted.is_empty() { "none".into() } else { quoted.join(", ") }
}

/// The first result that a node gives at all.
pub(crate) fn first_result(node: &NodeProto) -> &str {
    node.output.iter().map(String::as_str).find(|name| !name.is_empty()).unwrap_or_default()
}
