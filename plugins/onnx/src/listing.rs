//! The list of layers, with the shapes of their values and whether they have gradients.

use kipos_onnx_graph::{Facts, Graph, Length, plan};
use kipos_plugin_api::{LayerInfo, LayerQuery, Result, Tensor, TensorView};

use crate::activations::{axes_of_rows, rows_first};
use crate::model::OnnxModel;
use crate::port::Port;
use crate::probe::zeros;

/// Lengths to try where a model takes any, each beside its double or half: long networks refuse short inputs, attention
/// needs much memory for long ones, and few have a largest length below the first. In shorter ones, values that are
/// pooled often would look as if their length did not change.
const OPEN_LENGTHS: [usize; 10] = [128, 256, 512, 1024, 2048, 4096, 64, 32, 16, 8];

/// The graph and its facts for inputs of certain lengths.
type Known = (Graph, Facts);

/// What trial runs tell of a graph.
struct Trials {
    first: Known,
    /// For inputs of another length, which tells the axes that follow it.
    other: Option<Facts>,
    /// Whether the lengths of the inputs are all known, so that those of all values are.
    is_settled: bool,
}

impl OnnxModel {
    /// The layers of the graph.
    ///
    /// # Errors
    /// A broken file, or a graph that does not run on inputs of the lengths asked for.
    pub fn list_layers(&self, query: &LayerQuery) -> Result<Vec<LayerInfo>> {
        let graph = self.sessions.forms()?.raised();
        let trials = self.trials(graph, query)?;
        let inputs: Vec<&str> = self.inputs.iter().map(|port| port.name.as_str()).collect();
        let plan = trials.as_ref().map(|trials| plan(&trials.first.0, &trials.first.1, &inputs));
        let axes = self.sessions.vocabulary.axes(graph);
        // A value without rows is no layer's value of a sample.
        let shape_of = |tensor: &str, facts: &Facts| {
            let shape = axes.arranged(tensor, &facts.get(tensor)?.shape);
            let shape = match rows_first(axes_of_rows(&shape)) {
                Some(order) => order.into_iter().map(|axis| shape[axis]).collect(),
                None => shape,
            };
            self.rows_come_first(&shape).then(|| row_shape(&shape))
        };
        let infos = graph.layers().into_iter().enumerate().map(|(index, layer)| {
            let first = trials.as_ref().and_then(|trials| shape_of(&layer.tensor, &trials.first.1));
            let allowed = plan.as_ref().is_some_and(|plan| plan.allows(&layer.tensor));
            let differentiable = first.is_some() && allowed;
            let other = trials.as_ref().and_then(|trials| shape_of(&layer.tensor, trials.other.as_ref()?));
            let shape = match (first, other) {
                (first, None) => first.filter(|_| trials.as_ref().is_some_and(|trials| trials.is_settled)),
                (None, Some(_)) => None,
                (Some(first), Some(other)) => {
                    let same = |(length, again): (&Option<usize>, &Option<usize>)| length.filter(|_| length == again);
                    Some(first.iter().zip(&other).map(same).collect())
                }
            };
            LayerInfo::new(index, layer.tensor, layer.op)
                .with_differentiable(differentiable)
                .with_shape(shape)
                .with_node(layer.node)
                .with_scope(layer.scope)
        });
        Ok(infos.collect())
    }

    /// What the engine shows of the graph on inputs of the lengths that are described or asked for; where those are open,
    /// of the first that works. `None` if none does.
    ///
    /// # Errors
    /// A graph that does not run on the lengths asked for.
    fn trials(&self, graph: &Graph, query: &LayerQuery) -> Result<Option<Trials>> {
        let known = |open: usize| self.without_choices(graph.clone(), &self.lengths(query, open));
        if self.lengths(query, 1) == self.lengths(query, 2) {
            let is_asked = self.lengths(query, 1) != self.lengths(&LayerQuery::default(), 1);
            // Where rows are joined instead of refused, the trial runs do not fail.
            self.takes_one_row_of(&self.lengths(query, 1));
            return match known(1) {
                Ok(first) => Ok(Some(Trials { first, other: None, is_settled: true })),
                Err(error) if is_asked => Err(error),
                Err(_) => Ok(None),
            };
        }
        let works = |length: usize| {
            let lengths = self.lengths(query, length);
            self.takes_one_row_of(&lengths) || self.takes(&lengths)
        };
        let Some(length) = OPEN_LENGTHS.into_iter().find(|&length| works(length)) else { return Ok(None) };
        let Ok(first) = known(length) else { return Ok(None) };
        let other = [2 * length, length / 2].into_iter().find(|&other| works(other));
        let other = other.and_then(|other| Some(known(other).ok()?.1));
        Ok(Some(Trials { first, other, is_settled: false }))
    }

    /// Whether the graph takes one row per call, as trial runs tell; of any length, the first that it takes is tried.
    pub(crate) fn takes_one_row_of_some_length(&self) -> bool {
        let query = LayerQuery::default();
        // Longer ones too: what takes none of the others may still take one of these.
        OPEN_LENGTHS
            .into_iter()
            .chain([8192, 16_384])
            .any(|length| self.takes_one_row_of(&self.lengths(&query, length)))
    }

    /// Whether the graph runs on rows of these shapes.
    fn takes(&self, row_shapes: &[Vec<usize>]) -> bool {
        let rows = self.engine_batch().fixed().unwrap_or(2);
        let blank = |(port, row): (&Port, &Vec<usize>)| zeros(port, rows, row);
        let blank = self.inputs.iter().zip(row_shapes).map(blank).collect::<Result<Vec<Tensor>>>();
        blank.is_ok_and(|blank| {
            let views: Vec<TensorView<'_>> = blank.iter().map(Tensor::view).collect();
            self.run_forward(&views).is_ok()
        })
    }

    /// The lengths of the inputs' axes after the batch axis: those of the graph, or else of model.yaml, or else those asked
    /// for; `open` where none fixes one.
    pub(crate) fn lengths(&self, query: &LayerQuery, open: usize) -> Vec<Vec<usize>> {
        let shape = |(input, (port, described)): (usize, (&Port, &Vec<Option<usize>>))| {
            let asked = query.lengths.get(input).copied().flatten();
            let axes = port.shape.iter().skip(1).enumerate();
            axes.map(|(axis, length)| {
                length.or_else(|| described.get(axis).copied().flatten()).or(asked).unwrap_or(open)
            })
            .collect()
        };
        self.inputs.iter().zip(&self.sessions.described).enumerate().map(shape).collect()
    }
}

fn row_shape(shape: &[Length]) -> Vec<Option<usize>> {
    let length = |length: &Length| match length {
        Length::Fixed(length) => Some(*length),
        _ => None,
    };
    shape.iter().skip(1).map(length).collect()
}
