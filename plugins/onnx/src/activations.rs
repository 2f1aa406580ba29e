//! The values of layers.

use std::sync::Arc;

use kipos_onnx_graph::{Facts, Graph, LayerError, Length};
use kipos_plugin_api::{BatchAxis, Calls, Layer, LayerRequest, PluginError, Result, TensorView};

use crate::model::OnnxModel;
use crate::port::Port;
use crate::problem::invalid;
use crate::rows_first::rows_first;
use crate::sessions::{Part, Purpose};

/// The tensors that a request means, one per call, in a graph that has them.
pub struct Located {
    /// The graph, with nodes added if the request needs some.
    pub graph: Graph,
    /// The tensors.
    pub tensors: Vec<String>,
}

impl Located {
    /// Brings rows to the front of each tensor, given which of its axes are as long as there are rows; whether any moved.
    pub fn put_rows_first(&mut self, of_rows: Vec<Vec<bool>>) -> bool {
        let Self { graph, tensors } = self;
        let moved = tensors.iter_mut().zip(of_rows).filter_map(|(tensor, axes)| Some((tensor, rows_first(axes)?)));
        moved.map(|(tensor, order)| *tensor = graph.permute(tensor, &order)).count() > 0
    }
}

impl OnnxModel {
    /// The values of a layer.
    ///
    /// # Errors
    /// A layer that is not there; inputs that do not fit; a failure of the engine.
    pub fn activations_of(&self, inputs: &[TensorView<'_>], request: &LayerRequest) -> Result<Calls> {
        self.check(inputs)?;
        self.settle(inputs)?;
        let values = |inputs: &[TensorView<'_>]| {
            let part = self.values_part(request, inputs)?;
            self.run_on(&part.session, &self.inputs, inputs, &part.outputs)
        };
        self.tensors_by_rows(inputs, values).map(Calls)
    }

    /// The session that gives the values of a layer for inputs like these.
    pub(crate) fn values_part(&self, request: &LayerRequest, inputs: &[TensorView<'_>]) -> Result<Arc<Part>> {
        self.inside.values.get(&format!("{request:?}"), || {
            let mut located = self.locate(request, Purpose::Values)?;
            let part = self.part_of(&located)?;
            if !self.may_move_rows(request) {
                return Ok(part);
            }
            let open = |port: &Port| port.shape.iter().map(Option::is_none).collect::<Vec<bool>>();
            let mut of_rows: Vec<Vec<bool>> = part.outputs.iter().map(open).collect();
            // Of several axes that the engine leaves open, a trial run tells which are of rows.
            if of_rows.iter().any(|axes| axes.iter().filter(|&&open| open).count() > 1)
                && let Ok((_, facts)) = self.without_choices(located.graph.clone(), &row_shapes(inputs))
            {
                of_rows = shapes_of(&located.tensors, &facts).iter().map(|shape| axes_of_rows(shape)).collect();
            }
            if located.put_rows_first(of_rows) { self.part_of(&located) } else { Ok(part) }
        })
    }

    fn part_of(&self, located: &Located) -> Result<Part> {
        let graph = located.graph.expose(&located.tensors).map_err(|error| invalid(error.to_string()))?;
        self.inside.make_part(&graph, &located.tensors)
    }

    /// Whether rows may be brought to the front of what a request means: outputs of the model have them there or are
    /// refused, and where their number is fixed, they cannot be told from other axes.
    pub(crate) fn may_move_rows(&self, request: &LayerRequest) -> bool {
        request.layer != Layer::Final && self.engine_batch() == BatchAxis::Dynamic
    }

    /// Finds what a request means, in the form of the graph that serves the purpose.
    ///
    /// # Errors
    /// A layer that is not there or has no nonlinearity, and a call that is not there.
    pub(crate) fn locate(&self, request: &LayerRequest, purpose: Purpose) -> Result<Located> {
        let refused = |error: LayerError| PluginError::invalid_argument(error.to_string());
        let vocabulary = &self.inside.vocabulary;
        let mut graph = self.inside.graph()?.clone();
        let mut tensors = match &request.layer {
            Layer::Name(name) => vec![vocabulary.find(&graph, name, self.inside.aliases())?],
            Layer::Index(index) => vec![graph.layer_at(*index).map_err(refused)?],
            Layer::Final => self.outputs.iter().map(|port| port.name.clone()).collect(),
        };
        if let Some(call) = request.call {
            if call >= tensors.len() {
                return Err(PluginError::invalid_argument(format!(
                    "there is no call {call} of the layer: it has {}, counted from 0",
                    tensors.len()
                )));
            }
            tensors = vec![tensors.swap_remove(call)];
        }
        self.check_rows(&graph, &tensors)?;
        let mut runnable = self.inside.runnable(purpose)?.clone();
        if request.layer != Layer::Final {
            let axes = vocabulary.axes(&graph);
            for tensor in &mut tensors {
                axes.arrange(&mut graph, tensor);
                *tensor = axes.arrange(&mut runnable, tensor);
            }
        }
        if !request.pre_nonlinearity {
            return Ok(Located { graph: runnable, tensors });
        }
        // The original form knows which errors to make, the one that runs has the tensors.
        for tensor in &mut tensors {
            graph.before_nonlinearity(tensor).map_err(refused)?;
            *tensor = runnable.before_nonlinearity(tensor).map_err(refused)?;
        }
        Ok(Located { graph: runnable, tensors })
    }

    /// Whether the first axis of a shape is that of the batch.
    pub(crate) fn rows_come_first(&self, shape: &[Length]) -> bool {
        let rows = match self.engine_batch() {
            BatchAxis::Dynamic => Length::Rows(1),
            BatchAxis::Fixed(rows) => Length::Fixed(rows),
        };
        shape.first() == Some(&rows)
    }
}

/// What is known of the shapes of tensors.
pub(crate) fn shapes_of(tensors: &[String], facts: &Facts) -> Vec<Vec<Length>> {
    tensors.iter().map(|tensor| facts.get(tensor).map(|fact| fact.shape.clone()).unwrap_or_default()).collect()
}

/// Which axes have an element for every row.
pub(crate) fn axes_of_rows(shape: &[Length]) -> Vec<bool> {
    shape.iter().map(|&length| length == Length::Rows(1)).collect()
}

/// The shapes of single rows.
pub(crate) fn row_shapes(inputs: &[TensorView<'_>]) -> Vec<Vec<usize>> {
    inputs.iter().map(|view| view.shape()[1..].to_vec()).collect()
}
