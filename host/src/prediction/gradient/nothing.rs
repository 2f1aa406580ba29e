//! Gradients that are zero for all samples, as far as rounding tells: they say more of the question than of the model.

use kipos_plugin_api::{FilterItem, GradientRequest, Gradients, Reduce, TensorView};

use super::differences::floats;
use crate::plugin::PluginModel;

/// Above this, a gradient is something, and is compared with nothing else.
const SMALL: f64 = 1e-3;

/// What rounding leaves of a sum that should be zero, relative to its terms.
const ROUNDING: f64 = 1e-5;

/// So many single elements of the layer's value are looked at along an axis.
const SINGLE_ELEMENTS: i64 = 4;

/// The largest gradients of a run.
#[derive(Debug, Default)]
pub(super) struct Nothing {
    samples: u64,
    largest: f64,
    /// The largest gradient of single elements, once the first small ones were met.
    of_single: Option<f64>,
}

impl Nothing {
    /// Takes note of the gradients of the first `count` rows of a block.
    pub fn see(
        &mut self,
        model: &PluginModel,
        inputs: &[TensorView<'_>],
        request: &GradientRequest,
        answer: &Gradients,
        count: usize,
    ) {
        let Some(largest) = largest(answer, request, count) else { return };
        self.samples += count as u64;
        self.largest = self.largest.max(largest);
        if self.of_single.is_none() && self.largest > 0.0 && self.largest < SMALL {
            let single = single_elements(request);
            let gradients = single.iter().filter_map(|request| model.input_gradients(inputs, request).ok());
            let found = gradients.filter_map(|answer| self::largest(&answer, request, count));
            self.of_single = Some(found.fold(0.0, f64::max));
        }
    }

    /// A sentence, if all gradients of `of` were zero.
    pub fn warning(&self, of: &str, request: &GradientRequest) -> Option<String> {
        let rounded = ROUNDING * self.of_single.unwrap_or(0.0);
        if self.samples == 0 || self.largest > rounded {
            return None;
        }
        let zero = match self.largest {
            0.0 => "zero".to_owned(),
            largest => format!("zero but for rounding (at most {largest:.0e})"),
        };
        let filter = match (request.filter.is_empty(), request.reduce) {
            (true, Reduce::Sum) => "choose single elements with --filter",
            _ => "choose other elements with --filter",
        };
        let before = if request.layer.pre_nonlinearity { "" } else { ", or differentiate with --pre-nonlinearity" };
        Some(format!(
            "{of}: the gradients of all {} samples are {zero}; the sum of all classes of a softmax never changes, and a rectifier \
             that is off passes nothing; {filter}{before}",
            self.samples
        ))
    }
}

/// The largest magnitude among the first `count` rows, of inputs that are connected; infinite if one is not a number.
fn largest(answer: &Gradients, request: &GradientRequest, count: usize) -> Option<f64> {
    let connected = answer.tensors.iter().zip(&request.inputs);
    let connected = connected.filter(|(_, input)| !answer.unconnected.contains(input));
    let of_tensor = |(tensor, _): (&kipos_plugin_api::Tensor, &usize)| {
        let width: usize = tensor.shape().iter().skip(1).product();
        let magnitude = |value: f64| if value.is_nan() { f64::INFINITY } else { value.abs() };
        floats(&tensor.view()).into_iter().take(count * width).map(magnitude).fold(0.0, f64::max)
    };
    connected.map(of_tensor).reduce(f64::max)
}

/// The same question about single elements, along the first and the last axis of the layer's value.
fn single_elements(request: &GradientRequest) -> Vec<GradientRequest> {
    let filters = (0..SINGLE_ELEMENTS).flat_map(|at| {
        let index = FilterItem::Index(at);
        [vec![index], vec![FilterItem::Ellipsis, index]]
    });
    filters.map(|filter| request.clone().with_filter(filter).with_reduce(Reduce::Sum)).collect()
}

#[cfg(test)]
mod tests {
    use kipos_plugin_api::{Layer, LayerRequest, Tensor};

    use super::*;

    fn request(filter: Vec<FilterItem>) -> GradientRequest {
        let layer = LayerRequest::new(Layer::Final);
        GradientRequest::new(layer, vec![0, 1]).with_filter(filter)
    }

    #[test]
    fn only_connected_inputs_and_asked_rows_count() {
        let tensor = |values: [f32; 2]| Tensor::new(vec![2, 1], values.to_vec()).unwrap();
        let answer = |unconnected| {
            Gradients::new(vec![tensor([1.0, -3.0]), tensor([0.0, f32::NAN])]).with_unconnected(unconnected)
        };
        assert_eq!(largest(&answer(vec![1]), &request(vec![]), 2), Some(3.0));
        assert_eq!(largest(&answer(vec![1]), &request(vec![]), 1), Some(1.0));
        assert_eq!(largest(&answer(vec![]), &request(vec![]), 2), Some(f64::INFINITY));
        assert_eq!(largest(&answer(vec![0, 1]), &request(vec![]), 2), None);
    }

    #[test]
    fn zero_is_told_from_small() {
        let told = |largest, of_single, filter| {
            Nothing { samples: 3, largest, of_single }.warning("output `y`", &request(filter))
        };
        assert_eq!(told(2e-6, Some(1e-2), vec![]), None);
        assert_eq!(told(2e-6, None, vec![]), None);
        insta::assert_snapshot!(told(2e-9, Some(1e-2), vec![]).unwrap(), @"output `y`: the gradients of all 3 samples are zero but for rounding (at most 2e-9); the sum of all classes of a softmax never changes, and a rectifier that is off passes nothing; choose single elements with --filter, or differentiate with --pre-nonlinearity");
        insta::assert_snapshot!(told(0.0, None, vec![FilterItem::Index(0)]).unwrap(), @"output `y`: the gradients of all 3 samples are zero; the sum of all classes of a softmax never changes, and a rectifier that is off passes nothing; choose other elements with --filter, or differentiate with --pre-nonlinearity");
        assert_eq!(Nothing::default().warning("output `y`", &request(vec![])), None);
    }
}
