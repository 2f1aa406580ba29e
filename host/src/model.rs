//! A loaded model: its description, loader and graph, checked against one another before anything runs.

use kipos_plugin_api::{DType, ModelSource, OutputSpec, OutputSpecs, RuntimeOptions, SchemaLeaf, Signature, Value};
use thiserror::Error;

use crate::dataloader::{LoaderArgError, OneHotArgs, SeqInterval, SequenceEncoding};
use crate::plugin::{PluginModel, PluginRegistry, PluginRoomError};
use crate::sequence::{InputRows, OneHotLayout, SampleRows, TextLayout, TextRows};
use crate::spec::{
    ArraySpec, ModelDir, ModelSpec, NativeLoader, ScoringEntry, Shape, SpecError, TargetTasks, VariantEffects,
};

/// How to load a model.
#[derive(Debug, Clone, Copy)]
pub struct ModelOptions<'a> {
    /// Threads and device.
    pub runtime: RuntimeOptions,
    /// The input that holds DNA, over the description.
    pub seq_input: Option<&'a str>,
    /// Whether reverse complements are predicted too, over the description.
    pub use_rc: Option<bool>,
}

/// Why a model cannot be loaded or scored with.
#[derive(Debug, Error)]
pub enum ModelError {
    /// Its description.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// Its loader's arguments.
    #[error(transparent)]
    Loader(#[from] LoaderArgError),
    /// Its backend.
    #[error(transparent)]
    Plugin(#[from] PluginRoomError),
    /// The loader is not one that kipos has.
    #[error(
        "the dataloader `{defined_as}` of {model} is not native to kipos, so variants cannot be shown to the model; \
         describe its input with kipoiseq.dataloaders.SeqIntervalDl or StringSeqIntervalDl"
    )]
    ForeignLoader {
        /// The model.
        model: String,
        /// The loader.
        defined_as: String,
    },
    /// No input, or more than one, is DNA.
    #[error("{model} has no single DNA input{why}; inputs: {inputs}; name it with --seq-input NAME")]
    DnaInput {
        /// The model.
        model: String,
        /// What is wrong.
        why: String,
        /// Its inputs.
        inputs: String,
    },
    /// Inputs that the loader does not make.
    #[error("{model} also reads {inputs}, which its dataloader does not make: it gives one DNA input")]
    OtherInputs {
        /// The model.
        model: String,
        /// The inputs.
        inputs: String,
    },
    /// Two sources disagree on a shape.
    #[error("input `{input}`: the dataloader gives shape {loader}, but {source_name} says {expected}; correct {fix}")]
    Shape {
        /// The input.
        input: String,
        /// The loader's shape.
        loader: String,
        /// Who disagrees.
        source_name: &'static str,
        /// The other's shape.
        expected: String,
        /// What to change.
        fix: &'static str,
    },
    /// Nothing says how long a window is.
    #[error(
        "the length of input `{input}` is not fixed by model.yaml, the dataloader or the graph; give --seq-length N"
    )]
    NoLength {
        /// The input.
        input: String,
    },
    /// The graph reads text.
    #[error("input `{input}` of the graph is text, but the dataloader SeqIntervalDl gives one-hot numbers")]
    TextInput {
        /// The input.
        input: String,
    },
    /// The graph reads numbers.
    #[error(
        "input `{input}` of the graph has type {dtype}, but the dataloader StringSeqIntervalDl gives text; \
         describe the input with SeqIntervalDl"
    )]
    NumberInput {
        /// The input.
        input: String,
        /// The graph's type.
        dtype: DType,
    },
    /// A shape that DNA as text cannot have.
    #[error(
        "input `{input}` has shape {shape}, but DNA as text has shape (), (1,), or (n,) with one letter per element"
    )]
    TextShape {
        /// The input.
        input: String,
        /// Its shape.
        shape: String,
    },
    /// Description and graph disagree on the length of an output.
    #[error(
        "output `{output}`: model.yaml says shape {described}, but the graph gives {found}; \
         correct `schema.targets` in model.yaml"
    )]
    OutputShape {
        /// The output.
        output: String,
        /// Its shape in the description.
        described: String,
        /// Its shape in the graph.
        found: String,
    },
    /// The graph gives text.
    #[error("output `{output}` of the graph is text; only numbers can be scored")]
    TextOutput {
        /// The output.
        output: String,
    },
    /// An output of unknown length.
    #[error("output `{output}` has shape {shape}; every axis must be known: give its length in `schema.targets`")]
    OpenOutput {
        /// The output.
        output: String,
        /// Its shape.
        shape: String,
    },
    /// A directory that cannot be handed to plugins.
    #[error("the path {0} is not UTF-8; rename it")]
    Path(String),
}

