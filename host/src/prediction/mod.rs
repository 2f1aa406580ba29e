//! Predicting samples as their loader gives them, without variants; looking into layers, and at gradients.

mod activations;
mod drive;
mod error;
mod gradient;
mod layer;
mod layers;
mod leaves;
mod opened;
mod outputs;
mod question;
mod summary;

use std::path::PathBuf;
use std::thread;
use std::time::Instant;

use kipos_plugin_api::{Device, RuntimeOptions, Value};

use crate::description::{ModelDir, SpecError};
use crate::model::{LoadedModel, ModelOptions};
use crate::plugin::PluginRegistry;
use crate::predict::BlockRunner;
use crate::samples::{About, EdgeRule, PreparedRows, SampleSource};
use crate::sink::{ColumnOrder, Output, PredictionOptions, PredictionRows, PredictionSinks, check_prediction_outputs};
pub use activations::Activations;
use drive::Ends;
pub use error::PredictionError;
pub use gradient::{FilterTextError, Gradient, GradientError, GradientOf, parse_filter};
pub use layer::{LayerError, LayerKey};
pub use layers::{LayerListing, layers};
use leaves::input_leaves;
pub(crate) use opened::{OpenedSamples, ReadyModel};
use outputs::AllOutputs;
use question::{Ask, Listener};
pub use summary::PredictionSummary;

/// A request to predict the samples of a loader. Fill in what differs from the defaults of [`Predict::new`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Predict {
    /// The model's directory.
    pub model: PathBuf,
    /// The files to write; the name of each says its format.
    pub outputs: Vec<PathBuf>,
    /// A dataloader in the place of the model's: see [`ModelDir::replace_loader`].
    pub dataloader: Option<String>,
    /// Arguments of the dataloader, over those of its description.
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
            dataloader: None,
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
        self.ask(&AllOutputs, registry, observe)
    }

    /// Runs the request as [`run`](Self::run) does, and hands back all rows too, with everything that any of the outputs
    /// keeps. Memory grows with the number of samples; without outputs this is the only thing that comes of the run.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_and_return(
        &self,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<(PredictionRows, PredictionSummary), PredictionError> {
        self.run_into(&AllOutputs, registry, true, observe)
    }

    /// The model, with the dataloader that is asked for.
    pub(crate) fn model_dir(&self) -> Result<ModelDir, SpecError> {
        let mut directory = ModelDir::open(&self.model)?;
        if let Some(named) = &self.dataloader {
            directory.replace_loader(named)?;
        }
        Ok(directory)
    }

    /// Asks this of all samples, instead of predicting them.
    fn ask(
        &self,
        asked: &dyn Ask,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<PredictionSummary, PredictionError> {
        Ok(self.run_into(asked, registry, false, observe)?.1)
    }

    fn run_into(
        &self,
        asked: &dyn Ask,
        registry: &PluginRegistry,
        wants_rows: bool,
        observe: &mut dyn FnMut(Event),
    ) -> Result<(PredictionRows, PredictionSummary), PredictionError> {
        let started = Instant::now();
        check_prediction_outputs(&self.outputs)?;
        let directory = self.model_dir()?;
        warn(observe, directory.warnings());
        let samples = self.open(&directory)?;
        let options = ModelOptions { runtime: self.runtime, seq_input: &[], use_rc: None };
        let model = LoadedModel::load(&directory, samples.loader(), registry, &options)?;
        let model = ReadyModel { directory: &directory, plugin: model.plugin(), arrays: model.arrays() };
        let (rows, mut summary) = self.ask_opened(asked, model, samples, wants_rows, observe)?;
        summary.elapsed = started.elapsed();
        Ok((rows, summary))
    }

    /// Asks this of opened samples, into all files, and into memory if the rows are wanted.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    fn ask_opened(
        &self,
        asked: &dyn Ask,
        model: ReadyModel<'_>,
        samples: OpenedSamples,
        wants_rows: bool,
        observe: &mut dyn FnMut(Event),
    ) -> Result<(PredictionRows, PredictionSummary), PredictionError> {
        let inputs = &model.arrays.inputs;
        match samples {
            OpenedSamples::Intervals { mut samples, .. } => {
                samples.expect_length(inputs.window_length);
                self.ask_samples(asked, model, &[String::new()], *samples, wants_rows, observe)
            }
            OpenedSamples::File(file) => {
                let prepared = inputs.prepared.iter();
                let names: Vec<String> = prepared.map(|input| file.inputs()[input.source].name.clone()).collect();
                let samples = PreparedRows::new(file, inputs.prepared.clone(), self.about())?;
                self.ask_samples(asked, model, &names, samples, wants_rows, observe)
            }
        }
    }

    /// Predicts opened samples into all files and hands back the rows.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub(crate) fn predict_opened(
        &self,
        model: ReadyModel<'_>,
        samples: OpenedSamples,
    ) -> Result<PredictionRows, PredictionError> {
        Ok(self.ask_opened(&AllOutputs, model, samples, true, &mut |_| {})?.0)
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
    fn ask_samples<S: SampleSource>(
        &self,
        asked: &dyn Ask,
        model: ReadyModel<'_>,
        input_names: &[String],
        samples: S,
        wants_rows: bool,
        observe: &mut dyn FnMut(Event),
    ) -> Result<(PredictionRows, PredictionSummary), PredictionError> {
        let prototype = &model.arrays.inputs.rows;
        let runner = BlockRunner::new(model.plugin, self.batch_size)?;
        let question = asked.question(Listener { model, runner: &runner, input_names }, observe)?;
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
        // Intervals that leave their contig were padded, and then the length is known; others lie within it.
        let needs_length = PredictionSinks::need_contig_length(&self.outputs, &leaves);
        if let Some(file) = self.batch_file.as_ref().filter(|_| needs_length) {
            let unknown = "lines past a contig's end are kept";
            warn(observe, &[format!("contig lengths are unknown from {}; {unknown}", file.display())]);
        }
        let ends = Ends { sinks, rows: PredictionRows::new(&leaves), wants_rows };
        let mut run = drive::Run { runner: &runner, prototype, question, keep_inputs: self.keep_inputs, leaves };
        let (ends, summary) = run.drive(samples, ends, observe)?;
        let complete = ends.sinks.complete()?;
        warn(observe, complete.warnings());
        complete.commit()?;
        Ok((ends.rows, summary))
    }
}
