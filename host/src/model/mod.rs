//! A loaded model: its description, loader and graph, checked against one another before anything runs.

mod arrays;
mod bound;
mod error;
mod graph_schema;
mod native_input;
mod plain_input;
mod prepared_input;
mod rows_apart;
mod shapes;

use kipos_plugin_api::{ModelSource, OutputSpec, OutputSpecs, RuntimeOptions, SchemaLeaf, Value};

use crate::dataloader::{Batches, SeqInterval};
use crate::description::{
    ArraySpec, ConversionSources, ModelDir, ModelSpec, NativeLoader, RemoteFile, TargetTasks, VariantEffects,
};
use crate::internal::caught;
use crate::plugin::{PluginModel, PluginRegistry};
use arrays::DescribedArrays;
pub use arrays::{ModelArrays, ModelInputs};
pub use bound::{ModelSide, how_bound};
pub use error::ModelError;
pub use graph_schema::{SchemaProblem, compare_schema};
pub use native_input::lacks_length;
pub use prepared_input::PreparedInput;
pub use rows_apart::check_rows_apart;

/// How to load a model.
#[derive(Debug, Clone)]
pub struct ModelOptions<'a> {
    /// Threads and device.
    pub runtime: RuntimeOptions,
    /// The inputs that hold DNA, over the description; empty to believe that.
    pub seq_input: &'a [String],
}

