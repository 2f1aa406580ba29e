//! What a graph computes, as steps that an edit can be carried through.

mod arithmetic;
mod arrange;
pub mod cone;
mod cost;
mod cut;
mod fold;
mod products;
mod reduce;
mod resize;
pub mod step;
pub mod tail;
pub mod view;
mod walk;
pub mod weight;
pub mod window;
mod windows;

use std::fmt;

use kipos_onnx_graph::Graph;

pub use cost::Cost;
use step::Step;
pub use tail::{Origin, Tail};
use view::{Extent, Places, View};

/// An input of a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its name in the graph.
    pub name: String,
    /// The shape of a row of it.
    pub shape: Vec<usize>,
    /// The axes of positions and letters, if it may be edited.
    pub axes: Option<(usize, usize)>,
}

/// What is read of an input or given as an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// The tensor.
    pub tensor: usize,
    /// The shape of a row.
    pub shape: Vec<usize>,
    /// Where its elements lie in a row.
    pub places: Places,
    /// The axes of positions and letters, if it may be edited.
    pub axes: Option<(usize, usize)>,
}

/// Why edits cannot be carried through a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The node, if it is one.
    pub node: Option<String>,
    /// Why, without full stop.
    pub why: String,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.node {
            Some(node) => write!(f, "node {node}: {}", self.why),
            None => f.write_str(&self.why),
        }
    }
}

/// The steps of a graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// How much there is of each tensor.
    pub tensors: Vec<Extent>,
    /// The steps, each behind those that it reads.
    pub steps: Vec<Step>,
    /// The inputs, in the order asked for.
    pub inputs: Vec<Port>,
    /// What the steps give: outputs that were asked for, in that order, then what the tail reads.
    pub outputs: Vec<Port>,
    /// Where each output that was asked for comes from.
    pub sources: Vec<Origin>,
    /// What an engine runs behind the steps.
    pub tail: Option<Tail>,
    /// For each tensor, whether all edits give new values of it; else they give differences.
    pub is_new: Vec<bool>,
}

impl Plan {
    /// The plan of a graph in operators of version 18. `batch` is the number of rows, if the graph takes no other.
    ///
    /// # Errors
    /// The node through which edits cannot be carried.
    pub fn of(graph: &Graph, batch: Option<usize>, inputs: &[Input], outputs: &[&str]) -> Result<Self, Stop> {
        let mut plan = walk::walk(graph, batch, inputs, outputs)?;
        fold::fold(&mut plan);
        plan.is_new = fold::new_values(&plan);
        Ok(plan)
    }

    /// For each tensor, the steps that read it.
    pub fn readers(&self) -> Vec<Vec<usize>> {
        let mut readers = vec![Vec::new(); self.tensors.len()];
        for (at, step) in self.steps.iter().enumerate() {
            for &input in &step.inputs {
                if readers[input].last() != Some(&at) {
                    readers[input].push(at);
                }
            }
        }
        readers
    }

    /// For each step, whether any of these tensors depends on it.
    pub fn needed(&self, tensors: impl Iterator<Item = usize>) -> Vec<bool> {
        let mut is_read = vec![false; self.tensors.len()];
        tensors.for_each(|tensor| is_read[tensor] = true);
        let mut needed = vec![false; self.steps.len()];
        for (needed, step) in needed.iter_mut().zip(&self.steps).rev() {
            *needed = is_read[step.output];
            if *needed {
                step.inputs.iter().for_each(|&input| is_read[input] = true);
            }
        }
        needed
    }

    /// Whether a tensor is given as an output.
    pub fn is_output(&self, tensor: usize) -> bool {
        self.outputs.iter().any(|port| port.tensor == tensor)
    }
}

impl Port {
    fn of(view: &View, axes: Option<(usize, usize)>) -> Self {
        Self { tensor: view.tensor, shape: view.dims(), places: view.places_in_order(), axes }
    }
}
