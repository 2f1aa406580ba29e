//! The straight line from a VCF to annotated VCFs and tables.

mod drive;
mod event;
mod inputs;
mod length_trial;
mod loaded;
mod mismatch;
mod planner;
mod prepare;
mod reference_comparison;
mod regions;
mod score_counts;
mod scoring;
#[cfg(feature = "hdf5")]
mod sequences;
mod summary;

use std::path::PathBuf;
use std::thread;
use std::time::Instant;

use kipos_plugin_api::{RuntimeOptions, Value};
use thiserror::Error;

use crate::dataloader::{BatchError, LoaderArgError};
use crate::description::{ModelDir, SpecError};
use crate::edits::EditBatch;
use crate::genome::{
    ContigMapError, FastaError, IntervalError, Region, RegionError, SkipReason, VariantInput, VcfError,
};
use crate::model::ModelError;
use crate::plugin::PluginRegistry;
use crate::predict::{PredictError, Predictor};
use crate::readout::{OutputAxis, OutputReduction, ReadoutError, TaskKey};
use crate::region::{Centering, RegionMode, RegionPlan};
use crate::samples::{EdgeRule, UnusedWithBatchFile};
use crate::score::{ScoreError, ScoreSelection, ScorerSet};
use crate::scored::{Fate, ScoredChunk};
use crate::sink::{
    MultiRegion, OnExisting, Output, ScoreTables, Sink, SinkError, SinkSet, TableOptions, VcfOptions, VcfStyle,
    check_outputs,
};
pub use mismatch::{RefMismatch, WrongBuild};
pub use planner::{Chunk, ChunkLimits, PlanError, Planner};
pub(crate) use reference_comparison::{ReferenceComparison, Verdict};
pub use regions::WindowPlanError;
pub use score_counts::ScoreCounts;
pub(crate) use summary::SequencesWritten;
pub use summary::Summary;

/// A request to score the variants of a VCF. Fill in what differs from the defaults of [`ScoreVariants::new`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ScoreVariants {
    /// The model's directory.
    pub model: PathBuf,
    /// The variants.
    pub variants: VariantInput,
    /// Only records whose POS lies here are scored and written; all if there is no [`regions_file`](Self::regions_file)
    /// either.
    pub regions: Vec<Region>,
    /// A BED file of further such regions, plain or bgzipped.
    pub regions_file: Option<PathBuf>,
    /// The annotated VCFs and tables to write; none if the scores are only wanted by
    /// [`run_and_return`](Self::run_and_return).
    pub outputs: Vec<Output>,
    /// Arguments of the model's dataloader, over those of its description.
    pub loader_args: Vec<(String, Value)>,
    /// Which scores.
    pub scores: ScoreSelection,
    /// Sequences per call of the engine; at least 1.
    pub batch_size: usize,
    /// Threads and device of the engine.
    pub runtime: RuntimeOptions,
    /// What happens to windows that leave their contig.
    pub edge: EdgeRule,
    /// What happens when REF is not what the genome holds.
    pub ref_mismatch: RefMismatch,
    /// The run stops when a larger fraction of the first 1 000 REFs disagrees with the genome.
    pub max_ref_mismatch: f64,
    /// How windows come about; by default [`Restricted`](RegionMode::Restricted) with a
    /// [`restriction_bed`](Self::restriction_bed), else [`Centered`](RegionMode::Centered) if the loader takes a BED
    /// file, else [`Overlap`](RegionMode::Overlap).
    pub region_mode: Option<RegionMode>,
    /// Windows of the caller's own, over [`region_mode`](Self::region_mode) and what belongs to it. Contigs are numbered
    /// as in the genome ([`Fasta::contigs`](crate::genome::Fasta::contigs)).
    pub region_plan: Option<RegionPlan>,
    /// A BED file of the regions that windows must lie in, plain or bgzipped.
    pub restriction_bed: Option<PathBuf>,
    /// Which of several windows speaks for an allele in a VCF.
    pub multi_region: MultiRegion,
    /// Where the variant lies in a window of its own.
    pub centering: Centering,
    /// Windows in which a larger fraction of the genome's letters are none of A, C, G and T are skipped.
    pub max_n: f64,
    /// A table of contig names: VCF, FASTA.
    pub contig_map: Option<PathBuf>,
    /// A file of prepared samples in the place of the model's dataloader: what `kipoi preproc` writes.
    pub batch_file: Option<PathBuf>,
    /// The model inputs that hold DNA, over the model's description; empty to believe that.
    pub seq_input: Vec<String>,
    /// Whether reverse complements are predicted too, over the model's description.
    pub use_rc: Option<bool>,
    /// Outputs whose positions become tasks.
    pub reduce: Vec<OutputReduction>,
    /// The axes of outputs that hold positions, over the model's description.
    pub position_axes: Vec<OutputAxis>,
    /// The tasks that are scored, in the model's order; all if empty.
    pub tasks: Vec<TaskKey>,
    /// How INFO is written.
    pub style: VcfStyle,
    /// The model's name in INFO keys; by default the name of its directory, or the path as given in Kipoi style.
    pub model_name: Option<String>,
    /// Leave out records without a scored allele.
    pub only_scored: bool,
    /// Write `CHROM:POS:REF:['ALT']` into the ID column.
    pub std_var_id: bool,
    /// What happens to values of an earlier run.
    pub on_existing: OnExisting,
}

