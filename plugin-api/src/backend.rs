//! Backends: engines that load a model file and run it.

use std::fmt;
use std::path::PathBuf;

use crate::setters::setters;
use crate::{
    ArgSpec, Args, Calls, Conversion, DType, EditPlan, EditedOutputs, Edits, EngineRelease, GradientRequest, Gradients,
    LayerInfo, LayerQuery, LayerRequest, ModelDescription, PluginError, Result, Tensor, TensorView, Value,
};

/// An engine for one kind of model file.
pub trait Backend: Send + Sync + 'static {
    /// The name that `type:` in a model.yaml selects.
    const NAME: &'static str;
    /// What it runs, in a sentence.
    const DOC: &'static str;
    /// The keys that `args:` in a model.yaml may hold.
    const ARGS: &'static [ArgSpec] = &[];
    /// A loaded model.
    type Model: Model;

    /// Loads a model. `args` are those of [`ModelSource::args`], checked against [`ARGS`](Self::ARGS).
    ///
    /// # Errors
    /// What is missing or broken, and what to do about it.
    fn load(source: &ModelSource, args: &Args, options: &RuntimeOptions) -> Result<Self::Model>;

    /// What the file of a model says of its inputs and outputs, and of the names of their tasks, as far as that can be
    /// told without a description: [`ModelSource::inputs`] and [`ModelSource::targets`] are empty.
    ///
    /// # Errors
    /// [`ErrorKind::UNSUPPORTED`](crate::ErrorKind::UNSUPPORTED) by default; a file that is missing or broken.
    fn describe(source: &ModelSource, args: &Args, options: &RuntimeOptions) -> Result<ModelDescription> {
        let _ = (source, args, options);
        Err(PluginError::unsupported(format!("the backend {} does not describe files", Self::NAME)))
    }

    /// What must be converted before [`load`](Self::load) works, and how; `None` if nothing must.
    ///
    /// # Errors
    /// [`ErrorKind::UNSUPPORTED`](crate::ErrorKind::UNSUPPORTED) by default; a file of which nothing is known.
    fn conversion(source: &ModelSource, args: &Args) -> Result<Option<Conversion>> {
        let _ = (source, args);
        Err(PluginError::unsupported(format!("the backend {} knows no conversions", Self::NAME)))
    }

    /// The engine that models run on, which is opened if it is not yet; `None`, the default, if the plugin itself computes.
    ///
    /// # Errors
    /// An engine that is missing or cannot be opened.
    fn engine_release(options: &RuntimeOptions) -> Result<Option<EngineRelease>> {
        let _ = options;
        Ok(None)
    }
}

