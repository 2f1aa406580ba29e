//! Whether the graph with convolutions over two axes gives what the original gives: tried once, before it is used.

use std::sync::Mutex;

use kipos_onnx_graph::{Graph, Widened};
use kipos_plugin_api::{DType, Result, Tensor, TensorView};

use crate::engine::Optimization;
use crate::forms::Convolutions;
use crate::model::OnnxModel;
use crate::port::{Port, port};
use crate::predict::run_rows;
use crate::probe::zeros;

/// The largest difference, relative to the largest value of a tensor. Rounding alone came to 1e-6 after ten layers; a
/// mistake would be of the size of the values.
const TOLERANCE: f32 = 1e-5;

/// Rows of the trial, where the graph leaves it open: whether both forms are the same shows in one.
const ROWS: usize = 1;

impl OnnxModel {
    /// Decides, on the first call, which form of the graph runs. `inputs` tell the lengths of the axes.
    ///
    /// # Errors
    /// A graph that the engine refuses in its original form too.
    pub(crate) fn settle(&self, inputs: &[TensorView<'_>]) -> Result<()> {
        // What is not readable here is left to the engine.
        let Ok(forms) = self.sessions.forms() else { return Ok(()) };
        if forms.convolutions().is_some() {
            return Ok(());
        }
        let Some(wide) = forms.wide() else {
            forms.decide(Convolutions::OneAxis);
            return Ok(());
        };
        // Whoever comes meanwhile waits for the session.
        let mut session = self.session.lock();
        if forms.convolutions().is_some() {
            return Ok(());
        }
        let graph = forms.original();
        if self.agrees(graph, wide, inputs).unwrap_or(false) {
            forms.decide(Convolutions::TwoAxes);
        } else {
            *session = Some(self.sessions.engine.session(graph, Optimization::Fastest)?);
            forms.decide(Convolutions::OneAxis);
        }
        Ok(())
    }

    /// Whether both forms agree on noise, wherever the convolutions end.
    fn agrees(&self, graph: &Graph, wide: &Widened, inputs: &[TensorView<'_>]) -> Result<bool> {
        let rows = self.engine_batch().fixed().unwrap_or(ROWS);
        let trial = self.inputs.iter().zip(inputs).map(|(port, view)| noise(port, rows, &view.shape()[1..]));
        let trial = trial.collect::<Result<Vec<Tensor>>>()?;
        let views: Vec<TensorView<'_>> = trial.iter().map(Tensor::view).collect();
        let values = |graph: &Graph| {
            let exposed = graph.expose(&wide.leaving).map_err(|error| crate::problem::invalid(error.to_string()))?;
            let session = self.sessions.engine.session(&exposed, Optimization::Fastest)?;
            let outputs = session.outputs().iter().map(|outlet| port(outlet.name(), outlet));
            let outputs = outputs.collect::<Result<Vec<Port>>>()?;
            run_rows(&Mutex::new(session), &self.inputs, &views, &outputs)
        };
        let (expected, found) = (values(graph)?, values(&wide.graph)?);
        Ok(expected.iter().zip(&found).all(|(a, b)| a.shape() == b.shape() && close(a, b)))
    }
}

/// Numbers between -1 and 1 that follow no pattern; zeros where no fractions are read.
fn noise(port: &Port, rows: usize, row: &[usize]) -> Result<Tensor> {
    let shape: Vec<usize> = [&[rows], row].concat();
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 23) - 1.0
    };
    let count = shape.iter().product();
    match port.dtype {
        DType::F32 => Tensor::new(shape, (0..count).map(|_| next() as f32).collect::<Vec<f32>>()),
        DType::F64 => Tensor::new(shape, (0..count).map(|_| next()).collect::<Vec<f64>>()),
        _ => zeros(port, rows, row),
    }
}

/// Whether two tensors hold the same up to rounding. Infinite or undefined values are not compared: they are odd.
fn close(a: &Tensor, b: &Tensor) -> bool {
    let (a, b) = (a.view(), b.view());
    let (Ok(a), Ok(b)) = (a.as_f32(), b.as_f32()) else { return a.data() == b.data() };
    let largest = a.iter().fold(0.0, |largest: f32, value| largest.max(value.abs()));
    a.iter().zip(b).all(|(a, b)| (a - b).abs() <= TOLERANCE * largest)
}