/// Why a run failed. Nothing new stands under the outputs' names then.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum ScoreVariantsError {
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Loader(#[from] LoaderArgError),
    #[error(transparent)]
    Fasta(#[from] FastaError),
    #[error(transparent)]
    Vcf(#[from] VcfError),
    #[error(transparent)]
    Contigs(#[from] ContigMapError),
    #[error(transparent)]
    Regions(#[from] RegionError),
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Predict(#[from] PredictError),
    #[error(transparent)]
    Readout(#[from] ReadoutError),
    #[error(transparent)]
    Score(#[from] ScoreError),
    #[error(transparent)]
    Sink(#[from] SinkError),
    #[error(transparent)]
    OutputIsInput(#[from] OutputIsInput),
    #[error(transparent)]
    Windows(#[from] WindowPlanError),
    #[error(transparent)]
    Batches(#[from] BatchError),
    #[error(transparent)]
    UnusedWithBatchFile(#[from] UnusedWithBatchFile),
    #[error(transparent)]
    Range(#[from] IntervalError),
    #[error(transparent)]
    Thread(#[from] ThreadPanicked),
}

impl ScoreVariants {
    /// A request with kipos's own defaults; a path stands for a VCF file.
    pub fn new(model: impl Into<PathBuf>, variants: impl Into<VariantInput>, outputs: Vec<Output>) -> Self {
        Self {
            model: model.into(),
            variants: variants.into(),
            regions: Vec::new(),
            regions_file: None,
            outputs,
            loader_args: Vec::new(),
            scores: ScoreSelection::default(),
            batch_size: 32,
            runtime: RuntimeOptions {
                threads: thread::available_parallelism().map_or(1, usize::from),
                device: kipos_plugin_api::Device::Cpu,
            },
            edge: EdgeRule::Skip,
            ref_mismatch: RefMismatch::Skip,
            max_ref_mismatch: 0.1,
            region_mode: None,
            region_plan: None,
            restriction_bed: None,
            multi_region: MultiRegion::Nearest,
            centering: Centering::Middle,
            max_n: 1.0,
            contig_map: None,
            batch_file: None,
            seq_input: Vec::new(),
            use_rc: None,
            reduce: Vec::new(),
            position_axes: Vec::new(),
            tasks: Vec::new(),
            style: VcfStyle::default(),
            model_name: None,
            only_scored: false,
            std_var_id: false,
            on_existing: OnExisting::Replace,
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
    ) -> Result<Summary, ScoreVariantsError> {
        self.run_into(registry, None, observe)
    }

    /// Runs the request as [`run`](Self::run) does, and hands back all scores too: what a table on disk would hold,
    /// without the rows that [`only_scored`](Self::only_scored) leaves out. Memory grows with the number of rows.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_and_return(
        &self,
        registry: &PluginRegistry,
        observe: &mut dyn FnMut(Event),
    ) -> Result<(Summary, ScoreTables), ScoreVariantsError> {
        let mut tables = ScoreTables::default();
        let summary = self.run_into(registry, Some(&mut tables), observe)?;
        Ok((summary, tables))
    }

    fn run_into(
        &self,
        registry: &PluginRegistry,
        tables: Option<&mut ScoreTables>,
        observe: &mut dyn FnMut(Event),
    ) -> Result<Summary, ScoreVariantsError> {
        let started = Instant::now();
        check_outputs(&self.outputs)?;
        let opened = self.open(&self.outputs, observe)?;
        let loaded = self.load(&opened, registry, observe)?;
        let options = self.vcf_options(opened.mode, &loaded.scorers, &opened.directory);
        let mut sink = SinkSet::open(&self.outputs, opened.reader.header(), opened.contigs(), &options)?;
        if tables.is_some() {
            sink = sink.with_tables(TableOptions::of(&options));
        }
        let planner = self.planner(opened, loaded.model.inputs())?;
        let mut predictor = loaded.predictor(self.batch_size)?;
        let scores = ScoreCounts::of(&loaded.scorers.labels());
        let mut summary = Summary { scores, ..Summary::default() };
        warn(observe, &planner.warnings);
        warn(observe, sink.warnings());
        let mut stage =
            |chunk: &mut ScoredChunk, batch: &EditBatch| score(chunk, batch, &mut predictor, &loaded.scorers);
        let mut complete = Box::new(scoring::run(planner, &mut stage, sink, &mut summary, observe)?).complete()?;
        summary.replaced = complete.replaced();
        warn(observe, complete.warnings());
        let collected = complete.take_tables();
        complete.commit()?;
        if let (Some(tables), Some(collected)) = (tables, collected) {
            *tables = collected;
        }
        summary.elapsed = started.elapsed();
        Ok(summary)
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
    ) -> Result<Summary, ScoreVariantsError> {
        Err(SinkError::NotBuilt { path: path.to_owned(), feature: "hdf5" }.into())
    }

    fn vcf_options(&self, regions: RegionMode, scorers: &ScorerSet, directory: &ModelDir) -> VcfOptions {
        let model_name = match (&self.model_name, &self.style) {
            (Some(name), _) => name.clone(),
            (None, VcfStyle::Kipoi { .. }) => self.model.to_string_lossy().into_owned(),
            (None, VcfStyle::Native { .. }) => directory.model().name.clone(),
        };
        VcfOptions {
            style: self.style.clone(),
            model_name,
            labels: scorers.labels(),
            only_scored: self.only_scored,
            std_var_id: self.std_var_id,
            regions,
            multi_region: self.multi_region,
            on_existing: self.on_existing,
        }
    }
}

/// Predicts and scores a chunk. An allele for which every scorer failed counts as skipped.
fn score(
    chunk: &mut ScoredChunk,
    batch: &EditBatch,
    predictor: &mut Predictor<'_>,
    scorers: &ScorerSet,
) -> Result<(), ScoreVariantsError> {
    let predictions = predictor.predict(batch)?;
    chunk.scores = scorers.score(batch, &predictions)?;
    for pair in &mut chunk.pairs {
        let Fate::Scored(row) = pair.fate else { continue };
        let mut matrices = chunk.scores.iter();
        if matrices.len() > 0 && matrices.all(|matrix| matrix.failures.contains_key(&row)) {
            pair.fate = Fate::Skipped(SkipReason::PluginError);
        }
    }
    Ok(())
}
