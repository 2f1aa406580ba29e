//! Backends and their models on the wire.

use std::path::PathBuf;

use abi_stable::{
    StableAbi, sabi_trait,
    sabi_trait::TD_Opaque,
    std_types::{ROption, RResult, RSlice, RStr, RString, RVec},
};

use super::module::nothing_to_release;
use super::wire::{wire_enum, wire_struct};
use super::{AbiArgSpec, AbiPluginError, AbiTensor, AbiTensorView, OwnedArgSpec, Wire, guard};
use crate::{
    Args, Backend, BatchAxis, Bound, Calls, Capabilities, Conversion, DType, Device, EditAxes, EditPlan, EditedOutputs,
    Edits, EngineProperties, EngineRelease, FilterItem, GradientRequest, Gradients, Layer, LayerInfo, LayerQuery,
    LayerRequest, Model, ModelDescription, ModelSource, OutputSpan, PluginError, Reduce, Result, RowIndependence,
    RowPlace, RuntimeOptions, SchemaLeaf, Signature, Structure, Substitution, Tensor, TensorSpec, TensorView, Value,
};

wire_enum! { Structure => AbiStructure { One, List, Map } }
wire_enum! { Device => AbiDevice { Cpu, Cuda(u32) } }
wire_enum! { BatchAxis => AbiBatchAxis { Dynamic, Fixed(usize) } }
wire_enum! { Bound => AbiBound { ByName, Declared, ByPosition } }
wire_enum! { RowIndependence => AbiRowIndependence { Independent, Dependent(String), Unknown } }
wire_enum! { Layer => AbiLayer { Name(String), Index(usize), Final } }
wire_enum! { Reduce => AbiReduce { Sum, Max, Min, AbsMax } }
wire_struct! {
    SchemaLeaf => AbiSchemaLeaf {
        name: String, shape: Vec<Option<usize>>, dtype: Option<DType>, special_type: Option<String>,
    }
}
wire_struct! {
    ModelSource => AbiModelSource {
        directory: PathBuf, args: Value, inputs: Vec<SchemaLeaf>, targets: Vec<SchemaLeaf>,
        input_structure: Structure, target_structure: Structure,
    }
}
wire_struct! {
    RuntimeOptions => AbiRuntimeOptions {
        threads: usize, device: Device, engine_library: Option<PathBuf>, trust_model: bool, state_dir: Option<PathBuf>,
    }
}
wire_struct! {
    EngineProperties => AbiEngineProperties {
        device: Device, preferred_rows: Option<usize>, calls_in_flight: usize,
    }
}
wire_struct! {
    EditPlan => AbiEditPlan { supported: bool, cost_ratio: Option<f64>, node: Option<String>, reason: String }
}
wire_struct! {
    ModelDescription => AbiModelDescription {
        inputs: Vec<TensorSpec>, outputs: Vec<TensorSpec>, tasks: Vec<Vec<String>>,
    }
}
wire_struct! { EngineRelease => AbiEngineRelease { name: String, version: String, libraries: Vec<PathBuf> } }
wire_struct! { Conversion => AbiConversion { from: String, command: String, output: PathBuf } }
wire_struct! {
    TensorSpec => AbiTensorSpec {
        name: Option<String>, dtype: Option<DType>, shape: Option<Vec<Option<usize>>>, bound: Bound,
    }
}
wire_struct! { Signature => AbiSignature { inputs: Vec<TensorSpec>, outputs: Vec<TensorSpec>, batch: BatchAxis } }
wire_struct! { Capabilities => AbiCapabilities { layers: bool, gradients: bool, edits: bool } }
wire_struct! { LayerQuery => AbiLayerQuery { lengths: Vec<Option<usize>> } }
wire_struct! { LayerRequest => AbiLayerRequest { layer: Layer, pre_nonlinearity: bool, call: Option<usize> } }
wire_struct! {
    LayerInfo => AbiLayerInfo {
        index: usize, name: String, node: String, scope: String, op: String, shape: Option<Vec<Option<usize>>>,
        differentiable: bool,
    }
}
wire_struct! {
    GradientRequest => AbiGradientRequest {
        layer: LayerRequest, filter: Vec<FilterItem>, reduce: Reduce, inputs: Vec<usize>,
    }
}
wire_struct! { Gradients => AbiGradients { tensors: Vec<Tensor>, unconnected: Vec<usize> } }
wire_struct! { Substitution => AbiSubstitution { input: usize, position: usize, channel: Option<usize> } }
wire_struct! { EditAxes => AbiEditAxes { input: usize, position: usize, channel: usize } }
wire_struct! {
    Edits => AbiEdits {
        sources: Vec<usize>, ends: Vec<usize>, substitutions: Vec<Substitution>, axes: Vec<EditAxes>,
        outputs: Vec<usize>, reads: Vec<OutputSpan>, places: Vec<Option<RowPlace>>,
    }
}
wire_struct! {
    OutputSpan => AbiOutputSpan { output: usize, stride: usize, length: usize, start: usize, end: usize }
}
wire_struct! { RowPlace => AbiRowPlace { line: usize, start: i64 } }
wire_struct! { EditedOutputs => AbiEditedOutputs { reference: Vec<Tensor>, edited: Vec<Tensor> } }