/// What gives a model its inputs.
#[derive(Clone, Copy)]
pub enum Loader<'a> {
    /// Windows of a genome.
    Native(&'a SeqInterval),
    /// Samples that another program's loader has prepared.
    Prepared(&'a dyn Batches),
    /// The same, in which no variant will be looked for: it need not hold DNA, nor say where that lies.
    Plain(&'a dyn Batches),
}

/// A model that is ready to predict.
pub struct LoadedModel {
    plugin: PluginModel,
    arrays: ModelArrays,
}

impl LoadedModel {
    /// Loads a model through the plugin that its description names, and checks that `loader` (see [`native_loader`]),
    /// description and graph fit together, and that the samples of a batch stay apart.
    ///
    /// # Errors
    /// Whatever does not fit.
    pub fn load(
        dir: &ModelDir,
        loader: Loader<'_>,
        registry: &PluginRegistry,
        options: &ModelOptions<'_>,
    ) -> Result<Self, ModelError> {
        let described = DescribedArrays::of(dir, options.seq_input, loader)?;
        let plugin = load_graph(dir, registry, options.runtime.clone())?;
        let arrays = described.with_graph(&plugin.signature()?)?;
        check_rows_apart(dir, &plugin, arrays.inputs.window_length, registry)?;
        Ok(Self { plugin, arrays })
    }

    /// The model behind the plugin boundary.
    pub fn plugin(&self) -> &PluginModel {
        &self.plugin
    }

    /// What its backend wants the user to know of it, one sentence each.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn notes(&self) -> Result<Vec<String>, ModelError> {
        Ok(self.plugin.notes()?)
    }

    /// What it reads and gives.
    pub fn arrays(&self) -> &ModelArrays {
        &self.arrays
    }

    /// What it reads.
    pub fn inputs(&self) -> &ModelInputs {
        &self.arrays.inputs
    }

    /// Its outputs as parts of a flat row.
    pub fn outputs(&self) -> &OutputSpecs {
        &self.arrays.outputs
    }
}

/// Loads what the backend runs, without a loader for its inputs.
///
/// # Errors
/// A backend that no plugin has, or that refuses the model.
pub fn load_graph(
    dir: &ModelDir,
    registry: &PluginRegistry,
    runtime: RuntimeOptions,
) -> Result<PluginModel, ModelError> {
    let source = source(dir)?;
    Ok(caught(|| registry.load_model(&dir.model().type_, &source, runtime))??)
}

/// The loader of a model with the user's arguments, if it is one that can be pointed at variants.
///
/// # Errors
/// A loader that is missing or not native, or refuses its arguments.
pub fn native_loader(dir: &ModelDir, given: &[(String, Value)]) -> Result<SeqInterval, ModelError> {
    let spec = dir.loader()?;
    let Some(native @ (NativeLoader::SeqInterval | NativeLoader::StringSeqInterval)) = spec.native else {
        let defined_as = spec.defined_as.clone();
        return Err(ModelError::ForeignLoader { model: dir.model().name.clone(), defined_as });
    };
    let defaults = match &spec.default_args {
        Value::Map(entries) => entries.as_slice(),
        _ => &[],
    };
    let is_given = |name: &String| given.iter().any(|(given, _)| given == name);
    let used = defaults.iter().filter(|(name, _)| !is_given(name)).chain(given).map(|(_, value)| value);
    spec.check_remote_files(used)?;
    Ok(SeqInterval::from_args(native, defaults, given)?)
}

/// Whether the rows that a built-in loader makes of the arguments in its description fit what the model describes. A
/// loader of another kind, or none, is not looked at, and a length that only a run fixes fits.
///
/// # Errors
/// What does not fit.
pub fn check_described_loader(dir: &ModelDir) -> Result<(), ModelError> {
    caught(|| check_loader(dir))?
}

fn check_loader(dir: &ModelDir) -> Result<(), ModelError> {
    if !dir.loader().is_ok_and(|loader| matches!(loader.native, Some(native) if native.special_type().is_some())) {
        return Ok(());
    }
    // Which files it will read does not matter here.
    let files = ["fasta_file", "intervals_file"].map(|name| (name.to_owned(), Value::String(String::new())));
    let loader = native_loader(dir, &files)?;
    match ModelInputs::described(dir, &[], Loader::Native(&loader)) {
        Ok(_) | Err(ModelError::NoLength { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Whether the description wants reverse complements to be predicted too.
pub fn described_rc(spec: &ModelSpec) -> bool {
    spec.variant_effects.as_ref().is_some_and(|effects: &VariantEffects| effects.use_rc)
}

/// The targets of a description as parts of a flat row.
///
/// # Errors
/// Targets whose tasks cannot be counted or named.
pub fn output_specs(spec: &ModelSpec) -> Result<OutputSpecs, ModelError> {
    let mut specs = OutputSpecs::default();
    for ((target, keys), tasks) in spec.targets.iter().zip(&spec.kipos.outputs).zip(spec.target_tasks()?) {
        let shape: Option<Vec<usize>> = target.shape.iter().copied().collect();
        let Some(shape) = shape else {
            return Err(ModelError::OpenOutput { output: target.name.clone(), shape: target.shape.to_string() });
        };
        let tasks = match tasks {
            TargetTasks::Tasks(names) => names,
            TargetTasks::Profile => Vec::new(),
        };
        let output = OutputSpec::new(target.name.clone(), shape).with_offset(specs.width()).with_tasks(tasks);
        specs.0.push(output.with_scale(keys.scale));
    }
    Ok(specs)
}

/// What the backend is told of the model.
fn source(dir: &ModelDir) -> Result<ModelSource, ModelError> {
    let spec = dir.model();
    let leaf = |array: &ArraySpec| {
        SchemaLeaf::new(array.name.clone(), array.shape.to_vec())
            .with_special_type(array.special_type.map(|special| special.name().to_owned()))
    };
    spec.remote_files.iter().try_for_each(RemoteFile::check)?;
    if let Some(sources) = ConversionSources::read(dir.path())? {
        sources.check_beside()?;
    }
    if dir.path().to_str().is_none() {
        return Err(ModelError::Path(dir.path().display().to_string()));
    }
    Ok(ModelSource::new(
        dir.path().to_owned(),
        spec.args.clone(),
        spec.inputs.iter().map(leaf).collect(),
        spec.targets.iter().map(leaf).collect(),
    )
    .with_input_structure(spec.inputs_structure)
    .with_target_structure(spec.targets_structure))
}
