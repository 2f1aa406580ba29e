//! The steps of a test.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kipos_plugin_api::{BatchAxis, Bound, EditPlan, TensorSpec, Value};

use super::batch_sizes::other_sizes;
use super::comparison::{Tolerance, compare, no_numbers, predictions};
use super::constant::{Constant, inputs_differ};
use super::declared_scale::contradictions;
use super::examples::{example_args, is_native};
use super::expect::Expected;
use super::model::Model;
use super::precision::precision_for;
use super::run::{Done, Run};
use super::{ModelTestError, WrittenExpectation, expectation};
use crate::counted::Counted;
use crate::description::{ArraySpec, ModelDir, unstated_strands};
use crate::lint::lint_with_plugins;
use crate::model::{
    ModelArrays, ModelInputs, ModelSide, check_rows_apart, compare_schema, described_rc, how_bound, load_graph,
    output_specs,
};
use crate::output_selection::{OutputRequest, OutputSelection, WindowLength};
use crate::plugin::{Combining, PluginModel};
use crate::predict::{EditAbility, describe_edits};
use crate::prediction::{Predict, PredictionError};
use crate::sink::{PredictionFormat, PredictionRows};

/// Samples per engine call if that is not said: examples are few.
const FEW: usize = 32;

impl<'a> Run<'a> {
    pub(super) fn lint(&self) -> Result<Done<ModelDir>, ModelTestError> {
        let mut lint = lint_with_plugins(&self.request.model.directory, self.registry);
        if lint.errors.len() > 1 {
            return Err(ModelTestError::Problems(lint.errors.iter().map(ToString::to_string).collect()));
        }
        if let Some(only) = lint.errors.pop() {
            return Err(ModelTestError::Lint(Box::new(only)));
        }
        let directory = self.request.model.open().map_err(ModelTestError::Description)?;
        let message = match lint.warnings.len() {
            0 => "no errors, no warnings".to_owned(),
            warnings => format!("no errors, {}", Counted(warnings, "warning")),
        };
        Ok(Done::Passed(directory, message, lint.warnings.iter().map(ToString::to_string).collect()))
    }

    /// The request for the samples, without any files.
    fn predictions_only(&self) -> Predict {
        let mut request = Predict::new(PathBuf::new(), Vec::new());
        request.model = self.request.model.clone();
        request.model.batch_size = Some(self.batch_size());
        request.samples = self.request.samples.clone();
        request.options.column_order = self.request.column_order;
        request.stop = self.request.stop.clone();
        request
    }

    /// The request for the samples in a file, in the place of those of the dataloader.
    pub(super) fn stored_samples(&self, path: &Path) -> Predict {
        let mut request = self.predictions_only();
        (request.samples.loader_args, request.samples.contig_map) = (Vec::new(), None);
        request.samples.batch_file = Some(path.to_owned());
        request
    }

    /// Opens the samples, and says how to do so again.
    pub(super) fn samples(
        &self,
        directory: &ModelDir,
        expected: Option<&Expected>,
    ) -> Result<Done<Predict>, ModelTestError> {
        let mut request = self.predictions_only();
        if let Some(file) = &request.samples.batch_file {
            request.in_full().open(directory, self.registry)?;
            let message = format!("prepared samples of {}", file.display());
            return Ok(Done::Passed(request, message, Vec::new()));
        }
        let loader = directory.loader().map_err(ModelTestError::Description)?;
        if let Some(Expected { path, .. }) = expected.filter(|_| !is_native(loader))
            && expectation::has_inputs(path)?
        {
            let request = self.stored_samples(path);
            request.in_full().open(directory, self.registry)?;
            let message = format!(
                "`{}` is not native to kipos; the inputs in {} are used instead",
                loader.defined_as,
                path.display()
            );
            return Ok(Done::Skipped(Some(request), message));
        }
        if is_native(loader) {
            request.samples.loader_args = example_args(loader, &request.samples.loader_args)?;
        }
        request.in_full().open(directory, self.registry)?;
        let name = loader.defined_as.rsplit('.').next().unwrap_or_default();
        Ok(Done::Passed(request.clone(), format!("{name} with {}", shown(&request.samples.loader_args)), Vec::new()))
    }

    pub(super) fn load(&self, directory: &ModelDir) -> Result<Done<Arc<PluginModel>>, ModelTestError> {
        let graph = load_graph(directory, self.registry, &self.request.model.runtime, self.request.model.combine)?;
        let message = format!(
            "backend {} of plugin {}, {}{}, on {}",
            directory.model().type_,
            graph.plugin(),
            combined(&graph),
            Counted(self.request.model.runtime.threads, "thread"),
            self.request.model.runtime.device
        );
        let notes = graph.notes()?;
        Ok(Done::Passed(Arc::new(graph), message, notes))
    }

