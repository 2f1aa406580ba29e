//! The values of layers.

use std::sync::Arc;

use kipos_onnx_graph::{Facts, Graph, LayerError, Length};
use kipos_plugin_api::{BatchAxis, Calls, Layer, LayerRequest, PluginError, Result, TensorView};

use crate::forms::Purpose;
use crate::model::OnnxModel;
use crate::port::Port;
use crate::problem::invalid;
use crate::sessions::Subgraph;

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
            let subgraph = self.values_subgraph(request, inputs)?;
            self.run_on(&subgraph.session, &self.inputs, inputs, &subgraph.outputs)
        };
        self.tensors_by_rows(inputs, values).map(Calls)
    }

    /// The session that gives the values of a layer for inputs like these.
    pub(crate) fn values_subgraph(&self, request: &LayerRequest, inputs: &[TensorView<'_>]) -> Result<Arc<Subgraph>> {
        self.sessions.values.get(request, || {
            let mut located = self.locate(request, Purpose::Values)?;
            let subgraph = self.subgraph_of(&located)?;
            if !self.may_move_rows(request) {
                return Ok(subgraph);
            }
            let open = |port: &Port| port.shape.iter().map(Option::is_none).collect::<Vec<bool>>();
            let mut of_rows: Vec<Vec<bool>> = subgraph.outputs.iter().map(open).collect();
            // Of several axes that the engine leaves open, a trial run tells which are of rows.
            if of_rows.iter().any(|axes| axes.iter().filter(|&&open| open).count() > 1)
                && let Ok((_, facts)) = self.without_choices(located.graph.clone(), &row_shapes(inputs))
            {
                of_rows = shapes_of(&located.tensors, &facts).iter().map(|shape| axes_of_rows(shape)).collect();
            }
            if located.put_rows_first(of_rows) { self.subgraph_of(&located) } else { Ok(subgraph) }
        })
    }

    fn subgraph_of(&self, located: &Located) -> Result<Subgraph> {
        let graph = located.graph.expose(&located.tensors).map_err(|error| invalid(error.to_string()))?;
        self.sessions.subgraph(&graph, &located.tensors)
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
        let (vocabulary, forms) = (&self.sessions.vocabulary, self.sessions.forms()?);
        let mut graph = forms.raised().clone();
        let mut tensors = match &request.layer {
            Layer::Name(name) => vec![vocabulary.find(&graph, name, &self.sessions.aliases)?],
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
        let mut runnable = forms.runnable(purpose).clone();
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

/// The axes of a value in the order that has its rows first, given which axes are as long as there are rows; `None` if the
/// first one is, or it cannot be told which one is meant. Time comes first inside of recurrent networks and attention.
pub(crate) fn rows_first(of_rows: impl IntoIterator<Item = bool>) -> Option<Vec<usize>> {
    let of_rows: Vec<bool> = of_rows.into_iter().collect();
    let mut found = (0..of_rows.len()).filter(|&axis| of_rows[axis]);
    match (found.next(), found.next()) {
        (Some(rows), None) if rows > 0 => {
            Some(std::iter::once(rows).chain((0..of_rows.len()).filter(|&axis| axis != rows)).collect())
        }
        _ => None,
    }
}

/// The shapes of single rows.
pub(crate) fn row_shapes(inputs: &[TensorView<'_>]) -> Vec<Vec<usize>> {
    inputs.iter().map(|view| view.shape()[1..].to_vec()).collect()
}

#[cfg(test)]
mod tests {
    use super::rows_first;

    #[test]
    fn the_only_axis_of_rows_comes_first() {
        assert_eq!(rows_first([false, false, true, false]), Some(vec![2, 0, 1, 3]));
        for told in [&[true, false][..], &[true, true], &[false, true, true], &[false], &[]] {
            assert_eq!(rows_first(told.iter().copied()), None, "{told:?}");
        }
    }
}