/// A loaded model. Every method takes `&self` and may be called from any thread: a model locks or pools its
/// engine itself, and owns its sessions, graphs and caches.
pub trait Model: Send + Sync + 'static {
    /// What the model file says of its inputs and outputs.
    fn signature(&self) -> Signature;

    /// Which of the optional methods below work.
    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }

    /// Runs the model on a batch: inputs in the order of [`ModelSource::inputs`], outputs in the order of
    /// [`ModelSource::targets`]. Axis 0 of every tensor is the batch axis, of equal length everywhere.
    ///
    /// # Errors
    /// Wrong shapes or types, or a failure of the engine.
    fn predict(&self, inputs: &[TensorView<'_>]) -> Result<Vec<Tensor>>;

    /// Whether each row of an answer depends on the same row of the inputs only. The host asks before it predicts
    /// anything, and refuses models whose rows depend on each other. Answer from the model's operations, without
    /// running them.
    ///
    /// # Errors
    /// A model that cannot be read.
    fn independent_rows(&self) -> Result<RowIndependence> {
        Ok(RowIndependence::Unknown)
    }

    /// What the person who runs kipos should know of this model, one sentence each; the host shows them as warnings.
    /// Plugins print nothing themselves.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }

    /// The files that the model was read from. The host keeps their digests with the results, and lets no output replace
    /// them. What [`ModelSource::args`] names, the host knows.
    fn files(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    /// The memory that the loaded model keeps between calls, in bytes, as far as the backend knows it: its weights at least.
    fn memory_bytes(&self) -> Option<u64> {
        None
    }

    /// What the host can do for the engine's speed.
    fn engine(&self) -> EngineProperties {
        EngineProperties::default()
    }

    /// Whether [`predict_edits`](Self::predict_edits) works for this model, at what cost, and if not, why: by default what
    /// [`capabilities`](Self::capabilities) says.
    ///
    /// # Errors
    /// A model that cannot be read.
    fn edit_plan(&self) -> Result<EditPlan> {
        Ok(match self.capabilities().edits {
            true => EditPlan::supported(),
            false => EditPlan::unsupported("this backend does not evaluate edits"),
        })
    }

    /// The layers whose values can be asked for, in the order of the model's graph.
    ///
    /// # Errors
    /// [`ErrorKind::UNSUPPORTED`](crate::ErrorKind::UNSUPPORTED) by default.
    fn layers(&self, query: &LayerQuery) -> Result<Vec<LayerInfo>> {
        let _ = query;
        Err(PluginError::unsupported("this backend does not list layers"))
    }

    /// The values of one layer, one entry per call of it.
    ///
    /// # Errors
    /// [`ErrorKind::UNSUPPORTED`](crate::ErrorKind::UNSUPPORTED) by default; an unknown layer lists the known.
    fn activations(&self, inputs: &[TensorView<'_>], request: &LayerRequest) -> Result<Calls> {
        let _ = (inputs, request);
        Err(PluginError::unsupported("this backend does not give the activation of layers"))
    }

    /// The gradient of a reduced layer with respect to inputs, row by row.
    ///
    /// # Errors
    /// [`ErrorKind::UNSUPPORTED`](crate::ErrorKind::UNSUPPORTED) by default.
    fn input_gradients(&self, inputs: &[TensorView<'_>], request: &GradientRequest) -> Result<Gradients> {
        let _ = (inputs, request);
        Err(PluginError::unsupported("this backend does not give gradients"))
    }

    /// Predictions for `inputs` and for edited copies of its rows, without materialising the copies. [`BatchAxis`] holds
    /// for the rows of `inputs`; there may be any number of edits, also none.
    ///
    /// # Errors
    /// [`ErrorKind::UNSUPPORTED`](crate::ErrorKind::UNSUPPORTED) by default.
    fn predict_edits(&self, inputs: &[TensorView<'_>], edits: &Edits) -> Result<EditedOutputs> {
        let _ = (inputs, edits);
        Err(PluginError::unsupported("this backend does not evaluate edits"))
    }
}

/// Where a model lies and what its description says of it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ModelSource {
    /// The directory of model.yaml: relative paths in [`args`](Self::args) start here.
    pub directory: PathBuf,
    /// `args:` of model.yaml.
    pub args: Value,
    /// The inputs, in the order in which [`Model::predict`] receives them.
    pub inputs: Vec<SchemaLeaf>,
    /// The outputs, in the order in which [`Model::predict`] returns them.
    pub targets: Vec<SchemaLeaf>,
    /// How the inputs were written.
    pub input_structure: Structure,
    /// How the outputs were written.
    pub target_structure: Structure,
}

impl ModelSource {
    /// A model in `directory` with these arrays. Of one array, the structure is [`Structure::One`], of more a list.
    pub fn new(directory: impl Into<PathBuf>, args: Value, inputs: Vec<SchemaLeaf>, targets: Vec<SchemaLeaf>) -> Self {
        let structure = |leaves: &[SchemaLeaf]| if leaves.len() == 1 { Structure::One } else { Structure::List };
        let (input_structure, target_structure) = (structure(&inputs), structure(&targets));
        Self { directory: directory.into(), args, inputs, targets, input_structure, target_structure }
    }
}

setters! {
    ModelSource {
        with_args(args: Value),
        with_input_structure(input_structure: Structure),
        with_target_structure(target_structure: Structure),
    }
}

/// One array of a model's schema.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemaLeaf {
    /// Its name; empty if the description gives none.
    pub name: String,
    /// Its shape without the batch axis; `None` is any length.
    pub shape: Vec<Option<usize>>,
    /// The element type that the description hints at.
    pub dtype: Option<DType>,
    /// `DNASeq`, `DNAStringSeq` and so on.
    pub special_type: Option<String>,
}

impl SchemaLeaf {
    /// An array of this name and shape (without the batch axis).
    pub fn new(name: impl Into<String>, shape: Vec<Option<usize>>) -> Self {
        Self { name: name.into(), shape, dtype: None, special_type: None }
    }
}

setters! {
    SchemaLeaf {
        with_shape(shape: Vec<Option<usize>>),
        with_dtype(dtype: Option<DType>),
        with_special_type(special_type: Option<String>),
    }
}

/// How several arrays are bundled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Structure {
    /// A single array.
    One,
    /// A list: arrays are matched by position.
    List,
    /// A map: arrays are matched by name.
    Map,
}

/// How to run a model.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuntimeOptions {
    /// The number of threads that the engine may compute with; at least 1. The host computes nothing itself.
    pub threads: usize,
    /// Where to run.
    pub device: Device,
    /// The library of the engine to use instead of the one that the backend finds. A backend that cannot change its
    /// engine refuses it.
    pub engine_library: Option<PathBuf>,
    /// Whether the model's files may run code of their own, such as a pickle. A backend that would have to run some
    /// refuses the model otherwise.
    pub trust_model: bool,
    /// Where a backend may keep what saves a later run some work, in a directory of its own there. Whatever is there may be
    /// gone at any time; there may be no such place.
    pub state_dir: Option<PathBuf>,
}

impl RuntimeOptions {
    /// So many threads on this device, with the engine that the backend finds, and no code of the model's own.
    pub const fn new(threads: usize, device: Device) -> Self {
        Self { threads, device, engine_library: None, trust_model: false, state_dir: None }
    }
}

setters! {
    RuntimeOptions {
        with_threads(threads: usize),
        with_device(device: Device),
        with_engine_library(engine_library: Option<PathBuf>),
        with_trust_model(trust_model: bool),
        with_state_dir(state_dir: Option<PathBuf>),
    }
}

/// A compute device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Device {
    /// The processor.
    Cpu,
    /// The CUDA device of this index.
    Cuda(u32),
}

