//! A run over all samples of a model, whatever is computed of them.

use std::path::PathBuf;

use super::analysis::{Analysis, ModelContext};
use super::drive::{Ends, Run};
use super::leaves::input_leaves;
use super::outputs::AllOutputs;
use super::{PredictionError, PredictionSummary};
use crate::dataloader::SeqInterval;
use crate::description::ModelDir;
use crate::genome::{Contig, wrong_assembly};
use crate::model::{LoadedModel, ModelArrays, lacks_length};
use crate::plugin::{PluginModel, PluginRegistry};
use crate::predict::BlockRunner;
use crate::provenance::{MEMBERS, Provenance};
use crate::request::{ModelChoice, SampleChoice, SamplesAs};
use crate::run::{
    BusyTimes, Event, RunStage, StageClock, loaded_inputs, model_inputs, refuse_inputs_as_outputs, stoppable, warn,
    warn_all,
};
use crate::samples::{IntervalRows, PreparedRows, Rows, SampleMetadata};
use crate::setup::{OpenedSamples, ProvenanceSource, SampleFiles, SetupError};
use crate::sink::{
    Output, PendingFiles, PredictionOptions, PredictionRows, PredictionSinks, check_prediction_outputs, sweep,
};
use crate::stop::Stop;
use crate::warning::WarningCode;

/// The dataloader of a genome, and its contigs.
pub(crate) type OpenedGenome = (SeqInterval, Vec<Contig>);

/// A loaded model, and what it reads and gives with the samples at hand.
#[derive(Clone, Copy)]
pub(crate) struct ReadyModel<'a> {
    /// Its description.
    pub(crate) directory: &'a ModelDir,
    /// The model behind the plugin boundary.
    pub(crate) plugin: &'a PluginModel,
    /// What it reads and gives.
    pub(crate) arrays: &'a ModelArrays,
}

/// The choices of a request, whatever is computed of its samples.
#[derive(Clone, Copy)]
pub(crate) struct PredictionRun<'a> {
    pub(crate) model: &'a ModelChoice,
    pub(crate) samples: &'a SampleChoice,
    /// The files to write.
    pub(crate) outputs: &'a [PathBuf],
    /// What they hold besides the results.
    pub(crate) options: PredictionOptions,
    /// What asks the run to stop.
    pub(crate) stop: &'a Stop,
}

