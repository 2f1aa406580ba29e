//! The inside of a stub model, for its argument `layers`.
//!
//! With `w[i]` the weight of element `i` of the first input (its value in the formula), over 1000, and `s` the sum of
//! `w[i] * x[i]` over that input alone, the layers are
//!
//! 0. `products`: `w[i] * x[i]`, in the shape of the input;
//! 1. `trunk/pool`, called twice: `[s, -2s, 3s]`, then `[[-s, 2s]]`;
//! 2. `squash`: `[1 / (1 + exp(-s))]`, with `[s]` before its nonlinearity;
//! 3. `codes`: `1000 * s` as a whole number, which has no gradient;
//! 4. `0`: the sum of `s` over all rows of the batch, which is therefore no value of a row.
//!
//! The outputs have gradients too, before their sigmoid as well; of several, each is a call of the final layer.

use kipos_plugin_api::{
    DType, DataView, GradientRequest, Gradients, Layer, LayerInfo, LayerRequest, PluginError, Result, Tensor,
    TensorView,
};

use crate::StubModel;

/// The factors of `s` in the two calls of the layer `trunk/pool`.
const POOLED: [&[f64]; 2] = [&[1.0, -2.0, 3.0], &[-1.0, 2.0]];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StubLayer {
    Products,
    Pool,
    Squash,
    Codes,
    BatchTotal,
    Output,
}

const LISTED: [(StubLayer, &str, &str, &str); 5] = [
    (StubLayer::Products, "products", "", "Mul"),
    (StubLayer::Pool, "trunk/pool", "trunk", "Pool"),
    (StubLayer::Squash, "squash", "", "Sigmoid"),
    (StubLayer::Codes, "codes", "", "Cast"),
    (StubLayer::BatchTotal, "0", "", "Sum"),
];

fn find(layer: &Layer) -> Result<StubLayer> {
    let known = || LISTED.map(|(_, name, ..)| name).join(", ");
    match layer {
        Layer::Final => Ok(StubLayer::Output),
        Layer::Index(index) => LISTED
            .get(*index)
            .map(|(layer, ..)| *layer)
            .ok_or_else(|| PluginError::invalid_argument(format!("there is no layer {index} (known: {})", known()))),
        Layer::Name(name) => LISTED
            .iter()
            .find(|(_, listed, ..)| listed == name)
            .map(|(layer, ..)| *layer)
            .ok_or_else(|| PluginError::invalid_argument(format!("unknown layer `{name}` (known: {})", known()))),
    }
}

