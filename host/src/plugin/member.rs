//! A file of a model, loaded by a plugin, its answers checked.

use std::fmt;
use std::path::PathBuf;

use kipos_plugin_api::abi::{BackendEntry, LoadedPluginModel};
use kipos_plugin_api::{
    BatchAxis, Calls, Capabilities, DType, DataView, EditPlan, EditedOutputs, Edits, EngineProperties, EngineRelease,
    GradientRequest, Gradients, LayerInfo, LayerQuery, LayerRequest, ModelSource, RowIndependence, RuntimeOptions,
    Signature, Tensor, TensorView,
};

use super::PluginCallError;

/// What a plugin loaded: a whole model, or a file of one that has several. Any thread may call it.
pub struct Member {
    /// The file as the description names it; empty if that has no list of files.
    name: String,
    plugin: String,
    targets: Vec<String>,
    model: LoadedPluginModel,
    engine_release: Option<EngineRelease>,
    files: Vec<PathBuf>,
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member")
            .field("name", &self.name)
            .field("plugin", &self.plugin)
            .field("targets", &self.targets)
            .finish_non_exhaustive()
    }
}

impl Member {
    pub(super) fn load(
        name: &str,
        plugin: &str,
        entry: &BackendEntry,
        source: &ModelSource,
        options: RuntimeOptions,
    ) -> Result<Self, PluginCallError> {
        let model = entry.load_model(source, options.clone()).map_err(PluginCallError::plugin(plugin))?;
        let signature = model.signature().map_err(PluginCallError::plugin(plugin))?;
        check_signature(&signature, source).map_err(|answer| PluginCallError::bad_answer(plugin, answer))?;
        let targets = source.targets.iter().map(|target| target.name.clone()).collect();
        let engine_release = entry.engine_release(options).map_err(PluginCallError::plugin(plugin))?;
        let files = model.files().map_err(PluginCallError::plugin(plugin))?;
        Ok(Self { name: name.to_owned(), plugin: plugin.to_owned(), targets, model, engine_release, files })
    }

    /// The file as the description names it; empty if that has no list of files.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names of its outputs.
    pub(super) fn targets(&self) -> &[String] {
        &self.targets
    }

    /// The name of the plugin that runs it.
    pub fn plugin(&self) -> &str {
        &self.plugin
    }

