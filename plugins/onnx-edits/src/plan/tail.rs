//! The end of a graph that no steps are made of: nodes that edits are not carried through, behind values without positions.
//! An engine runs it on what the steps give.

use std::collections::{BTreeMap, BTreeSet};

use kipos_onnx_graph::Graph;
use kipos_onnx_graph::proto::NodeProto;

use super::cost::ELEMENT;
use super::view::View;
use super::walk::{Known, Walk};
use super::{Plan, Port, Stop};

/// An end that reads more numbers of a row is not run for each edit.
const MOST_READ: usize = 1 << 14;

/// The end of a graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Tail {
    /// What it computes.
    pub graph: Graph,
    /// The tensors that it reads: the last outputs of the steps, in their order.
    pub inputs: Vec<String>,
    /// What it gives.
    pub outputs: Vec<String>,
    /// The first of its nodes.
    pub node: String,
    /// Its multiplications for a row, as far as its weights tell.
    pub work: f64,
}

/// Where an output that was asked for comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// This output of the steps.
    Steps(usize),
    /// This output of the tail.
    Tail(usize),
}

impl Plan {
    /// The outputs of the steps that are needed for those that were asked for at these places; all for none.
    pub fn outputs_for(&self, wanted: &[usize]) -> Vec<usize> {
        let all: Vec<usize> = (0..self.sources.len()).collect();
        let sources: Vec<Origin> =
            if wanted.is_empty() { &all } else { wanted }.iter().map(|&at| self.sources[at]).collect();
        let direct = sources.iter().filter_map(|source| match source {
            Origin::Steps(at) => Some(*at),
            Origin::Tail(_) => None,
        });
        let read_by_tail =
            self.tail.as_ref().filter(|_| sources.iter().any(|source| matches!(source, Origin::Tail(_))));
        let count = read_by_tail.map_or(0, |tail| tail.inputs.len());
        direct.chain(self.outputs.len() - count..self.outputs.len()).collect()
    }
}

/// The outputs of the steps, where those that were asked for come from, and what makes them.
pub type Ends = (Vec<Port>, Vec<Origin>, Option<Tail>);

impl Walk<'_> {
    /// Leaves a node that cannot be planned to the tail, if nothing that it reads has positions.
    pub fn leave(&mut self, node: &NodeProto, stop: Stop) -> Result<(), Stop> {
        let known = node.reads().into_iter().filter_map(|name| self.known.get(name));
        let has_positions = |known: &Known| matches!(known, Known::Tensor(view) if view.extent.length > 1);
        if known.clone().any(has_positions) || !known.clone().any(Known::depends) {
            return Err(self.left.take().unwrap_or(stop));
        }
        for name in node.output.iter().filter(|name| !name.is_empty()) {
            self.known.insert(name.clone(), Known::Left);
        }
        self.left.get_or_insert(stop);
        Ok(())
    }

    /// What the plan gives of these outputs.
    pub fn ends(&self, outputs: &[&str]) -> Result<Ends, Stop> {
        let (mut ports, mut sources, mut left) = (Vec::new(), Vec::with_capacity(outputs.len()), Vec::new());
        for name in outputs {
            match self.known.get(*name) {
                Some(Known::Tensor(view)) => {
                    sources.push(Origin::Steps(ports.len()));
                    ports.push(Port::of(view, None));
                }
                Some(Known::Left) => {
                    sources.push(Origin::Tail(left.len()));
                    left.push(*name);
                }
                _ => return Err(Stop { node: None, why: format!("the output `{name}` depends on no input") }),
            }
        }
        let Some(stop) = self.left.clone().filter(|_| !left.is_empty()) else { return Ok((ports, sources, None)) };
        let inputs: Vec<(String, &View)> = self.read_by(&left).into_iter().collect();
        let read: usize = inputs.iter().map(|(_, view)| view.extent.length * view.extent.channels).sum();
        let rows: Vec<Vec<usize>> = inputs.iter().map(|(_, view)| view.dims()).collect();
        let cut: Vec<(&str, &[usize])> =
            inputs.iter().zip(&rows).map(|((name, _), row)| (name.as_str(), row.as_slice())).collect();
        let graph = self.graph.behind(&cut, &left).ok().flatten();
        let Some(graph) = graph.filter(|_| read <= MOST_READ) else { return Err(stop) };
        let work = work_of(&graph) + ELEMENT * read as f64;
        ports.extend(inputs.iter().map(|(_, view)| Port::of(view, None)));
        let inputs = inputs.into_iter().map(|(name, _)| name).collect();
        let outputs = left.into_iter().map(str::to_owned).collect();
        Ok((ports, sources, Some(Tail { graph, inputs, outputs, node: stop.node.unwrap_or_default(), work })))
    }

    /// What steps give and nodes that are left read, on the way to these tensors; some may read a shape alone.
    fn read_by(&self, tensors: &[&str]) -> BTreeMap<String, &View> {
        let producers = self.graph.producers();
        let (mut read, mut seen) = (BTreeMap::new(), BTreeSet::new());
        let mut waiting: Vec<&str> = tensors.to_vec();
        while let Some(name) = waiting.pop() {
            if !seen.insert(name) {
                continue;
            }
            match (self.known.get(name), producers.get(name)) {
                (Some(Known::Tensor(view)), _) => drop(read.insert(name.to_owned(), view)),
                (_, Some(&at)) => waiting.extend(self.graph.nodes[at].reads()),
                _ => {}
            }
        }
        read
    }
}

/// A multiplication for each element of a matrix.
fn work_of(graph: &Graph) -> f64 {
    let matrices = graph.initializers.values().filter(|tensor| tensor.dims.len() > 1);
    matrices.map(|tensor| tensor.elements() as f64).sum()
}