impl PredictionRun<'_> {
    /// Analyses all samples, into all files, and into memory if the rows are wanted.
    ///
    /// # Errors
    /// Anything that stops the run; the outputs' names then hold what they held before.
    pub(super) fn run(
        &self,
        analysis: &dyn Analysis,
        registry: &PluginRegistry,
        wants_rows: bool,
        observe: &mut dyn FnMut(Event),
    ) -> Result<(PredictionRows, PredictionSummary), PredictionError> {
        let (mut clock, busy) = (StageClock::start(observe), BusyTimes::default());
        check_prediction_outputs(self.outputs)?;
        let complete = |observe: &mut dyn FnMut(Event)| {
            self.completed(analysis, registry, wants_rows, (&mut clock, &busy), observe)
        };
        let (rows, complete, mut summary) = stoppable(self.stop, ("samples", false), observe, complete)?;
        warn_all(observe, complete.warnings());
        complete.commit()?;
        (summary.stages, summary.elapsed) = clock.finish(&busy);
        Ok((rows, summary))
    }

    /// Everything but putting the files under their names.
    fn completed(
        &self,
        analysis: &dyn Analysis,
        registry: &PluginRegistry,
        wants_rows: bool,
        (clock, busy): (&mut StageClock, &BusyTimes),
        observe: &mut dyn FnMut(Event),
    ) -> Result<(PredictionRows, PendingFiles, PredictionSummary), PredictionError> {
        let directory = self.model.open().map_err(SetupError::from)?;
        warn(observe, WarningCode::Description, directory.warnings());
        let (samples, genome) = self.open(&directory, registry)?;
        if let (Some(assembly), Some((_, contigs))) = (&directory.model().info.assembly, &genome) {
            warn(observe, WarningCode::Assembly, wrong_assembly(assembly, contigs).as_slice());
        }
        clock.enter(RunStage::Load, observe);
        let options = self.model.options();
        let model = LoadedModel::load(&directory, samples.loader(), registry, &options)?;
        warn(observe, WarningCode::ModelNote, &model.notes()?);
        let outputs: Vec<Output> = self.outputs.iter().map(Output::from).collect();
        refuse_inputs_as_outputs(&outputs, &loaded_inputs(model.plugin())).map_err(SetupError::from)?;
        self.stop.check()?;
        warn_all(observe, sweep(&outputs).as_slice());
        let mut provenance = self.provenance(&directory, (model.plugin(), registry), genome.as_ref(), observe)?;
        provenance = provenance.with_group(MEMBERS, analysis.about_members(model.plugin()));
        if let Some((name, group)) = analysis.provenance() {
            provenance = provenance.with_group(name, group);
        }
        let model = ReadyModel { directory: &directory, plugin: model.plugin(), arrays: model.arrays() };
        let (rows, complete, mut summary) =
            self.run_opened(analysis, (model, samples), &provenance, wants_rows, (clock, busy), observe)?;
        summary.provenance = provenance;
        Ok((rows, complete, summary))
    }

    /// What the samples' predictions by a loaded model follow from.
    ///
    /// # Errors
    /// A genome that cannot be read.
    pub(crate) fn provenance(
        &self,
        directory: &ModelDir,
        running: (&PluginModel, &PluginRegistry),
        genome: Option<&OpenedGenome>,
        observe: &mut dyn FnMut(Event),
    ) -> Result<Provenance, PredictionError> {
        let name = &directory.model().name;
        let source = ProvenanceSource { directory, name, running: Some(running), stop: self.stop };
        let genome = genome.map(|(loader, contigs)| (loader, contigs.as_slice()));
        Ok(source.of_samples(self.model, self.samples, genome, observe)?)
    }

    /// Checks the choices and opens the samples, for a model of which only the description is known: the samples, with the
    /// dataloader and the contigs of their genome, if there is one.
    ///
    /// # Errors
    /// Choices that contradict each other, files that cannot be read, or an output that is one of them.
    pub(crate) fn open(
        &self,
        directory: &ModelDir,
        registry: &PluginRegistry,
    ) -> Result<(Rows, Option<OpenedGenome>), PredictionError> {
        self.model.validate().map_err(SetupError::from)?;
        self.samples.validate(SamplesAs::Rows).map_err(SetupError::from)?;
        let files = SampleFiles::of(self.samples, directory)?;
        let mut inputs = files.paths();
        inputs.extend(self.samples.contig_map.clone());
        inputs.extend(model_inputs(directory, registry));
        let outputs: Vec<Output> = self.outputs.iter().map(Output::from).collect();
        refuse_inputs_as_outputs(&outputs, &inputs).map_err(SetupError::from)?;
        Ok(match files.open(self.stop)? {
            OpenedSamples::Genome(loader, fasta) => {
                // A model of any length, and intervals that keep theirs: all must be as long as the first.
                let as_first = lacks_length(directory, &self.model.seq_input, &loader);
                let SampleChoice { regions, contig_map, edge, .. } = self.samples;
                let about = self.about();
                let genome = (loader.clone(), fasta.contigs().to_vec());
                let rows = IntervalRows::open(loader, *fasta, regions, contig_map.as_deref(), *edge, about, as_first)?;
                (Rows::Intervals(Box::new(rows)), Some(genome))
            }
            OpenedSamples::Prepared(file) => (Rows::Prepared(PreparedRows::new(file, self.about())), None),
        })
    }

    /// Predicts opened samples into all files and hands back the rows.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub(crate) fn predict_opened(
        &self,
        model: ReadyModel<'_>,
        samples: Rows,
        provenance: &Provenance,
    ) -> Result<PredictionRows, PredictionError> {
        let mut unobserved = |_| {};
        let (mut clock, busy) = (StageClock::start(&mut unobserved), BusyTimes::default());
        let times = (&mut clock, &busy);
        let (rows, complete, _) =
            self.run_opened(&AllOutputs, (model, samples), provenance, true, times, &mut unobserved)?;
        self.stop.check()?;
        complete.commit()?;
        Ok(rows)
    }

    /// What is reported of every sample.
    fn about(&self) -> SampleMetadata {
        let ranges = self.options.keep_metadata || PredictionSinks::need_metadata(self.outputs);
        SampleMetadata { ranges, metadata: self.options.keep_metadata, targets: self.options.keep_inputs }
    }

    fn run_opened(
        &self,
        analysis: &dyn Analysis,
        (model, mut samples): (ReadyModel<'_>, Rows),
        provenance: &Provenance,
        wants_rows: bool,
        (clock, busy): (&mut StageClock, &BusyTimes),
        observe: &mut dyn FnMut(Event),
    ) -> Result<(PredictionRows, PendingFiles, PredictionSummary), PredictionError> {
        samples.fit(&model.arrays.inputs)?;
        let prototype = &model.arrays.inputs.rows;
        let runner =
            BlockRunner::new(model.plugin, prototype, self.model.rows_per_call(prototype))?.stopped_by(self.stop);
        let input_names = samples.input_names();
        let context = ModelContext { model, runner: &runner, input_names: &input_names };
        let analysis = analysis.prepare(context, observe)?;
        let mut leaves = samples.leaves();
        if self.options.keep_inputs {
            leaves.extend(input_leaves(prototype, &input_names)?);
        }
        leaves.extend_from_slice(&analysis.leaves);
        let leaves = leaves.into();
        let sinks = PredictionSinks::open(self.outputs, &leaves, self.options, provenance)?;
        // Intervals that leave their contig were padded, and then the length is known; others lie within it.
        let needs_length = PredictionSinks::need_contig_length(self.outputs, &leaves);
        if let Some(file) = self.samples.batch_file.as_ref().filter(|_| needs_length) {
            let unknown = "lines past a contig's end are kept";
            let text = format!("contig lengths are unknown from {}; {unknown}", file.display());
            warn(observe, WarningCode::ContigLengthsUnknown, &[text]);
        }
        let ends = Ends { sinks, rows: PredictionRows::new(&leaves), wants_rows };
        let keep_inputs = self.options.keep_inputs;
        let mut run = Run { runner: &runner, prototype, analysis, keep_inputs, leaves };
        clock.enter(RunStage::Run, observe);
        let (ends, summary) = run.drive(self.stop, samples, ends, busy, observe)?;
        warn(observe, WarningCode::NothingPredicted, summary.nothing_predicted().as_slice());
        clock.enter(RunStage::Commit, observe);
        Ok((ends.rows, ends.sinks.complete()?, summary))
    }
}
