//! Rewriting operators of older versions to the form that they have in version 18, which the rules of gradients know.

pub(crate) mod forms;

use crate::graph::Graph;
use crate::ops::{self, Raise};
use crate::proto::NodeProto;
use crate::tensor::element;
use forms::Raising;

/// The version that gradients are written in.
pub const GRADIENT_OPSET: i64 = 18;

/// The oldest version that can be rewritten.
pub const OLDEST_OPSET: i64 = 7;

impl Graph {
    /// Rewrites a graph of version 7 to 17 to version 18; others stay as they are.
    pub fn raise(&mut self) {
        let version = self.opset();
        if !(OLDEST_OPSET..GRADIENT_OPSET).contains(&version) {
            return;
        }
        let elements = self.inputs.iter().map(|input| self.input_element(&input.name));
        let element = elements.into_iter().find(|&code| element::is_float(code)).unwrap_or(element::F32);
        let mut raising = Raising { element, constants: vec![] };
        raise_all(&mut self.nodes, version, &mut raising);
        self.initializers.extend(raising.constants.into_iter().map(|tensor| (tensor.name.clone(), tensor)));
        self.set_opset(GRADIENT_OPSET);
    }
}

/// Rewrites nodes of a version, and those of the graphs inside them.
fn raise_all(nodes: &mut Vec<NodeProto>, version: i64, raising: &mut Raising) {
    let mut raised = Vec::with_capacity(nodes.len());
    for mut node in nodes.drain(..) {
        for graph in node.attribute.iter_mut().flat_map(|attribute| attribute.g.iter_mut().chain(&mut attribute.graphs))
        {
            raise_all(&mut graph.node, version, raising);
        }
        match ops::standard(&node).raise {
            Raise::Inputs(since, names) if version < since => raised.push(raising.with_inputs(node, names)),
            Raise::Rewrite(since, rewrite) if version < since => raised.extend(rewrite(raising, node)),
            _ => raised.push(node),
        }
    }
    *nodes = raised;
}
