//! Whose names the layers of a graph have, and whose axes.

use std::collections::HashMap;
use std::sync::OnceLock;

use kipos_onnx_graph::{Graph, Length};
use kipos_plugin_api::bind::Declared;
use kipos_plugin_api::{PluginError, Result};

use super::layers;

/// What is said about a graph in the words of the framework that it comes from.
#[derive(Debug, Default)]
pub struct Original {
    /// What model.yaml says of the names of the inputs.
    pub inputs: Option<Declared>,
    /// What model.yaml says of the names of the outputs.
    pub outputs: Option<Declared>,
    /// How layers are called.
    pub vocabulary: Vocabulary,
}

impl Original {
    /// A graph of TensorFlow.
    pub fn new(inputs: Option<Declared>, outputs: Option<Declared>) -> Self {
        Self { inputs, outputs, vocabulary: Vocabulary::TensorFlow(OnceLock::new()) }
    }
}

/// Whose names and axes layers have.
#[derive(Debug, Default)]
pub enum Vocabulary {
    /// Those of the graph.
    #[default]
    Graph,
    /// Those of TensorFlow and Keras, with the order of the axes of every tensor once that was asked for.
    TensorFlow(OnceLock<HashMap<String, Vec<usize>>>),
}

impl Vocabulary {
    /// The tensor that `name` means.
    ///
    /// # Errors
    /// A name that means nothing or several things.
    pub fn find(&self, graph: &Graph, name: &str, aliases: &[(String, String)]) -> Result<String> {
        let refused = |message: String| PluginError::invalid_argument(message);
        match self {
            Self::Graph => graph.resolve_layer(name, aliases).map_err(|error| refused(error.to_string())),
            Self::TensorFlow(_) => layers::resolve(graph, name, aliases).map_err(refused),
        }
    }

    /// Where the axes of this graph's tensors are in the framework.
    pub fn axes(&self, graph: &Graph) -> Axes<'_> {
        Axes(match self {
            Self::Graph => None,
            Self::TensorFlow(orders) => Some(orders.get_or_init(|| graph.axis_orders())),
        })
    }
}

/// Where the axes of tensors are in the framework; nowhere else than in the graph if it is the graph's own vocabulary.
pub struct Axes<'a>(Option<&'a HashMap<String, Vec<usize>>>);

impl Axes<'_> {
    /// A tensor with the axes of `tensor` as the framework has them; `graph` gains a node if it must.
    pub fn arrange(&self, graph: &mut Graph, tensor: &str) -> String {
        match self.of(tensor) {
            Some(axes) => graph.permute(tensor, &axes),
            None => tensor.to_owned(),
        }
    }

    /// The shape that [`arrange`](Self::arrange) gives a tensor of this shape.
    pub fn arranged(&self, tensor: &str, shape: &[Length]) -> Vec<Length> {
        match self.of(tensor) {
            Some(axes) if axes.len() == shape.len() => axes.iter().map(|&axis| shape[axis]).collect(),
            _ => shape.to_vec(),
        }
    }

    /// For every axis in the framework, the axis of `tensor`; `None` if they are the same.
    fn of(&self, tensor: &str) -> Option<Vec<usize>> {
        let order = self.0?.get(tensor).filter(|order| !order.is_sorted())?;
        (0..order.len()).map(|axis| order.iter().position(|&there| there == axis)).collect()
    }
}
