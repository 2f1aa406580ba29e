//! The straight line from a VCF to annotated VCFs and tables.

mod disagreement;
mod left_alignment;
mod mismatch;
mod nothing_scored;
mod planner;
mod reference_comparison;
mod regions_beyond;
mod score_counts;
mod scoring;
#[cfg(feature = "hdf5")]
mod sequences;
mod summary;

use std::path::PathBuf;
use std::sync::Arc;

use thiserror::Error;

use crate::description::ModelDir;
use crate::edits::EditBatch;
use crate::genome::{
    ContigMap, RegionError, Regions, ShardStretches, VariantInput, VariantSource, VcfError, VcfReader,
};
use crate::internal::{InternalError, caught};
use crate::model::ModelInputs;
use crate::plugin::{PluginModel, PluginRegistry};
use crate::predict::PredictError;
use crate::provenance::Provenance;
use crate::region::RegionMode;
use crate::request::{ModelChoice, SampleChoice, ScoreChoice, VariantChoice, VcfChoice, WindowChoice};
use crate::run::{BusyTimes, Event, RunStage, StageClock, ThreadError, stoppable, variant_inputs, warn_all};
use crate::samples::EdgeRule;
use crate::score::{ScoreError, ScorerSet};
use crate::scored::ScoredChunk;
use crate::setup::{Choices, Opened, SetupError};
use crate::sink::{
    Output, PendingFiles, RowKind, ScoreTables, Sink, SinkError, SinkSet, TableOptions, VcfOptions, VcfStyle,
    check_outputs, sweep,
};
use crate::stop::{Stop, Stopped};
pub use disagreement::RefDisagreement;
pub use mismatch::WrongBuild;
pub use nothing_scored::NothingScored;
pub use planner::PlanError;
use planner::{BATCHES_PER_CHUNK, Planner};
pub(crate) use planner::{CHUNK_RECORDS, Chunk, chunk_alleles, is_full};
pub(crate) use reference_comparison::{ReferenceComparison, Verdict};
use regions_beyond::regions_beyond;
pub use score_counts::ScoreCounts;
pub(crate) use scoring::{score, score_all};
pub(crate) use summary::EVALUATED_EDITS;
pub use summary::{ScoreSummary, SequencesWritten, SnvsScored};

/// A request to score the variants of a VCF. Fill in what differs from the defaults of [`ScoreVariants::new`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ScoreVariants {
    /// The model and its engine.
    pub model: ModelChoice,
    /// What the model is shown: windows of a genome, or prepared samples.
    pub samples: SampleChoice,
    /// The windows that variants are shown in.
    pub windows: WindowChoice,
    /// The scores.
    pub scores: ScoreChoice,
    /// The variants.
    pub variants: VariantChoice,
    /// How annotated VCFs and tables are written.
    pub vcf: VcfChoice,
    /// The annotated VCFs and tables to write. May be empty if only [`run_and_return`](Self::run_and_return) is called.
    pub outputs: Vec<Output>,
    /// What asks the run to stop. Default: nobody.
    pub stop: Stop,
    /// The model's graph, if it is loaded already.
    pub(crate) graph: Option<Arc<PluginModel>>,
}

