//! Giving new names to the tensors of a part of a graph, so that it can stand inside another.

use std::collections::{HashMap, HashSet};

use crate::proto::{GraphProto, NodeProto};

/// All names that are taken, so that new ones differ from them.
#[derive(Default)]
pub struct Taken(HashSet<String>);

impl Taken {
    /// Takes names.
    pub fn take(&mut self, names: impl IntoIterator<Item = String>) {
        self.0.extend(names);
    }

    fn fresh(&mut self, wanted: String) -> String {
        let mut name = wanted.clone();
        let mut count = 1;
        while !self.0.insert(name.clone()) {
            count += 1;
            name = format!("{wanted}.{count}");
        }
        name
    }
}

/// Old names and the new ones in their place; all others stay.
pub struct Renaming(HashMap<String, String>);

impl Renaming {
    /// `given` names, and for the others of `own` a new name that begins with `label`.
    pub fn new(
        mut given: HashMap<String, String>,
        own: impl IntoIterator<Item = String>,
        label: &str,
        taken: &mut Taken,
    ) -> Self {
        for name in own {
            given.entry(name).or_insert_with_key(|name| taken.fresh(format!("{label}/{name}")));
        }
        Self(given)
    }

    /// The name in the place of `name`.
    pub fn of(&self, name: &str) -> String {
        self.0.get(name).map_or(name, String::as_str).to_owned()
    }

    /// Renames all that a node reads and makes, in the graphs inside it as well.
    pub fn apply(&self, node: &mut NodeProto) {
        for name in node.input.iter_mut().chain(&mut node.output) {
            *name = self.of(name);
        }
        for attribute in &mut node.attribute {
            attribute.g.iter_mut().chain(&mut attribute.graphs).for_each(|graph| self.apply_inside(graph));
        }
    }

    fn apply_inside(&self, graph: &mut GraphProto) {
        graph.node.iter_mut().for_each(|node| self.apply(node));
        graph.initializer.iter_mut().for_each(|tensor| tensor.name = self.of(&tensor.name));
        for value in graph.input.iter_mut().chain(&mut graph.output).chain(&mut graph.value_info) {
            value.name = self.of(&value.name);
        }
    }
}

/// The names that nodes give to results, and all names of the graphs inside them.
pub fn made(nodes: &[NodeProto]) -> Vec<String> {
    let mut names = Vec::new();
    for node in nodes {
        names.extend(node.output.iter().filter(|name| !name.is_empty()).cloned());
        for graph in node.attribute.iter().flat_map(|attribute| attribute.g.iter().chain(&attribute.graphs)) {
            names.extend(graph.input.iter().map(|input| input.name.clone()));
            names.extend(graph.initializer.iter().map(|tensor| tensor.name.clone()));
            names.extend(made(&graph.node));
        }
    }
    names
}

/// A node that gives a tensor a second name.
pub fn identity(from: String, to: &str) -> NodeProto {
    NodeProto {
        op_type: "Identity".into(),
        name: to.into(),
        input: vec![from],
        output: vec![to.into()],
        ..Default::default()
    }
}
