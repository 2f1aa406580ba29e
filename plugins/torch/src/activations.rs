//! The list of layers, and their values for a batch.

use kipos_plugin_api::{Calls, LayerInfo, LayerQuery, LayerRequest, Result, TensorView};

use crate::layers::{Resolved, WHOLE, no_output};
use crate::model::TorchModel;
use crate::shapes::Shapes;
use crate::{convert, outputs};

impl TorchModel {
    /// # Errors
    /// A file without modules inside.
    pub fn listing(&self, query: &LayerQuery) -> Result<Vec<LayerInfo>> {
        self.layers.any()?;
        let shapes = || Shapes::of(&self.programs, &self.inputs, self.device, query);
        if query.lengths.iter().any(Option::is_some) {
            return Ok(self.layers.infos(&shapes()));
        }
        Ok(self.layers.infos(self.shapes.get_or_init(shapes)))
    }

    /// The values of a layer, one per call.
    ///
    /// # Errors
    /// An unknown layer or call, no nonlinearity where one is asked for, a value without one row per sample, a failure
    /// of LibTorch.
    pub fn values_of(&self, inputs: &[TensorView<'_>], request: &LayerRequest) -> Result<Calls> {
        let layer = self.layers.resolve(request, &self.targets)?;
        let program = self.programs.get(&layer.outputs, request.pre_nonlinearity)?;
        let (tensors, rows) = self.tensors(inputs)?;
        let found = program.run(&tensors, false).map_err(|message| self.failed(&message, inputs))?;
        let value = |tensor: &tch::Tensor| {
            let value = convert::owned(&layer.what, tensor)?;
            outputs::check_rows(&layer.what, value.shape(), rows)?;
            Ok(value)
        };
        Ok(Calls(self.asked(request, &layer, found)?.iter().map(value).collect::<Result<_>>()?))
    }

    /// Of what a program gave, the calls that were asked for: all, unless it gave the whole of what the model returns.
    /// Its targets are then the calls, in their order.
    ///
    /// # Errors
    /// Outputs that are not the targets; an output that there is not.
    pub(crate) fn asked(
        &self,
        request: &LayerRequest,
        layer: &Resolved,
        found: Vec<(String, tch::Tensor)>,
    ) -> Result<Vec<tch::Tensor>> {
        if layer.outputs != [WHOLE] || found.len() == 1 {
            return Ok(found.into_iter().map(|(_, tensor)| tensor).collect());
        }
        let mut outputs = self.targets.pair(&found)?;
        match request.call {
            None => Ok(outputs),
            Some(call) if call < outputs.len() => Ok(vec![outputs.swap_remove(call)]),
            Some(call) => Err(no_output(call, outputs.len())),
        }
    }
}
