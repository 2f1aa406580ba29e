//! Gradients, computed by a graph that is made for them.

use std::sync::Mutex;

use kipos_onnx_graph::{GradientError, Length, plan};
use kipos_plugin_api::{
    DType, GradientRequest, Gradients, PluginError, Reduce, Result, Tensor, TensorData, TensorView,
};

use crate::activations::{Located, axes_of_rows, row_shapes, shapes_of};
use crate::engine::Optimization;
use crate::forms::Purpose;
use crate::model::OnnxModel;
use crate::port::{Port, port};
use crate::sessions::{GradientKey, GradientSession};

impl OnnxModel {
    /// The gradient of a reduced layer with respect to inputs.
    ///
    /// # Errors
    /// A layer or an input that is not there, an operator without a rule, inputs that do not fit, a failure of the
    /// engine.
    pub fn gradients_of(&self, inputs: &[TensorView<'_>], request: &GradientRequest) -> Result<Gradients> {
        self.check(inputs)?;
        self.settle(inputs)?;
        self.gradients_by_rows(inputs, |inputs| self.gradients_together(inputs, request))
    }

    /// As [`gradients_of`](Self::gradients_of), of all rows in one call.
    fn gradients_together(&self, inputs: &[TensorView<'_>], request: &GradientRequest) -> Result<Gradients> {
        let wanted = request.inputs.iter().map(|&input| self.float_input(input)).collect::<Result<Vec<&Port>>>()?;
        let GradientRequest { layer, inputs: asked, .. } = request;
        let key = GradientKey { layer: layer.clone(), inputs: asked.clone(), row_shapes: row_shapes(inputs) };
        let made = self.sessions.gradients.get(&key, || self.gradient_session(request, &wanted, &key.row_shapes))?;
        let mut found = Vec::new();
        if let Some(session) = &made.session {
            let weights = self.weights(inputs, request, &made)?;
            let ports: Vec<Port> = self.inputs.iter().chain(&made.seeds).cloned().collect();
            let views: Vec<TensorView<'_>> = inputs.iter().cloned().chain(weights.iter().map(Tensor::view)).collect();
            found = self.run_on(session, &ports, &views, &made.outputs)?.into_iter().map(Some).collect();
        }
        let mut gradients = Gradients::new(Vec::with_capacity(wanted.len()));
        for ((&input, port), position) in request.inputs.iter().zip(wanted).zip(&made.positions) {
            let gradient = position.and_then(|at| found.get_mut(at)).and_then(Option::take);
            if gradient.is_none() {
                gradients.unconnected.push(input);
            }
            let zeros = || zeros(port.dtype, inputs[input].shape().to_vec());
            gradients.tensors.push(gradient.map_or_else(zeros, Ok)?);
        }
        Ok(gradients)
    }

    fn float_input(&self, input: usize) -> Result<&Port> {
        let Some(port) = self.inputs.get(input) else {
            let count = self.inputs.len();
            return Err(PluginError::invalid_argument(format!(
                "there is no input {input}: the model has {count}, from 0"
            )));
        };
        match port.dtype {
            DType::F32 | DType::F64 => Ok(port),
            other => Err(PluginError::unsupported(format!(
                "there is no gradient with respect to `{}`, which the graph reads as {other}; only float32 and float64 \
                 inputs have one",
                port.described
            ))),
        }
    }

    fn gradient_session(
        &self,
        request: &GradientRequest,
        wanted: &[&Port],
        rows: &[Vec<usize>],
    ) -> Result<GradientSession> {
        let mut located = self.locate(&request.layer, Purpose::Gradients)?;
        let mut facts;
        (located.graph, facts) = self.without_choices(located.graph, rows)?;
        let mut shapes = shapes_of(&located.tensors, &facts);
        if self.may_move_rows(&request.layer)
            && located.put_rows_first(shapes.iter().map(|shape| axes_of_rows(shape)).collect())
        {
            (located.graph, facts) = self.without_choices(located.graph, rows)?;
            shapes = shapes_of(&located.tensors, &facts);
        }
        let Located { graph, tensors } = located;
        if let Some((tensor, shape)) = tensors.iter().zip(&shapes).find(|(_, shape)| !self.rows_come_first(shape)) {
            return Err(PluginError::unsupported(format!(
                "`{tensor}` has shape {}: rows must come first; choose another layer, such as one behind it",
                shape_text(shape)
            )));
        }
        let inputs: Vec<&str> = wanted.iter().map(|port| port.name.as_str()).collect();
        let refused = |error: GradientError| PluginError::unsupported(error.to_string());
        let built = plan(&graph, &facts, &inputs).build(&tensors, &inputs).map_err(refused)?;
        let mut next = 0..;
        let positions: Vec<Option<usize>> =
            built.gradients.iter().map(|gradient| gradient.as_ref().and_then(|_| next.next())).collect();
        if positions.iter().all(Option::is_none) {
            return Ok(GradientSession { session: None, seeds: vec![], shapes, outputs: vec![], positions });
        }
        let session = self.sessions.engine.session(&built.graph, Optimization::Fastest)?;
        let described = wanted.iter().zip(&positions).filter(|(_, position)| position.is_some());
        let outputs =
            session.outputs().iter().zip(described).map(|(outlet, (wanted, _))| port(&wanted.described, outlet));
        let outputs = outputs.collect::<Result<Vec<Port>>>()?;
        let seeds = session.inputs().iter().filter(|outlet| built.seeds.iter().any(|seed| seed == outlet.name()));
        let seeds = seeds.map(|outlet| port(outlet.name(), outlet)).collect::<Result<Vec<Port>>>()?;
        Ok(GradientSession { session: Some(Mutex::new(session)), seeds, shapes, outputs, positions })
    }

    /// The weights of the layer's elements.
    fn weights(
        &self,
        inputs: &[TensorView<'_>],
        request: &GradientRequest,
        made: &GradientSession,
    ) -> Result<Vec<Tensor>> {
        let rows = inputs.first().map_or(0, TensorView::rows);
        let values = match request.reduce {
            // The weights of a sum do not depend on the values, which need not be computed for it.
            Reduce::Sum => {
                let of_call = |(shape, seed): (&Vec<Length>, &Port)| {
                    let length = |length: &Length| match length {
                        Length::Fixed(length) => Some(*length),
                        Length::Rows(times) => Some(times * rows),
                        Length::Other => None,
                    };
                    let shape: Option<Vec<usize>> = shape.iter().map(length).collect();
                    shape.map(|shape| zeros(seed.dtype, shape)).transpose()
                };
                let calls: Option<Vec<Tensor>> =
                    made.shapes.iter().zip(&made.seeds).map(of_call).collect::<Result<Option<Vec<Tensor>>>>()?;
                calls.map_or_else(|| self.values_of(inputs, request), Ok)?
            }
            _ => self.values_of(inputs, request)?,
        };
        request.weights_of_calls(&values.iter().map(Tensor::view).collect::<Vec<TensorView<'_>>>())
    }

    fn values_of(&self, inputs: &[TensorView<'_>], request: &GradientRequest) -> Result<Vec<Tensor>> {
        let subgraph = self.values_subgraph(&request.layer, inputs)?;
        self.run_on(&subgraph.session, &self.inputs, inputs, &subgraph.outputs)
    }
}

/// A shape in words: `(20, rows, 6)`.
fn shape_text(shape: &[Length]) -> String {
    let length = |length: &Length| match length {
        Length::Fixed(length) => length.to_string(),
        Length::Rows(1) => "rows".to_owned(),
        Length::Rows(times) => format!("{times} x rows"),
        Length::Other => "?".to_owned(),
    };
    format!("({})", shape.iter().map(length).collect::<Vec<_>>().join(", "))
}

fn zeros(dtype: DType, shape: Vec<usize>) -> Result<Tensor> {
    let count = shape.iter().product();
    let data: TensorData = match dtype {
        DType::F64 => vec![0f64; count].into(),
        _ => vec![0f32; count].into(),
    };
    Tensor::new(shape, data)
}