    /// Compares description, dataloader (if it could be opened) and graph.
    pub(super) fn schema<'m>(
        &self,
        directory: &'m ModelDir,
        graph: &'m PluginModel,
        samples: Option<&Predict>,
    ) -> Result<Done<Model<'m>>, ModelTestError>
    where
        'a: 'm,
    {
        let signature = graph.signature();
        let window = samples.and_then(|samples| {
            let (samples, _) = samples.in_full().open(directory, self.registry).ok()?;
            let described = ModelInputs::described(directory, &[], samples.loader()).ok()?.sequence_length();
            let with_graph = || ModelArrays::check(directory, &[], samples.loader(), signature).ok();
            described.or_else(|| with_graph()?.inputs.sequence_length())
        });
        let problems = compare_schema(directory, signature, window);
        if !problems.is_empty() {
            return Err(ModelTestError::Problems(problems.iter().map(ToString::to_string).collect()));
        }
        let outputs = output_specs(directory.model(), window)?;
        let model = Model { directory, graph, registry: self.registry, outputs };
        let warnings = if described_rc(directory.model()) { unstated_strands(directory.model()) } else { Vec::new() };
        let arrays = samples
            .map(|samples| model.arrays(samples.in_full().open(directory, self.registry)?.0.loader()))
            .transpose()?;
        let length = arrays.and_then(|arrays| arrays.inputs.window_length);
        // Strands and tasks that the description names are looked up among the tasks, which there may only be once
        // outputs are reduced; and that needs the length of the window.
        let request = OutputRequest { with_defaults: length.is_some(), ..OutputRequest::default() };
        OutputSelection::new(directory.model(), &model.outputs, &request, &mut WindowLength(length))
            .map_err(|error| ModelTestError::Problems(vec![error.to_string()]))?;
        check_rows_apart(directory, graph, length, self.registry)?;
        let rows = match signature.batch {
            BatchAxis::Dynamic => "any number of samples per call".to_owned(),
            BatchAxis::Fixed(rows) => format!("exactly {} per call", Counted(rows, "sample")),
        };
        let (inputs, outputs) = (signature.inputs.len(), signature.outputs.len());
        let spec = directory.model();
        let all_by_name = signature.inputs.iter().chain(&signature.outputs).all(|graph| graph.bound == Bound::ByName);
        let by_name = if all_by_name { " by name" } else { "" };
        let message =
            format!("{} and {} as in the graph{by_name}, {rows}", Counted(inputs, "input"), Counted(outputs, "output"));
        let mut notes = match all_by_name {
            true => Vec::new(),
            false => {
                let inputs = each_bound(ModelSide::Inputs, &spec.inputs, &signature.inputs);
                inputs.chain(each_bound(ModelSide::Outputs, &spec.targets, &signature.outputs)).collect()
            }
        };
        notes.extend(warnings);
        Ok(Done::Passed(model, message, notes))
    }

    pub(super) fn predict(&self, model: &Model<'_>, samples: &Predict) -> Result<Done<PredictionRows>, ModelTestError> {
        let rows = model.predict(samples)?;
        if rows.is_empty() {
            return Err(ModelTestError::NoSamples);
        }
        let message = format!("{} predicted", Counted(rows.len(), "sample"));
        let values = predictions(&rows);
        let mut warnings: Vec<String> = no_numbers(&model.outputs, &values).into_iter().collect();
        warnings.extend(contradictions(&model.outputs, &values));
        if let Some(constant) = Constant::find(&model.outputs, &values)
            && rows.len() > 1
        {
            // Only now are the inputs of interest.
            let mut with_inputs = samples.clone();
            with_inputs.options.keep_inputs = true;
            let differ = inputs_differ(&model.predict(&with_inputs)?);
            warnings.extend(differ.then(|| constant.describe(rows.len())));
        }
        Ok(Done::Passed(rows, message, warnings))
    }

    /// Samples per engine call.
    fn batch_size(&self) -> usize {
        self.request.model.batch_size.unwrap_or(FEW)
    }

    /// Predicts the samples in batches of other sizes.
    pub(super) fn batch_sizes(
        &self,
        model: &Model<'_>,
        samples: &Predict,
        rows: &PredictionRows,
    ) -> Result<Done<()>, ModelTestError> {
        if let BatchAxis::Fixed(_) = model.graph.signature().batch {
            return Ok(Done::Skipped(None, "the graph takes batches of one size only".into()));
        }
        let sizes = other_sizes(self.batch_size(), rows.len());
        if sizes.is_empty() {
            return Ok(Done::Skipped(None, "there is a single sample; give the dataloader more examples".into()));
        }
        let reference = predictions(rows);
        let mut largest: f64 = 0.0;
        for &size in &sizes {
            let mut samples = samples.clone();
            samples.model.batch_size = Some(size);
            let found = predictions(&model.predict(&samples)?);
            let comparison = compare(&model.outputs, &found, &reference, Tolerance::Millionth);
            match comparison.worst {
                Some(worst) if comparison.differing > 0 => {
                    return Err(ModelTestError::BatchSize {
                        rows: size,
                        expected: self.batch_size().min(rows.len()),
                        differing: comparison.differing,
                        values: comparison.values,
                        worst,
                    });
                }
                worst => largest = largest.max(worst.map_or(0.0, |worst| worst.size())),
            }
        }
        let same = match largest {
            0.0 => "to the last bit".to_owned(),
            largest => format!("but for {largest:.1e}"),
        };
        let mut all = [sizes, vec![self.batch_size().min(rows.len())]].concat();
        all.sort_unstable();
        let all: Vec<String> = all.iter().map(ToString::to_string).collect();
        Ok(Done::Passed((), format!("the same in batches of {}, {same}", all.join(", ")), Vec::new()))
    }

    /// Asks the backend to evaluate edits, which it may compare with its engine.
    pub(super) fn edits(&self, model: &Model<'_>, samples: &Predict) -> Result<Done<()>, ModelTestError> {
        let (samples, _) = samples.in_full().open(model.directory, self.registry)?;
        let inputs = model.arrays(samples.loader())?.inputs;
        let ability = EditAbility::of(model.graph, &inputs.rows, inputs.window_length.unwrap_or(1));
        Ok(match ability.map_err(PredictionError::from)? {
            EditAbility::Able => Done::Passed((), describe_edits(&model.graph.edit_plan()?), Vec::new()),
            EditAbility::Unable { node, reason, .. } => {
                Done::Skipped(None, describe_edits(&EditPlan::unsupported(reason).with_node(node)))
            }
        })
    }

    /// Writes a new expectation.
    pub(super) fn write(
        &self,
        path: &Path,
        model: &Model<'_>,
        samples: &Predict,
        rows: &PredictionRows,
    ) -> Result<Done<WrittenExpectation>, ModelTestError> {
        let mut request = samples.clone();
        request.outputs = vec![path.to_owned()];
        request.options.keep_inputs = !matches!(PredictionFormat::of(path), Ok(PredictionFormat::Tsv));
        request.options.keep_metadata = self.request.keep_metadata;
        model.predict(&request)?;
        let decimals = precision_for(&predictions(rows));
        let named = within(model.directory.path(), path);
        let yaml = format!("test:\n  expect: {named}\n  precision_decimal: {decimals}\n");
        let message = format!("{} of {}", path.display(), Counted(rows.len(), "sample"));
        Ok(Done::Passed(WrittenExpectation { path: path.to_owned(), yaml }, message, Vec::new()))
    }
}