/// A model that is ready to predict.
pub struct LoadedModel {
    plugin: PluginModel,
    loader: SeqInterval,
    outputs: OutputSpecs,
    rows: SampleRows,
    length: Option<usize>,
    use_rc: bool,
    scoring: Vec<ScoringEntry>,
}

impl LoadedModel {
    /// Loads a model through the plugin that its description names, and checks that `loader` (see [`native_loader`]),
    /// description and graph fit together.
    ///
    /// # Errors
    /// Whatever does not fit.
    pub fn load(
        dir: &ModelDir,
        loader: SeqInterval,
        registry: &PluginRegistry,
        options: &ModelOptions<'_>,
    ) -> Result<Self, ModelError> {
        let spec = dir.model();
        let input = dna_input(dir, options.seq_input)?;
        let outputs = output_specs(spec)?;
        let plugin = registry.load_model(&spec.type_, &source(dir)?, options.runtime)?;
        let signature = plugin.signature()?;
        let (rows, length) = check_input(input, &loader, &signature)?;
        check_outputs(&outputs, &signature)?;
        let effects = spec.variant_effects.as_ref();
        Ok(Self {
            plugin,
            loader,
            outputs,
            rows: SampleRows::new(vec![rows]),
            length,
            use_rc: options.use_rc.unwrap_or(effects.is_some_and(|effects: &VariantEffects| effects.use_rc)),
            scoring: effects.map(|effects| effects.scoring_functions.clone()).unwrap_or_default(),
        })
    }

    /// The model behind the plugin boundary.
    pub fn plugin(&self) -> &PluginModel {
        &self.plugin
    }

    /// The loader of its input.
    pub fn loader(&self) -> &SeqInterval {
        &self.loader
    }

    /// Its outputs as parts of a flat row.
    pub fn outputs(&self) -> &OutputSpecs {
        &self.outputs
    }

    /// An empty block of the rows that it reads.
    pub fn rows(&self) -> &SampleRows {
        &self.rows
    }

    /// The length of its windows in bases; `None` if it reads any.
    pub fn window_length(&self) -> Option<usize> {
        self.length
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
    Ok(SeqInterval::from_args(native, defaults, given)?)
}

/// The one input of the model, which must be DNA.
fn dna_input<'a>(dir: &'a ModelDir, seq_input: Option<&str>) -> Result<&'a ArraySpec, ModelError> {
    let spec = dir.model();
    let names = |inputs: &mut dyn Iterator<Item = &ArraySpec>| {
        inputs.map(|input| format!("`{}`", input.name)).collect::<Vec<_>>().join(", ")
    };
    let dna = match seq_input {
        Some(name) => dir.dna_inputs_named(&[name.to_owned()])?,
        None => dir.dna_inputs(),
    };
    let [only] = dna.as_slice() else {
        return Err(ModelError::DnaInput {
            model: spec.name.clone(),
            why: if dna.is_empty() { String::new() } else { format!(" but {}", dna.len()) },
            inputs: names(&mut spec.inputs.iter()),
        });
    };
    if spec.inputs.len() > 1 {
        let mut others = spec.inputs.iter().filter(|input| input.name != only.name);
        return Err(ModelError::OtherInputs { model: spec.name.clone(), inputs: names(&mut others) });
    }
    Ok(&spec.inputs[only.index])
}

