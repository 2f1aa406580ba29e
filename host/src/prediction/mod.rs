//! Predicting samples as their loader gives them, without variants; looking into layers, and at gradients.

mod activations;
mod drive;
mod error;
mod file_samples;
mod gradient;
mod interval_samples;
mod layer;
mod layers;
mod leaves;
mod outputs;
mod question;
mod samples;
mod summary;

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use kipos_plugin_api::{Device, RuntimeOptions, Value};

use crate::dataloader::{EdgeRule, open_batches};
use crate::model::{LoadedModel, Loader, ModelError, ModelInputs, ModelOptions, native_loader};
use crate::pipeline::{Event, loader_inputs, model_inputs, refuse_inputs_as_outputs, warn};
use crate::plugin::PluginRegistry;
use crate::predict::BlockRunner;
use crate::sink::{ColumnOrder, Output, PredictionOptions, PredictionSinks, check_prediction_outputs};
use crate::spec::ModelDir;
pub use activations::Activations;
pub use error::{IntervalProblem, PredictionError, UnusedWithBatchFile};
use file_samples::FileSamples;
pub use gradient::{FilterTextError, Gradient, GradientError, GradientOf, parse_filter};
use interval_samples::IntervalSamples;
pub use layer::{LayerError, LayerKey};
pub use layers::layers;
use leaves::input_leaves;
use question::{Asked, Listener};
use samples::{About, SampleSource};
pub use summary::PredictionSummary;

/// A request to predict the samples of a loader. Fill in what differs from the defaults of [`Predict::new`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Predict {
    /// The model's directory.
    pub model: PathBuf,
    /// The files to write; the name of each says its format.
    pub outputs: Vec<PathBuf>,
    /// Arguments of the model's dataloader, over those of its description.
    pub loader_args: Vec<(String, Value)>,
    /// A file of two columns that says what contigs of the intervals (first) are called in the genome (second); names
    /// that it lacks are looked up as they are, and with or without `chr`.
    pub contig_map: Option<PathBuf>,
    /// A file of prepared samples in the place of the model's dataloader: what `kipoi preproc` writes.
    pub batch_file: Option<PathBuf>,
    /// Samples per call of the engine; at least 1.
    pub batch_size: usize,
    /// Threads and device of the engine.
    pub runtime: RuntimeOptions,
    /// What happens to intervals that leave their contig.
    pub edge: EdgeRule,
    /// Also write what the model was given, and the targets of the loader or the batch file.
    pub keep_inputs: bool,
    /// Also write where the samples come from: their ranges, and all other metadata of a batch file.
    pub keep_metadata: bool,
    /// The order of the columns of tables.
    pub column_order: ColumnOrder,
}

impl Predict {
    /// A request with the defaults: an interval that leaves its contig is an error, and nothing but predictions is
    /// written.
    pub fn new(model: impl Into<PathBuf>, outputs: Vec<PathBuf>) -> Self {
        Self {
            model: model.into(),
            outputs,
            loader_args: Vec::new(),
            contig_map: None,
            batch_file: None,
            batch_size: 32,
            runtime: RuntimeOptions {
                threads: thread::available_parallelism().map_or(1, usize::from),
                device: Device::Cpu,
            },
            edge: EdgeRule::Error,
            keep_inputs: false,
            keep_metadata: false,
            column_order: ColumnOrder::Natural,
        }
    }