/// The chosen ones of several calls.
fn pick<T>(calls: Vec<T>, call: Option<usize>) -> Result<Vec<T>> {
    let count = calls.len();
    let Some(call) = call else { return Ok(calls) };
    let chosen = calls.into_iter().nth(call).map(|call| vec![call]);
    chosen.ok_or_else(|| {
        PluginError::invalid_argument(format!("there is no call {call}: the layer is called {count} times, from 0 on"))
    })
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

impl StubModel {
    pub(crate) fn layer_infos(&self) -> Vec<LayerInfo> {
        let row = self.inputs.first().and_then(|input| input.spec.shape.clone());
        let info = |(index, (layer, name, scope, op)): (usize, (StubLayer, &str, &str, &str))| {
            LayerInfo::new(index, name.to_owned(), op.to_owned())
                .with_scope(scope.to_owned())
                .with_shape(match layer {
                    StubLayer::Products => row.clone(),
                    StubLayer::Squash => Some(vec![Some(1)]),
                    StubLayer::Codes => Some(Vec::new()),
                    _ => None,
                })
                .with_differentiable(layer != StubLayer::Codes)
        };
        LISTED.into_iter().enumerate().map(info).collect()
    }

    pub(crate) fn layer_values(&self, inputs: &[TensorView<'_>], request: &LayerRequest) -> Result<Vec<Tensor>> {
        let layer = find(&request.layer)?;
        if layer == StubLayer::Output {
            if request.pre_nonlinearity && !self.sigmoid {
                return Err(no_nonlinearity());
            }
            return pick(self.outputs_of(inputs, self.sigmoid && !request.pre_nonlinearity)?, request.call);
        }
        if request.pre_nonlinearity && layer != StubLayer::Squash {
            return Err(no_nonlinearity());
        }
        let input = inputs.first().ok_or_else(|| PluginError::shape("the stub needs an input"))?;
        let rows = input.rows();
        let weights = self.weights_of(0, input)?;
        let products: Vec<f64> =
            input.as_f32()?.iter().zip(weights.iter().cycle()).map(|(x, w)| f64::from(*x) * w).collect();
        let sums: Vec<f64> = products.chunks(weights.len()).map(|row| row.iter().sum()).collect();
        let calls = match layer {
            StubLayer::Products => vec![Tensor::new(input.shape().to_vec(), floats(products))?],
            StubLayer::Pool => {
                let values = |factors: &[f64]| floats(sums.iter().flat_map(|s| factors.iter().map(move |f| s * f)));
                vec![Tensor::new(vec![rows, 3], values(POOLED[0]))?, Tensor::new(vec![rows, 1, 2], values(POOLED[1]))?]
            }
            StubLayer::Squash if request.pre_nonlinearity => vec![Tensor::new(vec![rows, 1], floats(sums))?],
            StubLayer::Squash => vec![Tensor::new(vec![rows, 1], floats(sums.into_iter().map(logistic)))?],
            StubLayer::Codes => {
                let codes: Vec<i64> = sums.iter().map(|s| (1000.0 * s).round() as i64).collect();
                vec![Tensor::new(vec![rows], codes)?]
            }
            StubLayer::BatchTotal => vec![Tensor::new(vec![1], vec![sums.iter().sum::<f64>() as f32])?],
            StubLayer::Output => Vec::new(),
        };
        pick(calls, request.call)
    }

    pub(crate) fn gradients(&self, inputs: &[TensorView<'_>], request: &GradientRequest) -> Result<Gradients> {
        let layer = find(&request.layer.layer)?;
        let calls = self.layer_values(inputs, &request.layer)?;
        let views: Vec<TensorView<'_>> = calls.iter().map(Tensor::view).collect();
        let weights = request.weights_of_calls(&views)?;
        let weights: Vec<&[f32]> = weights.iter().map(|weights| weights.view().as_f32()).collect::<Result<_>>()?;
        let rows = inputs.first().map_or(0, TensorView::rows);
        let factors = pick(self.factors(layer), request.layer.call)?;
        // How fast the differentiated number of each row grows with the sum of the inputs.
        let mut slopes = vec![0.0; rows];
        for ((call, weights), factors) in calls.iter().zip(&weights).zip(&factors) {
            let values = call.view().as_f32()?;
            let width = values.len() / rows.max(1);
            let squashed = match layer {
                StubLayer::Squash => !request.layer.pre_nonlinearity,
                StubLayer::Output => self.sigmoid && !request.layer.pre_nonlinearity,
                _ => false,
            };
            for (index, (&weight, &value)) in weights.iter().zip(values).enumerate() {
                let value = f64::from(value);
                let slope = if squashed { value * (1.0 - value) } else { 1.0 };
                let factor = factors.get(index % width).copied().unwrap_or(1.0);
                slopes[index / width] += f64::from(weight) * slope * factor;
            }
        }
        let mut gradients = Gradients::new(Vec::new());
        for &index in &request.inputs {
            let input = inputs.get(index).ok_or_else(|| PluginError::shape(format!("there is no input {index}")))?;
            let own = self.weights_of(index, input)?;
            let is_connected = layer == StubLayer::Output || index == 0;
            if !is_connected {
                gradients.unconnected.push(index);
            }
            let elements = (0..rows).flat_map(|row| own.iter().enumerate().map(move |(element, w)| (row, element, w)));
            let elements = elements.map(|(row, element, w)| match layer {
                _ if !is_connected => 0.0,
                StubLayer::Products => f64::from(weights[0][row * own.len() + element]) * w,
                StubLayer::Output => slopes[row] * (index + 1) as f64 * w,
                _ => slopes[row] * w,
            });
            gradients.tensors.push(match input.dtype() {
                DType::F64 => Tensor::new(input.shape().to_vec(), elements.collect::<Vec<f64>>())?,
                _ => Tensor::new(input.shape().to_vec(), floats(elements))?,
            });
        }
        Ok(gradients)
    }

    /// The factor of the sum in every element of a row, call by call; empty where it is 1.
    fn factors(&self, layer: StubLayer) -> Vec<Vec<f64>> {
        match layer {
            StubLayer::Pool => POOLED.map(<[f64]>::to_vec).to_vec(),
            StubLayer::Output => self.outputs.iter().map(crate::OutputShape::factors).collect(),
            _ => vec![Vec::new()],
        }
    }

    /// The weight of every element of a row of an input, over 1000, as the only one.
    fn weights_of(&self, index: usize, input: &TensorView<'_>) -> Result<Vec<f64>> {
        let shape = input.shape().get(1..).unwrap_or_default();
        let length: usize = shape.iter().product();
        if matches!(input.data(), DataView::Strings(_)) {
            return Err(PluginError::unsupported("the stub has no gradients and layers of text"));
        }
        // The formulas are linear, so the value of one element alone is its weight.
        let mut units = vec![0f32; length * length];
        units.iter_mut().step_by(length + 1).for_each(|element| *element = 1.0);
        let shape: Vec<usize> = [length].into_iter().chain(shape.iter().copied()).collect();
        let view = TensorView::new(&shape, units.as_slice())?;
        let sums = self.sums_of(index, &view)?;
        Ok(sums.into_iter().map(|sum| sum / 1000.0).collect())
    }
}

fn no_nonlinearity() -> PluginError {
    PluginError::invalid_argument("the layer has no nonlinearity, so nothing comes before it")
}

fn floats(values: impl IntoIterator<Item = f64>) -> Vec<f32> {
    values.into_iter().map(|value| value as f32).collect()
}