/// The twin of [`FilterItem`].
#[repr(u8)]
#[derive(StableAbi, Debug, Clone)]
pub enum AbiFilterItem {
    Index(i64),
    Slice(<Bounds as Wire>::Abi),
    Ellipsis,
}

type Bounds = (Option<i64>, (Option<i64>, Option<i64>));

impl Wire for FilterItem {
    type Abi = AbiFilterItem;
    fn into_abi(self) -> AbiFilterItem {
        match self {
            Self::Index(index) => AbiFilterItem::Index(index),
            Self::Slice { start, stop, step } => AbiFilterItem::Slice((start, (stop, step)).into_abi()),
            Self::Ellipsis => AbiFilterItem::Ellipsis,
        }
    }
    fn from_abi(abi: AbiFilterItem) -> Self {
        match abi {
            AbiFilterItem::Index(index) => Self::Index(index),
            AbiFilterItem::Slice(bounds) => {
                let (start, (stop, step)) = Bounds::from_abi(bounds);
                Self::Slice { start, stop, step }
            }
            AbiFilterItem::Ellipsis => Self::Ellipsis,
        }
    }
}

/// A loaded model as an object. Dropping it releases it.
#[sabi_trait]
pub trait ModelAbi: Send + Sync {
    /// See [`Model::signature`].
    fn signature(&self) -> RResult<AbiSignature, AbiPluginError>;
    /// See [`Model::capabilities`].
    fn capabilities(&self) -> RResult<AbiCapabilities, AbiPluginError>;
    /// See [`Model::predict`].
    fn predict(&self, inputs: RSlice<'_, AbiTensorView<'_>>) -> RResult<RVec<AbiTensor>, AbiPluginError>;
    /// See [`Model::independent_rows`].
    fn independent_rows(&self) -> RResult<AbiRowIndependence, AbiPluginError>;
    /// See [`Model::notes`].
    fn notes(&self) -> RResult<RVec<RString>, AbiPluginError>;
    /// See [`Model::files`].
    fn files(&self) -> RResult<RVec<RString>, AbiPluginError>;
    /// See [`Model::memory_bytes`].
    fn memory_bytes(&self) -> RResult<ROption<u64>, AbiPluginError>;
    /// See [`Model::engine`].
    fn engine(&self) -> RResult<AbiEngineProperties, AbiPluginError>;
    /// See [`Model::edit_plan`].
    fn edit_plan(&self) -> RResult<AbiEditPlan, AbiPluginError>;
    /// See [`Model::layers`].
    fn layers(&self, query: AbiLayerQuery) -> RResult<RVec<AbiLayerInfo>, AbiPluginError>;
    /// See [`Model::activations`].
    fn activations(
        &self,
        inputs: RSlice<'_, AbiTensorView<'_>>,
        request: AbiLayerRequest,
    ) -> RResult<RVec<AbiTensor>, AbiPluginError>;
    /// See [`Model::input_gradients`].
    fn input_gradients(
        &self,
        inputs: RSlice<'_, AbiTensorView<'_>>,
        request: AbiGradientRequest,
    ) -> RResult<AbiGradients, AbiPluginError>;
    /// See [`Model::predict_edits`].
    #[sabi(last_prefix_field)]
    fn predict_edits(
        &self,
        inputs: RSlice<'_, AbiTensorView<'_>>,
        edits: AbiEdits,
    ) -> RResult<AbiEditedOutputs, AbiPluginError>;
}

