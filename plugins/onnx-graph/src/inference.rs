//! Graphs that were written in training mode, made to infer.

use std::collections::HashSet;

use crate::graph::{Graph, is_standard};
use crate::proto::NodeProto;

impl Graph {
    /// Takes operators out of training mode: the statistics of a batch give way to the stored ones, and nothing is
    /// dropped at random. Answers which operators there were, each once. One whose statistics are read elsewhere stays as
    /// it is.
    pub fn to_inference(&mut self) -> Vec<&'static str> {
        let read: HashSet<String> = self
            .nodes
            .iter()
            .flat_map(NodeProto::reads)
            .chain(self.outputs.iter().map(|output| output.name.as_str()))
            .map(str::to_owned)
            .collect();
        let mut changed = Vec::new();
        for at in 0..self.nodes.len() {
            let Some(op) = self.trained(&self.nodes[at], &read) else { continue };
            let node = &mut self.nodes[at];
            match op {
                "Dropout" => node.input.truncate(2),
                _ => {
                    node.output.truncate(1);
                    node.attribute.retain(|attribute| attribute.name != "training_mode");
                }
            }
            if !changed.contains(&op) {
                changed.push(op);
            }
        }
        changed
    }

    /// Which operator a node is, if it is one in training mode that can leave it.
    fn trained(&self, node: &NodeProto, read: &HashSet<String>) -> Option<&'static str> {
        if !is_standard(&node.domain) {
            return None;
        }
        match node.op_type.as_str() {
            "BatchNormalization" => {
                let mut statistics = node.output.iter().skip(1).filter(|name| !name.is_empty()).peekable();
                // Until version 13, these results alone told it.
                let trains = node.int("training_mode").unwrap_or(0) != 0 || statistics.peek().is_some();
                (trains && statistics.all(|name| !read.contains(name))).then_some("BatchNormalization")
            }
            "Dropout" => {
                let mode = self.initializers.get(node.input_at(2)?)?.constant()?;
                let trains = mode == crate::tensor::Constant::Ints(vec![1]);
                trains.then_some("Dropout")
            }
            _ => None,
        }
    }
}
