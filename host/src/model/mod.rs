//! A loaded model: its description, loader and graph, checked against one another before anything runs.

mod arrays;
mod backend_check;
mod bound;
mod error;
mod graph_schema;
mod native_input;
mod output_shapes;
mod plain_input;
mod prepared_input;
mod rows_apart;
mod shapes;

use std::sync::Arc;

use kipos_plugin_api::{ModelSource, OutputSpecs, RuntimeOptions, SchemaLeaf, Value};

use crate::dataloader::{Batches, SeqInterval};
use crate::description::{
    ArraySpec, MemberCombination, MemberFile, MergeKeys, MergeSpace, ModelDir, ModelSpec, NativeLoader, OutputKeys,
    VariantEffects,
};
use crate::internal::caught;
use crate::plugin::{Combining, MemberSource, PluginModel, PluginRegistry};
use arrays::DescribedArrays;
pub use arrays::{ModelArrays, ModelInputs};
pub use backend_check::{BackendProblem, check_backend};
pub use bound::{ModelSide, how_bound};
pub use error::ModelError;
pub use graph_schema::{SchemaProblem, compare_schema};
pub use native_input::lacks_length;
pub use output_shapes::output_specs;
pub use prepared_input::PreparedInput;
pub use rows_apart::check_rows_apart;

/// How to load a model.
#[derive(Debug, Clone)]
pub struct ModelOptions<'a> {
    /// Threads and device.
    pub runtime: RuntimeOptions,
    /// The inputs that hold DNA, over the description; empty to believe that.
    pub seq_input: &'a [String],
    /// How members become one, over the description; `None` to believe that.
    pub combine: Option<MemberCombination>,
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
    plugin: Arc<PluginModel>,
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
        let plugin = load_graph(dir, registry, &options.runtime, options.combine)?;
        Self::checked(dir, described, Arc::new(plugin), registry)
    }

    /// The same for a graph that is loaded already.
    ///
    /// # Errors
    /// Whatever does not fit.
    pub fn of_graph(
        dir: &ModelDir,
        loader: Loader<'_>,
        registry: &PluginRegistry,
        seq_input: &[String],
        graph: &Arc<PluginModel>,
    ) -> Result<Self, ModelError> {
        let described = DescribedArrays::of(dir, seq_input, loader)?;
        Self::checked(dir, described, Arc::clone(graph), registry)
    }

    fn checked(
        dir: &ModelDir,
        described: DescribedArrays<'_>,
        plugin: Arc<PluginModel>,
        registry: &PluginRegistry,
    ) -> Result<Self, ModelError> {
        let arrays = described.with_graph(plugin.signature())?;
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

/// Loads what the backend runs, without a loader for its inputs. Several members are combined as `combine` says, or else the
/// description.
///
/// # Errors
/// A backend that no plugin has, or that refuses the model; members that do not go together, or none to combine.
pub fn load_graph(
    dir: &ModelDir,
    registry: &PluginRegistry,
    runtime: &RuntimeOptions,
    combine: Option<MemberCombination>,
) -> Result<PluginModel, ModelError> {
    let spec = dir.model();
    for model in [dir].into_iter().chain(dir.members()) {
        if let Some(problem) = check_backend(model, registry).into_iter().next() {
            return Err(problem);
        }
    }
    let sources = sources(dir)?;
    if combine.is_some() && sources.len() == 1 {
        return Err(ModelError::NothingToCombine { model: spec.name.clone() });
    }
    Ok(caught(|| registry.load_members(&sources, runtime, combining(spec, combine)))??)
}

/// How members of a model with this description become one. `asked_for` wins over the description.
fn combining(spec: &ModelSpec, asked_for: Option<MemberCombination>) -> Combining {
    let MergeKeys { combine, space, .. } = spec.kipos.merge;
    let by = asked_for.or(combine).unwrap_or_default();
    let scale = |keys: &OutputKeys| keys.scale.filter(|_| space != Some(MergeSpace::Raw));
    Combining { by, scales: spec.kipos.outputs.iter().map(scale).collect() }
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

/// What the backend is told of the model, file by file, and of those that it is combined with.
fn sources(dir: &ModelDir) -> Result<Vec<MemberSource<'_>>, ModelError> {
    let mut sources = sources_of(dir, !dir.members().is_empty())?;
    for member in dir.members() {
        sources.extend(sources_of(member, true)?);
    }
    Ok(sources)
}

/// The files of one model, called by their names, or by that of the model, too, if there are others.
fn sources_of(dir: &ModelDir, among_others: bool) -> Result<Vec<MemberSource<'_>>, ModelError> {
    let spec = dir.model();
    let leaf = |array: &ArraySpec| {
        SchemaLeaf::new(array.name.clone(), array.shape.to_vec())
            .with_special_type(array.special_type.map(|special| special.name().to_owned()))
    };
    if dir.path().to_str().is_none() {
        return Err(ModelError::Path(dir.path().display().to_string()));
    }
    let whole = ModelSource::new(
        dir.path().to_owned(),
        Value::Null,
        spec.inputs.iter().map(leaf).collect(),
        spec.targets.iter().map(leaf).collect(),
    )
    .with_input_structure(spec.inputs_structure)
    .with_target_structure(spec.targets_structure);
    let member = |file: MemberFile| MemberSource {
        name: match (among_others, file.name.as_str()) {
            (false, _) => file.name,
            (true, "") => dir.path().display().to_string(),
            (true, _) => dir.path().join(&file.name).display().to_string(),
        },
        backend: spec.type_.as_str(),
        source: whole.clone().with_args(file.args),
    };
    Ok(spec.member_files().into_iter().map(member).collect())
}