    /// What the model file says of its inputs and outputs: one entry per input and target of the description.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn signature(&self) -> Result<Signature, PluginCallError> {
        self.model.signature().map_err(PluginCallError::plugin(&self.plugin))
    }

    /// Its optional abilities.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn capabilities(&self) -> Result<Capabilities, PluginCallError> {
        self.model.capabilities().map_err(PluginCallError::plugin(&self.plugin))
    }

    /// What to know of this model, one sentence each.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn notes(&self) -> Result<Vec<String>, PluginCallError> {
        self.model.notes().map_err(PluginCallError::plugin(&self.plugin))
    }

    /// The engine that it runs on; `None` if its plugin computes itself.
    pub fn engine_release(&self) -> Option<&EngineRelease> {
        self.engine_release.as_ref()
    }

    /// The files that it was read from, as far as its backend says.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The memory that it takes, in bytes, if the backend knows it.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn memory_bytes(&self) -> Result<Option<u64>, PluginCallError> {
        self.model.memory_bytes().map_err(PluginCallError::plugin(&self.plugin))
    }

    /// What can be done for the engine's speed.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn engine(&self) -> Result<EngineProperties, PluginCallError> {
        self.model.engine().map_err(PluginCallError::plugin(&self.plugin))
    }

    /// Whether it evaluates edits, and if not, why.
    ///
    /// # Errors
    /// A failure or panic of the plugin.
    pub fn edit_plan(&self) -> Result<EditPlan, PluginCallError> {
        self.model.edit_plan().map_err(PluginCallError::plugin(&self.plugin))
    }

    /// Runs the model on a batch: axis 0 of every input is the batch axis. One output per target of the description,
    /// with as many rows as the inputs.
    ///
    /// # Errors
    /// A failure or panic of the plugin, or outputs of another number or length.
    pub fn predict(&self, inputs: &[TensorView<'_>]) -> Result<Vec<Tensor>, PluginCallError> {
        let outputs = self.model.predict(inputs).map_err(PluginCallError::plugin(&self.plugin))?;
        self.check_outputs(&outputs, rows_of(inputs))?;
        Ok(outputs)
    }

    /// Predictions for the rows of a batch and for edited copies of them.
    ///
    /// # Errors
    /// As for [`predict`](Self::predict); a model without the ability reports it as unsupported.
    pub fn predict_edits(&self, inputs: &[TensorView<'_>], edits: &Edits) -> Result<EditedOutputs, PluginCallError> {
        let outputs = self.model.predict_edits(inputs, edits).map_err(PluginCallError::plugin(&self.plugin))?;
        self.check_outputs(&outputs.reference, rows_of(inputs))?;
        self.check_outputs(&outputs.edited, edits.sources.len())?;
        Ok(outputs)
    }

    /// Whether the rows of a batch are independent of each other, as far as the backend can tell without a run.
    ///
    /// # Errors
    /// A failure or panic of the plugin.
    pub fn independent_rows(&self) -> Result<RowIndependence, PluginCallError> {
        self.model.independent_rows().map_err(PluginCallError::plugin(&self.plugin))
    }

    /// The layers whose values can be asked for, in the order of the model's graph.
    ///
    /// # Errors
    /// A failure or panic of the plugin; a model without the ability reports it as unsupported.
    pub fn layers(&self, query: &LayerQuery) -> Result<Vec<LayerInfo>, PluginCallError> {
        self.model.layers(query).map_err(PluginCallError::plugin(&self.plugin))
    }

    /// The values of a layer, one tensor for each of its calls, or for the chosen one; at least one.
    ///
    /// # Errors
    /// A failure or panic of the plugin, or another number of calls.
    pub fn activations(&self, inputs: &[TensorView<'_>], request: &LayerRequest) -> Result<Calls, PluginCallError> {
        let calls = self.model.activations(inputs, request).map_err(PluginCallError::plugin(&self.plugin))?;
        check_calls(&calls, request).map_err(|answer| PluginCallError::bad_answer(&self.plugin, answer))?;
        Ok(calls)
    }

    /// The gradients of a request: one tensor for each of its inputs, shaped like that input, of a float type.
    ///
    /// # Errors
    /// A failure or panic of the plugin, or gradients of another number, shape or type.
    pub fn input_gradients(
        &self,
        inputs: &[TensorView<'_>],
        request: &GradientRequest,
    ) -> Result<Gradients, PluginCallError> {
        let gradients = self.model.input_gradients(inputs, request).map_err(PluginCallError::plugin(&self.plugin))?;
        check_gradients(&gradients, inputs, request)
            .map_err(|answer| PluginCallError::bad_answer(&self.plugin, answer))?;
        Ok(gradients)
    }

    fn check_outputs(&self, outputs: &[Tensor], rows: usize) -> Result<(), PluginCallError> {
        check_outputs(&self.targets, outputs, rows).map_err(|answer| PluginCallError::bad_answer(&self.plugin, answer))
    }
}

fn rows_of(inputs: &[TensorView<'_>]) -> usize {
    inputs.first().map_or(0, TensorView::rows)
}

/// The most rows that a model may insist on: memory is asked for by their number.
const LARGEST_BATCH: usize = 1 << 16;

fn check_signature(signature: &Signature, source: &ModelSource) -> Result<(), String> {
    let counts = [
        ("inputs", signature.inputs.len(), source.inputs.len()),
        ("outputs", signature.outputs.len(), source.targets.len()),
    ];
    for (what, found, expected) in counts {
        if found != expected {
            return Err(format!("the loaded model lists {found} {what}, but its description has {expected}"));
        }
    }
    match signature.batch {
        BatchAxis::Fixed(0) => Err("the loaded model takes batches of 0 rows".into()),
        BatchAxis::Fixed(rows) if rows > LARGEST_BATCH => {
            Err(format!("the loaded model takes batches of {rows} rows, more than {LARGEST_BATCH}"))
        }
        _ => Ok(()),
    }
}

fn check_outputs(targets: &[String], outputs: &[Tensor], rows: usize) -> Result<(), String> {
    if outputs.len() != targets.len() {
        return Err(format!("the model gave {} outputs, but its description has {}", outputs.len(), targets.len()));
    }
    for (target, output) in targets.iter().zip(outputs) {
        match output.shape().first() {
            Some(&found) if found == rows => {}
            Some(found) => return Err(format!("output `{target}` has {found} rows, but the model was given {rows}")),
            None => return Err(format!("output `{target}` is a single number, but the model was given {rows} rows")),
        }
    }
    Ok(())
}

fn check_calls(calls: &Calls, request: &LayerRequest) -> Result<(), String> {
    match (calls.0.len(), request.call) {
        (0, _) => Err("the model gave no value of the layer".into()),
        (2.., Some(call)) => {
            Err(format!("the model gave the values of {} calls instead of call {call}", calls.0.len()))
        }
        _ => calls.0.iter().try_for_each(check_texts),
    }
}

/// Strings come as bytes, which may be no UTF-8.
fn check_texts(tensor: &Tensor) -> Result<(), String> {
    match tensor.data().view() {
        DataView::Strings(texts) => {
            (0..texts.len()).try_for_each(|index| texts.get(index).map(|_| ())).map_err(|error| error.message)
        }
        _ => Ok(()),
    }
}

fn check_gradients(gradients: &Gradients, inputs: &[TensorView<'_>], request: &GradientRequest) -> Result<(), String> {
    let (found, expected) = (gradients.tensors.len(), request.inputs.len());
    if found != expected {
        return Err(format!("the model gave {found} gradients for {expected} inputs"));
    }
    for (gradient, &input) in gradients.tensors.iter().zip(&request.inputs) {
        let (shape, dtype) = (gradient.shape(), gradient.view().dtype());
        let Some(expected) = inputs.get(input).map(TensorView::shape) else { continue };
        if shape != expected {
            return Err(format!("the gradient for input {input} has shape {shape:?}, the input {expected:?}"));
        }
        if !matches!(dtype, DType::F32 | DType::F64) {
            return Err(format!("the gradient for input {input} is {dtype}, which is not a float type"));
        }
    }
    match gradients.unconnected.iter().find(|input| !request.inputs.contains(input)) {
        Some(input) => Err(format!("the model calls input {input} unconnected, but its gradient was not requested")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use kipos_plugin_api::{Layer, SchemaLeaf, Structure, TensorSpec, Value};

    use super::*;

    fn targets() -> Vec<String> {
        vec!["a".into(), "b".into()]
    }

    fn rows(rows: usize) -> Tensor {
        Tensor::new(vec![rows, 2], vec![0f32; rows * 2]).unwrap()
    }

    #[test]
    fn outputs_must_fit_the_targets_and_rows() {
        let check = |outputs: &[Tensor]| check_outputs(&targets(), outputs, 32);
        assert_eq!(check(&[rows(32), rows(32)]), Ok(()));
        assert_eq!(check(&[rows(32)]).unwrap_err(), "the model gave 1 outputs, but its description has 2");
        assert_eq!(check(&[rows(32), rows(31)]).unwrap_err(), "output `b` has 31 rows, but the model was given 32");
        let scalar = Tensor::new(vec![], vec![0f32]).unwrap();
        assert_eq!(
            check(&[scalar, rows(32)]).unwrap_err(),
            "output `a` is a single number, but the model was given 32 rows"
        );
    }

    #[test]
    fn calls_must_be_those_that_were_asked_for() {
        let request = |call| LayerRequest::new(Layer::Index(0)).with_call(call);
        assert_eq!(check_calls(&Calls(vec![rows(2), rows(2)]), &request(None)), Ok(()));
        assert_eq!(check_calls(&Calls(vec![rows(2)]), &request(Some(1))), Ok(()));
        assert_eq!(
            check_calls(&Calls(vec![rows(2), rows(2)]), &request(Some(1))).unwrap_err(),
            "the model gave the values of 2 calls instead of call 1"
        );
        assert_eq!(
            check_calls(&Calls(Vec::new()), &request(None)).unwrap_err(),
            "the model gave no value of the layer"
        );
    }

    #[test]
    fn gradients_must_mirror_their_inputs() {
        let layer = LayerRequest::new(Layer::Final);
        let request = GradientRequest::new(layer, vec![1]);
        let (first, second) = (rows(3), rows(2));
        let inputs = [first.view(), second.view()];
        let check = |tensors: Vec<Tensor>, unconnected: Vec<usize>| {
            check_gradients(&Gradients::new(tensors).with_unconnected(unconnected), &inputs, &request)
                .map_err(|answer| answer.to_string())
        };
        assert_eq!(check(vec![rows(2)], vec![1]), Ok(()));
        insta::assert_snapshot!(check(Vec::new(), Vec::new()).unwrap_err(), @"the model gave 0 gradients for 1 inputs");
        insta::assert_snapshot!(check(vec![rows(3)], Vec::new()).unwrap_err(), @"the gradient for input 1 has shape [3, 2], the input [2, 2]");
        let whole = Tensor::new(vec![2, 2], vec![0i64; 4]).unwrap();
        insta::assert_snapshot!(check(vec![whole], Vec::new()).unwrap_err(), @"the gradient for input 1 is int64, which is not a float type");
        insta::assert_snapshot!(check(vec![rows(2)], vec![0]).unwrap_err(), @"the model calls input 0 unconnected, but its gradient was not requested");
    }

    #[test]
    fn a_signature_must_fit_the_description() {
        let leaf = SchemaLeaf::new("a", vec![None]);
        let source = ModelSource::new("model", Value::Null, vec![leaf.clone()], vec![leaf.clone(), leaf])
            .with_input_structure(Structure::One)
            .with_target_structure(Structure::List);
        let signature = |outputs, batch| {
            Signature::new(vec![TensorSpec::default()], vec![TensorSpec::default(); outputs]).with_batch(batch)
        };
        assert_eq!(check_signature(&signature(2, BatchAxis::Fixed(4)), &source), Ok(()));
        assert_eq!(
            check_signature(&signature(1, BatchAxis::Dynamic), &source).unwrap_err(),
            "the loaded model lists 1 outputs, but its description has 2"
        );
        assert_eq!(
            check_signature(&signature(2, BatchAxis::Fixed(0)), &source).unwrap_err(),
            "the loaded model takes batches of 0 rows"
        );
    }
}
