//! A loaded model: its description, loader and graph, checked against one another before anything runs.

mod bound;
mod error;
mod graph_schema;
mod native_input;
mod plain_input;
mod prepared_input;
mod rows_apart;
mod shapes;

use kipos_plugin_api::{
    BatchAxis, DType, ModelSource, OutputSpec, OutputSpecs, RuntimeOptions, SchemaLeaf, Signature, TensorSpec, Value,
};

use crate::dataloader::{Batches, SeqInterval};
use crate::description::{
    ArraySpec, ModelDir, ModelSpec, NativeLoader, RemoteFile, ScoringEntry, Shape, TargetTasks, VariantEffects,
};
use crate::plugin::{PluginModel, PluginRegistry};
use crate::sequence::SampleRows;
pub use bound::{Side, how_bound};
pub use error::ModelError;
pub use graph_schema::{SchemaProblem, compare_schema};
pub use prepared_input::PreparedInput;
pub use rows_apart::check_rows_apart;
use shapes::known_shape;

/// How to load a model.
#[derive(Debug, Clone, Copy)]
pub struct ModelOptions<'a> {
    /// Threads and device.
    pub runtime: RuntimeOptions,
    /// The inputs that hold DNA, over the description; empty to believe that.
    pub seq_input: &'a [String],
    /// Whether reverse complements are predicted too, over the description.
    pub use_rc: Option<bool>,
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

/// What a model reads, as description, loader and graph agree on it.
#[derive(Debug, Clone)]
pub struct ModelInputs {
    /// An empty block of the rows that it reads.
    pub rows: SampleRows,
    /// The length of its windows in bases; `None` if it reads any.
    pub window_length: Option<usize>,
    /// Where the inputs lie among prepared samples; empty if there are none.
    pub prepared: Vec<PreparedInput>,
}

impl ModelInputs {
    /// What description and loader agree on, whatever the graph says.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn described(dir: &ModelDir, seq_input: &[String], loader: Loader<'_>) -> Result<Self, ModelError> {
        let silent = Signature { inputs: Vec::new(), outputs: Vec::new(), batch: BatchAxis::Dynamic };
        Self::check(dir, seq_input, loader, &silent)
    }

    /// Checks that description, loader and the graph's `signature` fit together. `seq_input` names the inputs that hold
    /// DNA; if it is empty, the description does.
    ///
    /// # Errors
    /// What does not fit.
    pub fn check(
        dir: &ModelDir,
        seq_input: &[String],
        loader: Loader<'_>,
        signature: &Signature,
    ) -> Result<Self, ModelError> {
        match loader {
            Loader::Native(loader) => {
                let input = native_input::dna_input(dir, seq_input)?;
                let (rows, window_length) = native_input::check_input(input, loader, signature)?;
                Ok(Self { rows: SampleRows::new(vec![rows]), window_length, prepared: Vec::new() })
            }
            Loader::Prepared(file) => {
                let (rows, prepared) = prepared_input::check_prepared(dir, seq_input, file, signature)?;
                Ok(Self { rows, window_length: None, prepared })
            }
            Loader::Plain(file) => {
                let (rows, prepared) = plain_input::check_plain(dir, file, signature)?;
                Ok(Self { rows, window_length: None, prepared })
            }
        }
    }
}

/// A model that is ready to predict.
pub struct LoadedModel {
    plugin: PluginModel,
    arrays: ModelArrays,
    use_rc: bool,
    scoring: Vec<ScoringEntry>,
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
        let spec = dir.model();
        if let Loader::Native(_) = loader {
            // What the files alone can tell comes before the graph, which may take long to load.
            native_input::dna_input(dir, options.seq_input)?;
        }
        output_specs(spec)?;
        let plugin = load_graph(dir, registry, options.runtime)?;
        let arrays = ModelArrays::check(dir, options.seq_input, loader, &plugin.signature()?)?;
        check_rows_apart(dir, &plugin, arrays.inputs.window_length, registry)?;
        let scoring = spec.variant_effects.as_ref().map(|effects| effects.scoring_functions.clone());
        let use_rc = options.use_rc.unwrap_or_else(|| described_rc(spec));
        Ok(Self { plugin, arrays, use_rc, scoring: scoring.unwrap_or_default() })
    }

    /// The model behind the plugin boundary.
    pub fn plugin(&self) -> &PluginModel {
        &self.plugin
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

    /// Whether reverse complements are predicted too.
    pub fn use_rc(&self) -> bool {
        self.use_rc
    }

    /// The scores that its description offers.
    pub fn scoring_entries(&self) -> &[ScoringEntry] {
        &self.scoring
    }
}

/// What a model reads and gives.
#[derive(Debug, Clone)]
pub struct ModelArrays {
    /// What it reads.
    pub inputs: ModelInputs,
    /// Its outputs as parts of a flat row.
    pub outputs: OutputSpecs,
}

