//! The gradient of a layer with respect to inputs.

use kipos_plugin_api::{GradientRequest, Gradients, PluginError, Result, Tensor, TensorView};

use crate::model::TorchModel;
use crate::reason::reason;
use crate::{convert, ffi, outputs};

impl TorchModel {
    /// The gradients of a reduced layer, row by row.
    ///
    /// # Errors
    /// As for [`values_of`](Self::values_of); inputs or layers of whole numbers; a filter that does not fit.
    pub fn gradients_of(&self, inputs: &[TensorView<'_>], request: &GradientRequest) -> Result<Gradients> {
        let layer = self.layers.resolve(&request.layer, &self.targets)?;
        let whole =
            |what: &str| PluginError::unsupported(format!("{what} holds whole numbers, which have no gradient"));
        if !layer.is_float {
            return Err(whole(&layer.what));
        }
        let program = self.programs.get(&layer.outputs, request.layer.pre_nonlinearity)?;
        let (mut tensors, rows) = self.tensors(inputs)?;
        for &wanted in &request.inputs {
            let (Some(port), Some(tensor)) = (self.inputs.get(wanted), tensors.get_mut(wanted)) else {
                let count = self.inputs.len();
                return Err(PluginError::invalid_argument(format!(
                    "there is no input {wanted}: the model has {count}"
                )));
            };
            if !tensor.is_floating_point() {
                return Err(whole(&format!("input `{}`", port.name)));
            }
            *tensor = tensor.f_detach().map_err(failed)?.set_requires_grad(true);
        }
        let found = program.run(&tensors, true).map_err(|message| self.failed(&message, inputs))?;
        let found = self.asked(&request.layer, &layer, found)?;
        let values = found.iter().map(|value| convert::owned(&layer.what, value)).collect::<Result<Vec<Tensor>>>()?;
        for value in &values {
            outputs::check_rows(&layer.what, value.shape(), rows)?;
        }
        if !found.iter().all(tch::Tensor::is_floating_point) {
            return Err(whole(&layer.what));
        }
        let weights = request.weights_of_calls(&values.iter().map(Tensor::view).collect::<Vec<TensorView<'_>>>())?;
        let of_call = |(weights, value): (&Tensor, &tch::Tensor)| {
            convert::borrowed(&layer.what, &weights.view(), value.kind(), value.device())
        };
        let weights_of_calls = weights.iter().zip(&found).map(of_call).collect::<Result<Vec<tch::Tensor>>>()?;
        let (value, weights) = (joined(&found, rows)?, joined(&weights_of_calls, rows)?);
        let wanted: Vec<&tch::Tensor> = request.inputs.iter().map(|&input| &tensors[input]).collect();
        let carried = ffi::gradient(&value, &weights, &wanted).map_err(|message| {
            PluginError::runtime(format!("LibTorch cannot take the gradient: {}", reason(&message)))
        })?;
        let mut gradients = Gradients::new(Vec::with_capacity(wanted.len()));
        for ((&input, tensor), gradient) in request.inputs.iter().zip(wanted).zip(carried) {
            let what = format!("the gradient of `{}`", self.inputs[input].name);
            gradients.tensors.push(match gradient {
                Some(gradient) => convert::owned(&what, &gradient)?,
                None => {
                    gradients.unconnected.push(input);
                    convert::owned(&what, &tensor.f_zeros_like().map_err(failed)?)?
                }
            });
        }
        Ok(gradients)
    }
}

/// The tensor of the only call; of several calls each row flattened, one after the other.
fn joined(calls: &[tch::Tensor], rows: usize) -> Result<tch::Tensor> {
    match calls {
        [only] => Ok(only.shallow_clone()),
        several => {
            let flat = several.iter().map(|value| value.f_reshape([rows as i64, -1]).map_err(failed));
            tch::Tensor::f_cat(&flat.collect::<Result<Vec<_>>>()?, 1).map_err(failed)
        }
    }
}

fn failed(error: tch::TchError) -> PluginError {
    PluginError::runtime(format!("LibTorch failed: {}", reason(&error.to_string())))
}