/// `cpu` or `cuda:N`.
impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(number) => write!(f, "cuda:{number}"),
        }
    }
}

/// What the host can do for the speed of a loaded model's engine, without any change of results.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EngineProperties {
    /// Where it runs.
    pub device: Device,
    /// The number of rows that calls had better all have: the engine prepares for every new shape. `None` if any will do.
    pub preferred_rows: Option<usize>,
    /// How many calls it works on at the same time, at least 1.
    pub calls_in_flight: usize,
}

/// One call at a time on the processor, with any number of rows.
impl Default for EngineProperties {
    fn default() -> Self {
        Self { device: Device::Cpu, preferred_rows: None, calls_in_flight: 1 }
    }
}

setters! {
    EngineProperties {
        with_device(device: Device),
        with_preferred_rows(preferred_rows: Option<usize>),
        with_calls_in_flight(calls_in_flight: usize),
    }
}

/// What a loaded model says of its inputs and outputs, in the order of [`Model::predict`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signature {
    /// The inputs.
    pub inputs: Vec<TensorSpec>,
    /// The outputs.
    pub outputs: Vec<TensorSpec>,
    /// How many rows one call takes.
    pub batch: BatchAxis,
}

impl Signature {
    /// These inputs and outputs, in batches of any size.
    pub fn new(inputs: Vec<TensorSpec>, outputs: Vec<TensorSpec>) -> Self {
        Self { inputs, outputs, batch: BatchAxis::Dynamic }
    }
}

setters! { Signature { with_batch(batch: BatchAxis) } }

/// What is known of one input or output; engines differ in how much they know.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TensorSpec {
    /// Its name in the graph.
    pub name: Option<String>,
    /// Its element type.
    pub dtype: Option<DType>,
    /// Its shape without the batch axis; `None` inside is any length.
    pub shape: Option<Vec<Option<usize>>>,
    /// How it was found to be this array of the description.
    pub bound: Bound,
}

setters! {
    TensorSpec {
        with_name(name: Option<String>),
        with_dtype(dtype: Option<DType>),
        with_shape(shape: Option<Vec<Option<usize>>>),
        with_bound(bound: Bound),
    }
}

/// How an array of the description was matched with one of the model file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Bound {
    /// Both have the same name.
    ByName,
    /// model.yaml says which one it is.
    Declared,
    /// Both have the same position; their names differ, or the file gives none.
    #[default]
    ByPosition,
}

/// Whether the rows of a batch are independent of each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowIndependence {
    /// No row of an answer depends on another row of the inputs.
    Independent,
    /// Some do; the text says which operation mixes rows, for messages.
    Dependent(String),
    /// The operations do not settle it: the host runs a trial.
    Unknown,
}

/// How many rows one call takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchAxis {
    /// Any number.
    Dynamic,
    /// Exactly this many: the host fills up the last call and drops the extra rows.
    Fixed(usize),
}

impl BatchAxis {
    /// The only number of rows that a call takes; `None` if it takes any.
    pub fn fixed(self) -> Option<usize> {
        match self {
            Self::Fixed(rows) => Some(rows),
            Self::Dynamic => None,
        }
    }
}

/// The optional abilities of a loaded model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Capabilities {
    /// [`Model::layers`] and [`Model::activations`].
    pub layers: bool,
    /// [`Model::input_gradients`].
    pub gradients: bool,
    /// [`Model::predict_edits`].
    pub edits: bool,
}

setters! {
    Capabilities {
        with_layers(layers: bool),
        with_gradients(gradients: bool),
        with_edits(edits: bool),
    }
}
