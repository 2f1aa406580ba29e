//! What evaluates edits: the steps of a plan, and a session for what lies behind them.

use kipos_onnx_edits::{Evaluator, Origin, Plan, Tail, Weights};
use kipos_plugin_api::{DType, EditedOutputs, Edits, OutputSpan, Result, Tensor, TensorView};

use crate::lone_row;
use crate::model::OnnxModel;
use crate::one_row::joined;
use crate::port::Port;
use crate::predict::run_rows;
use crate::sessions::Subgraph;

/// The rows that a session takes at a time where the graph leaves it open: always as many, so that none is computed otherwise
/// than another.
const ROWS: usize = 32;

/// What evaluates edits.
pub struct EditEvaluator {
    evaluator: Evaluator,
    tail: Option<TailSession>,
}

/// The session behind the steps of a plan.
struct TailSession {
    subgraph: Subgraph,
    inputs: Vec<Port>,
    rows: usize,
}

impl EditEvaluator {
    /// Packs the weights of a plan, and makes the session behind its steps.
    ///
    /// # Errors
    /// Weights that cannot be used, or an end that the engine refuses.
    pub fn load(model: &OnnxModel, plan: Plan, weights: &dyn Weights) -> std::result::Result<Self, String> {
        let tail = plan.tail.as_ref().map(|tail| TailSession::new(model, &plan, tail)).transpose();
        let tail = tail.map_err(|error| error.message)?;
        Ok(Self { evaluator: Evaluator::load(plan, weights, model.sessions.engine.threads())?, tail })
    }

    /// The plan.
    #[cfg(test)]
    pub fn plan(&self) -> &Plan {
        self.evaluator.plan()
    }

    /// Predictions for rows and for edits of them.
    ///
    /// # Errors
    /// Inputs or edits that do not fit the plan; a failure of the engine.
    pub fn predict(&self, inputs: &[TensorView<'_>], edits: &Edits, threads: usize) -> Result<EditedOutputs> {
        let Some(tail) = &self.tail else { return self.evaluator.predict(inputs, edits, threads) };
        let plan = self.evaluator.plan();
        // The tail reads all of what it reads.
        let read = |span: &OutputSpan| match plan.sources.get(span.output) {
            Some(Origin::Steps(at)) => Some(OutputSpan::new(*at, span.stride, span.length, span.start..span.end)),
            _ => None,
        };
        let reads = edits.reads.iter().filter_map(read).collect();
        let of_steps = edits.clone().with_outputs(plan.outputs_for(&edits.outputs)).with_reads(reads);
        let EditedOutputs { reference, edited, .. } = self.evaluator.predict(inputs, &of_steps, threads)?;
        let is_wanted = |at: usize| edits.outputs.is_empty() || edits.outputs.contains(&at);
        let runs = |(at, source): (usize, &Origin)| matches!(source, Origin::Tail(_)) && is_wanted(at);
        let runs = plan.sources.iter().enumerate().any(runs);
        let complete = |mut of_steps: Vec<Tensor>| -> Result<Vec<Tensor>> {
            let read = of_steps.split_off(of_steps.len() - tail.inputs.len());
            let rows = read.first().map_or(0, |tensor| tensor.view().rows());
            let made = if runs { tail.run(&read, rows)? } else { vec![] };
            let (mut of_steps, mut made) = (of_steps.into_iter(), made.into_iter());
            let mut next = |source: &Origin| match source {
                Origin::Steps(_) => of_steps.next(),
                Origin::Tail(_) => made.next(),
            };
            // Of an output that nobody wants, there are rows and nothing in them.
            let nothing = || Tensor::new(vec![rows, 0], Vec::<f32>::new());
            plan.sources.iter().map(|source| next(source).map_or_else(nothing, Ok)).collect()
        };
        Ok(EditedOutputs::new(complete(reference)?, complete(edited)?))
    }
}

impl TailSession {
    fn new(model: &OnnxModel, plan: &Plan, tail: &Tail) -> Result<Self> {
        let subgraph = model.sessions.subgraph(&tail.graph, &tail.outputs)?;
        let read = plan.outputs[plan.outputs.len() - tail.inputs.len()..].iter();
        let port = |(name, port): (&String, &kipos_onnx_edits::Port)| Port {
            name: name.clone(),
            described: name.clone(),
            dtype: DType::F32,
            shape: std::iter::once(None).chain(port.shape.iter().copied().map(Some)).collect(),
        };
        let inputs = tail.inputs.iter().zip(read).map(port).collect();
        Ok(Self { subgraph, inputs, rows: model.engine_batch().fixed().unwrap_or(ROWS) })
    }

    /// What the session gives for all rows, so many at a time; the last one fills up.
    fn run(&self, read: &[Tensor], rows: usize) -> Result<Vec<Tensor>> {
        let mut parts = Vec::with_capacity(rows.div_ceil(self.rows));
        for first in (0..rows.max(1)).step_by(self.rows) {
            let count = self.rows.min(rows - first);
            let filled = read.iter().map(|tensor| filled(tensor, first, count, self.rows));
            let filled = filled.collect::<Result<Vec<Tensor>>>()?;
            let views: Vec<TensorView<'_>> = filled.iter().map(Tensor::view).collect();
            let made = run_rows(&self.subgraph.session, &self.inputs, &views, &self.subgraph.outputs)?;
            let own = made.iter().map(|tensor| lone_row::rows(&tensor.view(), 0..count));
            parts.push(own.collect::<Result<Vec<Tensor>>>()?);
        }
        joined(&parts)
    }
}

/// So many rows from `first` on, and zeros to fill up.
fn filled(tensor: &Tensor, first: usize, count: usize, rows: usize) -> Result<Tensor> {
    let view = tensor.view();
    let width: usize = view.shape().iter().skip(1).product();
    let mut numbers = view.as_f32()?[first * width..(first + count) * width].to_vec();
    numbers.resize(rows * width, 0.0);
    Tensor::new([&[rows], &view.shape()[1..]].concat(), numbers)
}