    /// Runs the request. `observe` is told what happens meanwhile.
    ///
    /// # Errors
    /// Anything that stops the run; the outputs' names then hold what they held before.
    pub fn run(
        &self,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<PredictionSummary, PredictionError> {
        self.ask(Asked::Outputs, registry, observe)
    }

    /// Asks this of all samples, instead of predicting them.
    fn ask(
        &self,
        asked: Asked<'_>,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<PredictionSummary, PredictionError> {
        let started = Instant::now();
        check_prediction_outputs(&self.outputs)?;
        let directory = ModelDir::open(&self.model)?;
        warn(observe, directory.warnings());
        let mut summary = match &self.batch_file {
            Some(path) => self.run_file(asked, path, &directory, registry, observe),
            None => self.run_intervals(asked, &directory, registry, observe),
        }?;
        summary.elapsed = started.elapsed();
        Ok(summary)
    }

    /// Predicts the samples of a file.
    fn run_file(
        &self,
        asked: Asked<'_>,
        path: &Path,
        directory: &ModelDir,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<PredictionSummary, PredictionError> {
        if !self.loader_args.is_empty() || self.contig_map.is_some() {
            return Err(UnusedWithBatchFile(path.to_owned()).into());
        }
        self.refuse_outputs(directory, vec![path.to_owned()])?;
        let file = open_batches(path)?;
        let model = self.load(directory, Loader::Plain(&*file), registry)?;
        let prepared = model.inputs().prepared.iter();
        let names: Vec<String> = prepared.map(|input| file.inputs()[input.source].name.clone()).collect();
        let samples = FileSamples::new(file, model.inputs().prepared.clone(), self.about())?;
        self.predict(asked, directory, &model, &names, samples, observe)
    }

    /// Predicts the intervals of the native loader.
    fn run_intervals(
        &self,
        asked: Asked<'_>,
        directory: &ModelDir,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<PredictionSummary, PredictionError> {
        let mut loader = native_loader(directory, &self.loader_args)?;
        self.refuse_outputs(directory, loader_inputs(&loader).into_iter().chain(self.contig_map.clone()).collect())?;
        let mut samples = IntervalSamples::open(&loader, self.contig_map.as_deref(), self.edge, self.about())?;
        let described = ModelInputs::described(directory, &[], Loader::Native(&loader));
        if let (Err(ModelError::NoLength { .. }), Some(length)) = (described, samples.first_length()) {
            // A model of any length, and intervals that keep theirs: they must all be as long as the first.
            loader.auto_resize_len = Some(length);
        }
        let model = self.load(directory, Loader::Native(&loader), registry)?;
        samples.expect_length(model.inputs().window_length);
        self.predict(asked, directory, &model, &[String::new()], samples, observe)
    }

    fn load(
        &self,
        directory: &ModelDir,
        loader: Loader<'_>,
        registry: &PluginRegistry,
    ) -> Result<LoadedModel, ModelError> {
        let options = ModelOptions { runtime: self.runtime, seq_input: &[], use_rc: None };
        LoadedModel::load(directory, loader, registry, &options)
    }

    /// What is to be told of every sample.
    fn about(&self) -> About {
        let ranges = self.keep_metadata || PredictionSinks::need_metadata(&self.outputs);
        About { ranges, metadata: self.keep_metadata, targets: self.keep_inputs }
    }

    fn refuse_outputs(&self, directory: &ModelDir, mut inputs: Vec<PathBuf>) -> Result<(), PredictionError> {
        inputs.extend(model_inputs(directory));
        let outputs: Vec<Output> = self.outputs.iter().map(Output::from).collect();
        Ok(refuse_inputs_as_outputs(&outputs, &inputs)?)
    }

    /// Asks of all samples, into all files. `input_names` are the names of the model's inputs in these files.
    fn predict<S: SampleSource>(
        &self,
        asked: Asked<'_>,
        directory: &ModelDir,
        model: &LoadedModel,
        input_names: &[String],
        samples: S,
        observe: &mut dyn FnMut(Event),
    ) -> Result<PredictionSummary, PredictionError> {
        let prototype = &model.inputs().rows;
        let runner = BlockRunner::new(model.plugin(), self.batch_size)?;
        let question = asked.question(Listener { directory, model, runner: &runner, input_names }, observe)?;
        let mut leaves = samples.leaves();
        if self.keep_inputs {
            leaves.extend(input_leaves(prototype, input_names)?);
        }
        leaves.extend_from_slice(question.leaves());
        let options = PredictionOptions {
            keep_inputs: self.keep_inputs,
            keep_metadata: self.keep_metadata,
            column_order: self.column_order,
        };
        let leaves = leaves.into();
        let sinks = PredictionSinks::open(&self.outputs, &leaves, options)?;
        let mut run = drive::Run { runner: &runner, prototype, question, keep_inputs: self.keep_inputs, leaves };
        let (sinks, summary) = run.drive(samples, sinks, observe)?;
        sinks.complete()?.commit()?;
        Ok(summary)
    }
}