impl ModelArrays {
    /// As [`ModelInputs::check`], for the outputs too.
    ///
    /// # Errors
    /// What does not fit.
    pub fn check(
        dir: &ModelDir,
        seq_input: &[String],
        loader: Loader<'_>,
        signature: &Signature,
    ) -> Result<Self, ModelError> {
        let outputs = output_specs(dir.model())?;
        let inputs = ModelInputs::check(dir, seq_input, loader, signature)?;
        check_outputs(&outputs, signature)?;
        Ok(Self { inputs, outputs })
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
    Ok(registry.load_model(&dir.model().type_, &source(dir)?, runtime)?)
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
    for (target, tasks) in spec.targets.iter().zip(spec.target_tasks()?) {
        let shape: Option<Vec<usize>> = target.shape.iter().copied().collect();
        let Some(shape) = shape else {
            return Err(ModelError::OpenOutput { output: target.name.clone(), shape: target.shape.to_string() });
        };
        let tasks = match tasks {
            TargetTasks::Tasks(names) => names,
            TargetTasks::Profile => Vec::new(),
        };
        specs.0.push(OutputSpec { name: target.name.clone(), shape, offset: specs.width(), tasks });
    }
    Ok(specs)
}

/// What the backend is told of the model.
fn source(dir: &ModelDir) -> Result<ModelSource, ModelError> {
    let spec = dir.model();
    let leaf = |array: &ArraySpec| SchemaLeaf {
        name: array.name.clone(),
        shape: array.shape.to_vec(),
        dtype: None,
        special_type: array.special_type.map(|special| special.name().to_owned()),
    };
    spec.remote_files.iter().try_for_each(RemoteFile::check)?;
    if dir.path().to_str().is_none() {
        return Err(ModelError::Path(dir.path().display().to_string()));
    }
    Ok(ModelSource {
        directory: dir.path().to_owned(),
        args: spec.args.clone(),
        inputs: spec.inputs.iter().map(leaf).collect(),
        targets: spec.targets.iter().map(leaf).collect(),
        input_structure: spec.inputs_structure,
        target_structure: spec.targets_structure,
    })
}

/// Checks the description's outputs against the graph.
fn check_outputs(outputs: &OutputSpecs, signature: &Signature) -> Result<(), ModelError> {
    outputs.0.iter().zip(&signature.outputs).try_for_each(|(output, graph)| check_output(output, graph))
}

/// Checks an output against the graph, as far as the graph knows its own. Only the number of values of a row must agree:
/// graphs drop axes of length 1, or have some more.
fn check_output(output: &OutputSpec, graph: &TensorSpec) -> Result<(), ModelError> {
    if graph.dtype == Some(DType::String) {
        return Err(ModelError::TextOutput { output: output.name.clone() });
    }
    let Some(shape) = graph.shape.clone().map(Shape::from) else { return Ok(()) };
    let values: Option<usize> = shape.iter().copied().product();
    if values.is_some_and(|values| values != output.len()) {
        return Err(ModelError::OutputShape {
            output: output.name.clone(),
            described: known_shape(&output.shape).to_string(),
            found: shape.to_string(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use kipos_plugin_api::BatchAxis;

    use super::*;

    /// What is said of an output of shape `(2,)` whose graph tells these facts.
    fn check(dtype: Option<DType>, shape: Option<Vec<Option<usize>>>) -> Result<(), String> {
        let output = OutputSpec { name: "out".into(), shape: vec![2], offset: 0, tasks: vec!["a".into(), "b".into()] };
        let graph = TensorSpec { dtype, shape, ..TensorSpec::default() };
        let signature = Signature { inputs: Vec::new(), outputs: vec![graph], batch: BatchAxis::Dynamic };
        check_outputs(&OutputSpecs(vec![output]), &signature).map_err(|error| error.to_string())
    }

    #[test]
    fn outputs_must_have_as_many_values_as_described() {
        for fitting in
            [None, Some(vec![Some(2)]), Some(vec![Some(1), Some(2)]), Some(vec![None]), Some(vec![None, Some(3)])]
        {
            assert_eq!(check(Some(DType::F64), fitting.clone()), Ok(()), "{fitting:?}");
        }
        insta::assert_snapshot!(check(None, Some(vec![Some(2), Some(2)])).unwrap_err(), @"output `out`: model.yaml says shape (2,), but the graph gives (2, 2); correct `schema.targets` in model.yaml");
    }

    #[test]
    fn text_cannot_be_scored() {
        insta::assert_snapshot!(check(Some(DType::String), None).unwrap_err(), @"output `out` of the graph holds strings; only numbers can be scored");
    }
}