/// An owned model.
pub type BoxedModel = ModelAbi_TO<'static, abi_stable::std_types::RBox<()>>;

/// What a call across the boundary gave, in the author's types.
fn unwire<T: Wire>(result: RResult<T::Abi, AbiPluginError>) -> Result<T> {
    result.into_result().map(T::from_abi).map_err(PluginError::from_abi)
}

fn unwire_tensors(result: RResult<RVec<AbiTensor>, AbiPluginError>) -> Result<Vec<Tensor>> {
    AbiTensor::checked_list(result.into_result().map_err(PluginError::from_abi)?)
}

/// A loaded model on the host's side of the boundary.
pub struct LoadedPluginModel(BoxedModel);

impl LoadedPluginModel {
    /// See [`Model::signature`].
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn signature(&self) -> Result<Signature> {
        unwire(self.0.signature())
    }

    /// See [`Model::capabilities`].
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn capabilities(&self) -> Result<Capabilities> {
        unwire(self.0.capabilities())
    }

    /// See [`Model::predict`].
    ///
    /// # Errors
    /// Those of the model, or a panic of the plugin.
    pub fn predict(&self, inputs: &[TensorView<'_>]) -> Result<Vec<Tensor>> {
        unwire_tensors(self.0.predict(AbiTensorView::list(inputs).as_rslice()))
    }

    /// See [`Model::independent_rows`].
    ///
    /// # Errors
    /// Those of the model, or a panic of the plugin.
    pub fn independent_rows(&self) -> Result<RowIndependence> {
        unwire(self.0.independent_rows())
    }

    /// See [`Model::notes`].
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn notes(&self) -> Result<Vec<String>> {
        unwire(self.0.notes())
    }

    /// See [`Model::files`].
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn files(&self) -> Result<Vec<PathBuf>> {
        unwire(self.0.files())
    }

    /// See [`Model::memory_bytes`].
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn memory_bytes(&self) -> Result<Option<u64>> {
        unwire(self.0.memory_bytes())
    }

    /// See [`Model::engine`].
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn engine(&self) -> Result<EngineProperties> {
        unwire(self.0.engine())
    }

    /// See [`Model::edit_plan`].
    ///
    /// # Errors
    /// Those of the model, or a panic of the plugin.
    pub fn edit_plan(&self) -> Result<EditPlan> {
        unwire(self.0.edit_plan())
    }

    /// See [`Model::layers`].
    ///
    /// # Errors
    /// Those of the model, or a panic of the plugin.
    pub fn layers(&self, query: &LayerQuery) -> Result<Vec<LayerInfo>> {
        unwire(self.0.layers(query.clone().into_abi()))
    }

    /// See [`Model::activations`].
    ///
    /// # Errors
    /// Those of the model, or a panic of the plugin.
    pub fn activations(&self, inputs: &[TensorView<'_>], request: &LayerRequest) -> Result<Calls> {
        let calls = self.0.activations(AbiTensorView::list(inputs).as_rslice(), request.clone().into_abi());
        unwire_tensors(calls).map(Calls)
    }

    /// See [`Model::input_gradients`].
    ///
    /// # Errors
    /// Those of the model, or a panic of the plugin.
    pub fn input_gradients(&self, inputs: &[TensorView<'_>], request: &GradientRequest) -> Result<Gradients> {
        let gradients = self.0.input_gradients(AbiTensorView::list(inputs).as_rslice(), request.clone().into_abi());
        let gradients = gradients.into_result().map_err(PluginError::from_abi)?;
        Ok(Gradients {
            tensors: AbiTensor::checked_list(gradients.tensors)?,
            unconnected: gradients.unconnected.into_iter().collect(),
        })
    }

    /// See [`Model::predict_edits`].
    ///
    /// # Errors
    /// Those of the model, or a panic of the plugin.
    pub fn predict_edits(&self, inputs: &[TensorView<'_>], edits: &Edits) -> Result<EditedOutputs> {
        let outputs = self.0.predict_edits(AbiTensorView::list(inputs).as_rslice(), edits.clone().into_abi());
        let outputs = outputs.into_result().map_err(PluginError::from_abi)?;
        Ok(EditedOutputs {
            reference: AbiTensor::checked_list(outputs.reference)?,
            edited: AbiTensor::checked_list(outputs.edited)?,
        })
    }
}

struct Exported<M>(M);

impl<M: Model> ModelAbi for Exported<M> {
    fn signature(&self) -> RResult<AbiSignature, AbiPluginError> {
        guard(|| Ok(self.0.signature().into_abi()))
    }

    fn capabilities(&self) -> RResult<AbiCapabilities, AbiPluginError> {
        guard(|| Ok(self.0.capabilities().into_abi()))
    }

    fn predict(&self, inputs: RSlice<'_, AbiTensorView<'_>>) -> RResult<RVec<AbiTensor>, AbiPluginError> {
        guard(|| self.0.predict(&AbiTensorView::views(&inputs)?).map(Wire::into_abi))
    }

    fn independent_rows(&self) -> RResult<AbiRowIndependence, AbiPluginError> {
        guard(|| self.0.independent_rows().map(Wire::into_abi))
    }

    fn notes(&self) -> RResult<RVec<RString>, AbiPluginError> {
        guard(|| Ok(self.0.notes().into_abi()))
    }

    fn files(&self) -> RResult<RVec<RString>, AbiPluginError> {
        guard(|| Ok(self.0.files().into_abi()))
    }

    fn memory_bytes(&self) -> RResult<ROption<u64>, AbiPluginError> {
        guard(|| Ok(self.0.memory_bytes().into_abi()))
    }

    fn engine(&self) -> RResult<AbiEngineProperties, AbiPluginError> {
        guard(|| Ok(self.0.engine().into_abi()))
    }

    fn edit_plan(&self) -> RResult<AbiEditPlan, AbiPluginError> {
        guard(|| self.0.edit_plan().map(Wire::into_abi))
    }

    fn layers(&self, query: AbiLayerQuery) -> RResult<RVec<AbiLayerInfo>, AbiPluginError> {
        guard(|| self.0.layers(&LayerQuery::from_abi(query)).map(Wire::into_abi))
    }

    fn activations(
        &self,
        inputs: RSlice<'_, AbiTensorView<'_>>,
        request: AbiLayerRequest,
    ) -> RResult<RVec<AbiTensor>, AbiPluginError> {
        guard(|| {
            let calls = self.0.activations(&AbiTensorView::views(&inputs)?, &LayerRequest::from_abi(request))?;
            Ok(calls.0.into_abi())
        })
    }

    fn input_gradients(
        &self,
        inputs: RSlice<'_, AbiTensorView<'_>>,
        request: AbiGradientRequest,
    ) -> RResult<AbiGradients, AbiPluginError> {
        guard(|| {
            let request = GradientRequest::from_abi(request);
            self.0.input_gradients(&AbiTensorView::views(&inputs)?, &request).map(Wire::into_abi)
        })
    }

    fn predict_edits(
        &self,
        inputs: RSlice<'_, AbiTensorView<'_>>,
        edits: AbiEdits,
    ) -> RResult<AbiEditedOutputs, AbiPluginError> {
        guard(|| {
            let edits = Edits::from_abi(edits);
            self.0.predict_edits(&AbiTensorView::views(&inputs)?, &edits).map(Wire::into_abi)
        })
    }
}

/// A backend that a library offers.
#[repr(C)]
#[derive(StableAbi, Debug, Clone)]
pub struct BackendEntry {
    /// Its name.
    pub name: RStr<'static>,
    /// What it runs.
    pub doc: RStr<'static>,
    args: extern "C" fn() -> RResult<RVec<AbiArgSpec>, AbiPluginError>,
    load: extern "C" fn(AbiModelSource, AbiRuntimeOptions) -> RResult<BoxedModel, AbiPluginError>,
    describe: extern "C" fn(AbiModelSource, AbiRuntimeOptions) -> RResult<AbiModelDescription, AbiPluginError>,
    conversion: extern "C" fn(AbiModelSource) -> RResult<ROption<AbiConversion>, AbiPluginError>,
    engine_release: extern "C" fn(AbiRuntimeOptions) -> RResult<ROption<AbiEngineRelease>, AbiPluginError>,
    /// Gives back what the entry holds. Libraries stay loaded, so that nobody calls it yet.
    pub release: extern "C" fn(),
}

impl BackendEntry {
    /// Its declared arguments.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn arg_specs(&self) -> Result<Vec<OwnedArgSpec>> {
        unwire((self.args)())
    }

    /// Loads a model.
    ///
    /// # Errors
    /// Those of the backend, or a panic of the plugin.
    pub fn load_model(&self, source: &ModelSource, options: RuntimeOptions) -> Result<LoadedPluginModel> {
        let model = (self.load)(source.clone().into_abi(), options.into_abi());
        model.into_result().map(LoadedPluginModel).map_err(PluginError::from_abi)
    }

    /// See [`Backend::describe`].
    ///
    /// # Errors
    /// Those of the backend, or a panic of the plugin.
    pub fn describe(&self, source: &ModelSource, options: RuntimeOptions) -> Result<ModelDescription> {
        unwire((self.describe)(source.clone().into_abi(), options.into_abi()))
    }

    /// See [`Backend::conversion`].
    ///
    /// # Errors
    /// Those of the backend, or a panic of the plugin.
    pub fn conversion(&self, source: &ModelSource) -> Result<Option<Conversion>> {
        unwire((self.conversion)(source.clone().into_abi()))
    }

    /// See [`Backend::engine_release`].
    ///
    /// # Errors
    /// Those of the backend, or a panic of the plugin.
    pub fn engine_release(&self, options: RuntimeOptions) -> Result<Option<EngineRelease>> {
        unwire((self.engine_release)(options.into_abi()))
    }
}

extern "C" fn backend_args<B: Backend>() -> RResult<RVec<AbiArgSpec>, AbiPluginError> {
    guard(|| Ok(B::ARGS.iter().map(|spec| OwnedArgSpec::from(spec).into_abi()).collect()))
}

extern "C" fn load_model<B: Backend>(
    source: AbiModelSource,
    options: AbiRuntimeOptions,
) -> RResult<BoxedModel, AbiPluginError> {
    guard(|| {
        let source = ModelSource::from_abi(source);
        let args = Args::check(&source.args, B::ARGS)?;
        let model = B::load(&source, &args, &RuntimeOptions::from_abi(options))?;
        Ok(ModelAbi_TO::from_value(Exported(model), TD_Opaque))
    })
}

extern "C" fn describe<B: Backend>(
    source: AbiModelSource,
    options: AbiRuntimeOptions,
) -> RResult<AbiModelDescription, AbiPluginError> {
    guard(|| {
        let source = ModelSource::from_abi(source);
        let args = Args::check(&source.args, B::ARGS)?;
        B::describe(&source, &args, &RuntimeOptions::from_abi(options)).map(Wire::into_abi)
    })
}

extern "C" fn conversion<B: Backend>(source: AbiModelSource) -> RResult<ROption<AbiConversion>, AbiPluginError> {
    guard(|| {
        let source = ModelSource::from_abi(source);
        let args = Args::check(&source.args, B::ARGS)?;
        B::conversion(&source, &args).map(Wire::into_abi)
    })
}

extern "C" fn engine_release<B: Backend>(
    options: AbiRuntimeOptions,
) -> RResult<ROption<AbiEngineRelease>, AbiPluginError> {
    guard(|| B::engine_release(&RuntimeOptions::from_abi(options)).map(Wire::into_abi))
}

/// The entry of backend `B`.
pub const fn backend_entry<B: Backend>() -> BackendEntry {
    BackendEntry {
        name: RStr::from_str(B::NAME),
        doc: RStr::from_str(B::DOC),
        args: backend_args::<B>,
        load: load_model::<B>,
        describe: describe::<B>,
        conversion: conversion::<B>,
        engine_release: engine_release::<B>,
        release: nothing_to_release,
    }
}
