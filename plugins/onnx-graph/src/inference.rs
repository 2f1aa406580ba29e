//! Graphs that were written in training mode, made to infer.

use std::collections::HashSet;

use crate::graph::Graph;
use crate::ops::{self, Training};
use crate::proto::NodeProto;
use crate::tensor::Constant;

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
            let operator = ops::standard(&self.nodes[at]);
            let Some(training) = operator.training.filter(|&by| self.trains(&self.nodes[at], by, &read)) else {
                continue;
            };
            let node = &mut self.nodes[at];
            match training {
                Training::Mode => node.input.truncate(2),
                Training::Statistics => {
                    node.output.truncate(1);
                    node.attribute.retain(|attribute| attribute.name != "training_mode");
                }
            }
            if !changed.contains(&operator.name) {
                changed.push(operator.name);
            }
        }
        changed
    }

    /// Whether a node, which would show it in this way, is in training mode and can leave it.
    fn trains(&self, node: &NodeProto, shown: Training, read: &HashSet<String>) -> bool {
        match shown {
            Training::Statistics => {
                let mut statistics = node.output.iter().skip(1).filter(|name| !name.is_empty()).peekable();
                // Until version 13, these results alone told it.
                let trains = node.int("training_mode").unwrap_or(0) != 0 || statistics.peek().is_some();
                trains && statistics.all(|name| !read.contains(name))
            }
            Training::Mode => {
                let mode = node.input_at(2).and_then(|name| self.initializers.get(name)?.constant());
                mode == Some(Constant::Ints(vec![1]))
            }
        }
    }
}