/// Why a run failed. Nothing new stands under the outputs' names then.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum ScoreVariantsError {
    #[error(transparent)]
    Setup(Box<SetupError>),
    #[error(transparent)]
    Vcf(#[from] VcfError),
    #[error(transparent)]
    Regions(#[from] RegionError),
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Predict(#[from] PredictError),
    #[error(transparent)]
    Score(#[from] ScoreError),
    #[error(transparent)]
    NothingScored(#[from] NothingScored),
    #[error(transparent)]
    Sink(#[from] SinkError),
    #[error(transparent)]
    Thread(#[from] ThreadError),
    #[error(transparent)]
    Internal(#[from] InternalError),
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl From<SetupError> for ScoreVariantsError {
    fn from(error: SetupError) -> Self {
        Self::Setup(Box::new(error))
    }
}

impl ScoreVariants {
    /// A request with the defaults of its choices; a path as `variants` is a VCF file.
    pub fn new(model: impl Into<PathBuf>, variants: impl Into<VariantInput>, outputs: Vec<Output>) -> Self {
        Self {
            model: ModelChoice::new(model),
            samples: SampleChoice::new(EdgeRule::Skip),
            windows: WindowChoice::default(),
            scores: ScoreChoice::default(),
            variants: VariantChoice::new(variants),
            vcf: VcfChoice::default(),
            outputs,
            stop: Stop::new(),
            graph: None,
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
    ) -> Result<ScoreSummary, ScoreVariantsError> {
        caught(|| self.run_into(registry, None, observe))?
    }

    /// Runs the request as [`run`](Self::run) does, and hands back all scores too: what a table on disk would hold,
    /// without the rows that [`only_scored`](VcfChoice::only_scored) leaves out. Memory grows with the number of rows.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_and_return(
        &self,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<(ScoreSummary, ScoreTables), ScoreVariantsError> {
        let mut tables = ScoreTables::default();
        let summary = caught(|| self.run_into(registry, Some(&mut tables), observe))??;
        Ok((summary, tables))
    }

    fn run_into(
        &self,
        registry: &PluginRegistry,
        tables: Option<&mut ScoreTables>,
        observe: &mut dyn FnMut(Event),
    ) -> Result<ScoreSummary, ScoreVariantsError> {
        let (mut clock, busy) = (StageClock::start(observe), BusyTimes::default());
        check_outputs(&self.outputs)?;
        let streams = self.outputs.iter().any(|output| matches!(output, Output::Stdout { .. }));
        let with_tables = tables.is_some();
        let complete =
            |observe: &mut dyn FnMut(Event)| self.completed(registry, with_tables, (&mut clock, &busy), observe);
        let (mut complete, mut summary) = stoppable(&self.stop, ("records", streams), observe, complete)?;
        warn_all(observe, complete.warnings());
        let collected = complete.take_tables();
        complete.commit()?;
        if let (Some(tables), Some(collected)) = (tables, collected) {
            *tables = collected;
        }
        (summary.stages, summary.elapsed) = clock.finish(&busy);
        Ok(summary)
    }

    /// Everything but putting the files under their names.
    fn completed(
        &self,
        registry: &PluginRegistry,
        with_tables: bool,
        (clock, busy): (&mut StageClock, &BusyTimes),
        observe: &mut dyn FnMut(Event),
    ) -> Result<(PendingFiles, ScoreSummary), ScoreVariantsError> {
        let (reader, opened) = self.open(&self.outputs, registry, observe)?;
        clock.enter(RunStage::Load, observe);
        let loaded = self.choices().load(&self.outputs, &opened, registry, observe)?;
        let mut options = self.vcf_options(opened.mode, &loaded.scorers, &opened.directory);
        let about =
            loaded.provenance(self.choices(), &opened, &self.model_name(&opened.directory), registry, observe)?;
        options.provenance = about.with_group("variants", self.variants.provenance());
        self.stop.check()?;
        warn_all(observe, sweep(&self.outputs).as_slice());
        let mut sink = SinkSet::open(&self.outputs, reader.header(), opened.contigs(), &options)?;
        if with_tables {
            sink = sink.with_tables(TableOptions::of(&options));
        }
        let planner = self.planner(opened, reader, loaded.model.inputs(), loaded.allele_bytes())?;
        let mut predictor = loaded.predictor(&self.model)?.stopped_by(&self.stop);
        let scores = ScoreCounts::of(&loaded.scorers.labels());
        let mut summary = ScoreSummary {
            scores,
            evaluated_edits: loaded.evaluates_edits,
            provenance: options.provenance,
            ..ScoreSummary::default()
        };
        warn_all(observe, planner.warnings());
        warn_all(observe, sink.warnings());
        clock.enter(RunStage::Run, observe);
        let mut stage = |chunk: &mut ScoredChunk, batch: &EditBatch| {
            score::<ScoreVariantsError>(chunk, batch, (&mut predictor, &loaded.scorers), busy)
        };
        let extent = planner.extent();
        let sinks = score_all(&self.stop, (planner, extent), &mut stage, sink, (&mut summary, busy), observe)?;
        NothingScored::check(&summary, self.variants.must_score(), observe)?;
        clock.enter(RunStage::Commit, observe);
        let complete = Box::new(sinks).complete()?;
        summary.replaced = complete.replaced();
        Ok((complete, summary))
    }

    /// Writes what the model would be given to an HDF5 file, instead of predicting and scoring.
    ///
    /// # Errors
    /// [`SinkError::NotBuilt`], as kipos was built without HDF5.
    #[cfg(not(feature = "hdf5"))]
    pub fn write_sequences(
        &self,
        path: &std::path::Path,
        _: &mut dyn FnMut(Event),
    ) -> Result<ScoreSummary, ScoreVariantsError> {
        Err(SinkError::NotBuilt { path: path.to_owned(), feature: "hdf5" }.into())
    }

    fn choices(&self) -> Choices<'_> {
        let Self { model, samples, windows, scores, graph, .. } = self;
        Choices { model, samples, windows, scores, graph: graph.as_ref() }
    }

    /// Reads the descriptions and opens all inputs but the model, which may take long to load.
    fn open(
        &self,
        outputs: &[Output],
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<(VcfReader, Opened), ScoreVariantsError> {
        self.variants.validate(self.samples.batch_file.as_deref()).map_err(SetupError::from)?;
        let inputs = variant_inputs(self.variants.input.path(), [&self.variants.regions_file, &self.variants.shard]);
        let described = self.choices().describe(outputs, inputs, registry, observe)?;
        let reader = self.variants.input.open_until(&self.stop)?;
        Ok((reader, described.open(&self.stop)?))
    }

    /// Plans the variants of a run, for a model that reads `inputs`, whose predictions and scores take `allele_bytes`.
    fn planner(
        &self,
        opened: Opened,
        reader: VcfReader,
        inputs: &ModelInputs,
        allele_bytes: usize,
    ) -> Result<Planner, ScoreVariantsError> {
        let mut context = opened.context(self.choices(), inputs, Some(reader.header()))?;
        let file = reader.path().display().to_string();
        let beyond = regions_beyond(&self.variants.regions, &context.contigs, context.samples.contigs());
        context.warnings.extend(beyond);
        let reader = self.records(reader, &context.contigs)?;
        let alleles = chunk_alleles(BATCHES_PER_CHUNK, self.model.rows_per_call(&inputs.rows), allele_bytes);
        Ok(Planner::new(context, reader, file, &self.variants, alleles))
    }

    /// All records, those of a shard, or those of the regions.
    fn records(&self, reader: VcfReader, contigs: &ContigMap) -> Result<VariantSource, ScoreVariantsError> {
        let VariantChoice { input, regions, regions_file, shard, .. } = &self.variants;
        if let Some(shard) = shard {
            return Ok(VariantSource::of_shard(input, reader, ShardStretches::read(shard)?)?);
        }
        if regions.is_empty() && regions_file.is_none() {
            return Ok(VariantSource::all(reader));
        }
        let mut contigs = contigs.clone();
        let regions = Regions::resolve(regions, regions_file.as_deref(), &mut contigs)?;
        Ok(VariantSource::within(input, reader, regions, contigs)?)
    }

    fn vcf_options(&self, regions: RegionMode, scorers: &ScorerSet, directory: &ModelDir) -> VcfOptions {
        let VcfChoice { style, model_name, multi_region, only_scored, std_var_id, on_existing } = self.vcf.clone();
        let model_name = model_name.unwrap_or_else(|| match style {
            VcfStyle::Kipoi { .. } if self.model.members.is_empty() => {
                self.model.directory.to_string_lossy().into_owned()
            }
            _ => directory.model().name.clone(),
        });
        let (labels, provenance) = (scorers.labels(), Provenance::default());
        VcfOptions {
            rows: RowKind::Variants,
            style,
            model_name,
            license: directory.license(),
            labels,
            only_scored,
            std_var_id,
            regions,
            multi_region,
            on_existing,
            provenance,
        }
    }

    /// The model's name in what outputs say of the run: as in INFO keys, but never a path from the root of the machine.
    fn model_name(&self, directory: &ModelDir) -> String {
        let own = || match (&self.vcf.style, self.model.directory.to_str()) {
            (VcfStyle::Kipoi { .. }, Some(path)) if !path.starts_with('/') && self.model.members.is_empty() => {
                path.trim_start_matches("./").trim_end_matches('/').to_owned()
            }
            _ => directory.model().name.clone(),
        };
        self.vcf.model_name.clone().unwrap_or_else(own)
    }
}