/// The targets as parts of a flat row.
fn output_specs(spec: &ModelSpec) -> Result<OutputSpecs, ModelError> {
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

/// Checks the loader's rows against the description and the graph; an empty block of them, and the length of the
/// windows if that is fixed.
fn check_input(
    input: &ArraySpec,
    loader: &SeqInterval,
    signature: &Signature,
) -> Result<(InputRows, Option<usize>), ModelError> {
    let graph = signature.inputs.first().cloned().unwrap_or_default();
    let (graph_type, graph_shape) = (graph.dtype, graph.shape.map(Shape::from));
    match &loader.encoding {
        SequenceEncoding::OneHot(args) => check_one_hot(input, loader, args, graph_type, graph_shape),
        SequenceEncoding::Text { force_upper } => check_text(input, loader, *force_upper, graph_type, graph_shape),
    }
}

fn check_one_hot(
    input: &ArraySpec,
    loader: &SeqInterval,
    args: &OneHotArgs,
    graph_type: Option<DType>,
    graph_shape: Option<Shape>,
) -> Result<(InputRows, Option<usize>), ModelError> {
    let dtype = match graph_type {
        Some(DType::String) => return Err(ModelError::TextInput { input: input.name.clone() }),
        Some(dtype) => dtype,
        None => args.dtype.unwrap_or(DType::F32),
    };
    let length = loader
        .auto_resize_len
        .or_else(|| open_axis_length(args, &input.shape))
        .or_else(|| open_axis_length(args, graph_shape.as_ref()?))
        .ok_or_else(|| ModelError::NoLength { input: input.name.clone() })?;
    let rows = args.rows(length, dtype)?;
    check_shape(input, rows.layout().shape(), graph_shape)?;
    Ok((InputRows::OneHot(rows), Some(length)))
}

fn check_text(
    input: &ArraySpec,
    loader: &SeqInterval,
    upper: bool,
    graph_type: Option<DType>,
    graph_shape: Option<Shape>,
) -> Result<(InputRows, Option<usize>), ModelError> {
    if let Some(dtype) = graph_type.filter(|dtype| *dtype != DType::String) {
        return Err(ModelError::NumberInput { input: input.name.clone(), dtype });
    }
    let odd = || ModelError::TextShape { input: input.name.clone(), shape: input.shape.to_string() };
    let (layout, length) = match input.shape[..] {
        [] => (TextLayout::Scalar, loader.auto_resize_len),
        [Some(1)] => (TextLayout::One, loader.auto_resize_len),
        [Some(letters)] if letters > 1 => (TextLayout::Letters(letters), Some(letters)),
        [None] => {
            let letters = loader.auto_resize_len.ok_or_else(|| ModelError::NoLength { input: input.name.clone() })?;
            (TextLayout::Letters(letters), Some(letters))
        }
        _ => return Err(odd()),
    };
    if let (TextLayout::Letters(letters), Some(resized)) = (layout, loader.auto_resize_len)
        && letters != resized
    {
        check_shape(input, &[resized], None)?;
    }
    check_shape(input, &layout.shape(), graph_shape)?;
    Ok((InputRows::Text(TextRows::new(layout, upper)), length))
}

/// Checks the shape of the loader's rows.
fn check_shape(input: &ArraySpec, own: &[usize], graph_shape: Option<Shape>) -> Result<(), ModelError> {
    let own = known_shape(own);
    let shape_error = |source_name, expected: &Shape, fix| ModelError::Shape {
        input: input.name.clone(),
        loader: own.to_string(),
        source_name,
        expected: expected.to_string(),
        fix,
    };
    if !own.is_compatible(&input.shape) {
        let fix = "the loader's arguments or `schema.inputs`";
        return Err(shape_error("model.yaml", &input.shape, fix));
    }
    if let Some(graph_shape) = graph_shape.filter(|shape| !own.is_compatible(shape)) {
        return Err(shape_error("the graph", &graph_shape, "the loader's arguments"));
    }
    Ok(())
}

/// A shape of which every axis is known.
fn known_shape(lengths: &[usize]) -> Shape {
    Shape::from(lengths.iter().copied().map(Some).collect::<Vec<_>>())
}

/// Checks the description's outputs against the graph, as far as the graph knows its own. Only the number of values of
/// a row must agree: graphs drop axes of length 1, or have some more.
fn check_outputs(outputs: &OutputSpecs, signature: &Signature) -> Result<(), ModelError> {
    for (output, graph) in outputs.0.iter().zip(&signature.outputs) {
        if graph.dtype == Some(DType::String) {
            return Err(ModelError::TextOutput { output: output.name.clone() });
        }
        let Some(shape) = graph.shape.clone().map(Shape::from) else { continue };
        let values: Option<usize> = shape.iter().copied().product();
        if values.is_some_and(|values| values != output.len()) {
            return Err(ModelError::OutputShape {
                output: output.name.clone(),
                described: known_shape(&output.shape).to_string(),
                found: shape.to_string(),
            });
        }
    }
    Ok(())
}

/// The length of the position axis in a shape that the loader's rows should have.
fn open_axis_length(args: &OneHotArgs, shape: &Shape) -> Option<usize> {
    // A length that no model has marks the position axis.
    let marker = usize::MAX;
    let layout = OneHotLayout::new(marker, args.alphabet_axis, args.dummy_axis).ok()?;
    let axis = layout.shape().iter().position(|&length| length == marker)?;
    shape.get(axis).copied().flatten()
}

#[cfg(test)]
mod tests {
    use kipos_plugin_api::{BatchAxis, TensorSpec};

    use super::*;

    /// What is said of an output of shape `(2,)` whose graph tells these facts.
    fn check(dtype: Option<DType>, shape: Option<Vec<Option<usize>>>) -> Result<(), String> {
        let output = OutputSpec { name: "out".into(), shape: vec![2], offset: 0, tasks: vec!["a".into(), "b".into()] };
        let graph = TensorSpec { name: None, dtype, shape };
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
        insta::assert_snapshot!(check(Some(DType::String), None).unwrap_err(), @"output `out` of the graph is text; only numbers can be scored");
    }
}