/// How many members are combined and how, before a comma; empty if there is one.
fn combined(graph: &PluginModel) -> String {
    let by = |combining: &Combining| format!("{} members combined by {}, ", graph.member_count(), combining.by.word());
    graph.combining().map(by).unwrap_or_default()
}

/// How each input or output was matched with the graph's.
fn each_bound<'a>(
    side: ModelSide,
    described: &'a [ArraySpec],
    graph: &'a [TensorSpec],
) -> impl Iterator<Item = String> + 'a {
    let what = match side {
        ModelSide::Inputs => "input",
        ModelSide::Outputs => "output",
    };
    described
        .iter()
        .zip(graph)
        .map(move |(array, graph)| format!("{what} `{}` {}", array.name, how_bound(side, &array.name, graph)))
}

/// `name=value` of all arguments.
fn shown(args: &[(String, Value)]) -> String {
    let args: Vec<String> = args.iter().map(|(name, value)| format!("{name}={value}")).collect();
    if args.is_empty() { "no arguments".into() } else { args.join(", ") }
}

/// The path of a file as a description in `directory` names it.
fn within(directory: &Path, path: &Path) -> String {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let (directory, path) = (real(directory), real(path));
    path.strip_prefix(&directory).unwrap_or(&path).display().to_string()
}
