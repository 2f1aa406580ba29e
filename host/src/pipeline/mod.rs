//! The straight line from a VCF to annotated VCFs and tables.

mod event;
mod genome_samples;
mod inputs;
mod mismatch;
mod planner;
mod regions;
mod summary;

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::{self, ScopedJoinHandle};
use std::time::Instant;

use kipos_plugin_api::{RuntimeOptions, Value};
use thiserror::Error;

use crate::dataloader::{EdgeRule, LoaderArgError, Windows};
use crate::edits::EditBatch;
use crate::genome::{
    ContigMap, ContigMapError, Fasta, FastaError, Region, RegionError, Regions, SkipReason, VariantInput,
    VariantSource, VcfError, VcfReader,
};
use crate::model::{LoadedModel, ModelError, ModelOptions, native_loader};
use crate::plugin::PluginRegistry;
use crate::predict::{PredictError, Predictor};
use crate::readout::{OutputReduction, Readout, ReadoutError, TaskKey};
use crate::region::{Centering, RegionMode};
use crate::score::{ScoreError, ScoreSelection, ScorerSet};
use crate::scored::{Fate, Pair, ScoredChunk, ScoredRecord};
use crate::sink::{
    MultiRegion, OnExisting, Output, ScoreTables, Sink, SinkError, SinkSet, TableOptions, VcfOptions, VcfStyle,
    check_outputs,
};
use crate::spec::{ModelDir, SpecError};
pub use event::Event;
use genome_samples::GenomeSamples;
pub use inputs::OutputIsInput;
use inputs::{inputs_of, refuse_inputs_as_outputs};
use mismatch::BuildGuard;
pub use mismatch::{RefMismatch, WrongBuild};
pub use planner::{Chunk, ChunkLimits, PlanError, Planner};
pub use regions::WindowPlanError;
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
    /// A BED file of the regions that windows must lie in, plain or bgzipped.
    pub restriction_bed: Option<PathBuf>,
    /// Which of several windows speaks for an allele in a VCF.
    pub multi_region: MultiRegion,
    /// Where the variant lies in a window of its own.
    pub centering: Centering,
    /// Windows with a larger fraction of N are skipped.
    pub max_n: f64,
    /// A table of contig names: VCF, FASTA.
    pub contig_map: Option<PathBuf>,
    /// The model input that holds DNA, over the model's description.
    pub seq_input: Option<String>,
    /// Whether reverse complements are predicted too, over the model's description.
    pub use_rc: Option<bool>,
    /// Outputs whose positions become tasks.
    pub reduce: Vec<OutputReduction>,
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
    /// A thread of the host panicked: a bug of kipos.
    #[error("internal error: the {0} thread panicked; please report this")]
    Thread(&'static str),
}

/// Alleles per chunk, as a multiple of the batch size: with fewer, the last, partly filled engine call of a chunk
/// would weigh too much.
const BATCHES_PER_CHUNK: usize = 8;
/// Encoded reference rows of one chunk.
const CHUNK_BYTES: usize = 64 << 20;
/// Records of one chunk, when few of them are scored.
const CHUNK_RECORDS: usize = 8_192;
/// Chunks that may wait before and behind the model.
const CHUNKS_AHEAD: usize = 1;

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
            restriction_bed: None,
            multi_region: MultiRegion::Nearest,
            centering: Centering::Middle,
            max_n: 1.0,
            contig_map: None,
            seq_input: None,
            use_rc: None,
            reduce: Vec::new(),
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
        let directory = ModelDir::open(&self.model)?;
        warn(observe, directory.warnings());
        let options = ModelOptions { runtime: self.runtime, seq_input: self.seq_input.as_deref(), use_rc: self.use_rc };
        // Whatever is quick to check comes before the model, which may take long to load.
        let loader = native_loader(&directory, &self.loader_args)?;
        let mode = regions::mode(self, directory.loader()?)?;
        if mode != RegionMode::Overlap && self.loader_args.iter().any(|(name, _)| name == "intervals_file") {
            let unused = "the intervals of the dataloader are not used, as windows are put around variants; to show \
                          variants in them, give --regions overlap";
            observe(Event::Warning(unused.into()));
        }
        refuse_inputs_as_outputs(&self.outputs, &inputs_of(self, &directory, &loader))?;
        let reader = self.variants.open()?;
        let fasta = Fasta::open(&loader.fasta_file)?;
        let model = LoadedModel::load(&directory, loader, registry, &options)?;
        let readout = Readout::new(directory.model(), model.outputs(), &self.reduce, &self.tasks)?;
        let scorers = ScorerSet::select(registry, model.scoring_entries(), &self.scores, &readout)?;
        let passes = scorers.passes(model.use_rc());
        if passes.reference_rc || passes.alternate_rc {
            readout.check_reverse_complement()?;
        }
        let options = self.vcf_options(mode, &scorers, &directory);
        let mut sink = SinkSet::open(&self.outputs, reader.header(), fasta.contigs(), &options)?;
        if tables.is_some() {
            sink = sink.with_tables(TableOptions::of(&options));
        }
        let planner = self.planner(mode, reader, fasta, &model)?;
        let predictor = Predictor::new(model.plugin(), &readout, model.rows(), self.batch_size, passes)?;
        let mut summary = Summary::default();
        warn(observe, planner.reader.warnings());
        warn(observe, sink.warnings());
        let mut complete = Box::new(drive(planner, predictor, &scorers, sink, &mut summary, observe)?).complete()?;
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

    /// All records, or those of the regions.
    fn source(&self, reader: VcfReader, contigs: &ContigMap) -> Result<VariantSource, ScoreVariantsError> {
        if self.regions.is_empty() && self.regions_file.is_none() {
            return Ok(VariantSource::all(reader));
        }
        let mut contigs = contigs.clone();
        let regions = Regions::resolve(&self.regions, self.regions_file.as_deref(), &mut contigs)?;
        Ok(VariantSource::within(&self.variants, reader, regions, contigs)?)
    }

    fn planner(
        &self,
        mode: RegionMode,
        reader: VcfReader,
        fasta: Fasta,
        model: &LoadedModel,
    ) -> Result<Planner, ScoreVariantsError> {
        let mut contigs = match &self.contig_map {
            Some(path) => ContigMap::with_file(fasta.contigs(), path)?,
            None => ContigMap::new(fasta.contigs()),
        };
        contigs.check_header(reader.header())?;
        // A copy, so that contigs of the regions are not told to be missing in the VCF's stead.
        let plan = regions::plan(self, mode, model, &mut contigs.clone())?;
        let genome = model.loader().fasta_file.display().to_string();
        let file = reader.path().display().to_string();
        Ok(Planner {
            reader: self.source(reader, &contigs)?,
            file,
            contigs,
            samples: GenomeSamples::new(Windows::new(fasta, self.edge, self.max_n)),
            plan,
            ref_mismatch: self.ref_mismatch,
            guard: BuildGuard::new(self.max_ref_mismatch, genome),
            prototype: model.rows().empty_like(),
            limits: ChunkLimits {
                alleles: self.batch_size.max(1) * BATCHES_PER_CHUNK,
                row_bytes: CHUNK_BYTES,
                records: CHUNK_RECORDS,
            },
            pending: None,
            placements: Vec::new(),
            read: 0,
            found_contig: false,
        })
    }
}

/// Runs the three threads: reading ahead, predicting and scoring, writing behind. Chunks stay in order because each
/// channel has one end on either side. Returns the sinks, which have got everything.
fn drive(
    planner: Planner,
    mut predictor: Predictor<'_>,
    scorers: &ScorerSet,
    sink: SinkSet,
    summary: &mut Summary,
    observe: &mut dyn FnMut(Event),
) -> Result<SinkSet, ScoreVariantsError> {
    thread::scope(|scope| {
        let (to_model, planned) = sync_channel(CHUNKS_AHEAD);
        let (to_sink, scored) = sync_channel(CHUNKS_AHEAD);
        // Batches go round: their rows are large, and memory that is freed and asked for anew all the time is never
        // all given back.
        let (give_back, used) = channel();
        let reading = scope.spawn(move || read(planner, &to_model, &used));
        let writing = scope.spawn(move || write(sink, &scored));
        let predicting = (|| {
            for Chunk { records, pairs, mut batch } in &planned {
                let scored = score(records, pairs, &batch, &mut predictor, scorers, summary)?;
                batch.clear();
                // At the end of the input nobody waits for it any more.
                let _ = give_back.send(batch);
                summary.add(&scored);
                observe(Event::Records(summary.records));
                if to_sink.send(scored).is_err() {
                    // The sink has failed; its thread knows why.
                    break;
                }
            }
            Ok::<(), ScoreVariantsError>(())
        })();
        // Both neighbours stop when their channel closes.
        drop((planned, to_sink));
        let read = join(reading, "reading");
        let written = join(writing, "writing");
        predicting?;
        let sink = written??;
        read??;
        Ok(sink)
    })
}

fn warn<W: ToString>(observe: &mut dyn FnMut(Event), warnings: &[W]) {
    warnings.iter().for_each(|warning| observe(Event::Warning(warning.to_string())));
}

fn join<T>(thread: ScopedJoinHandle<'_, T>, name: &'static str) -> Result<T, ScoreVariantsError> {
    thread.join().map_err(|_| ScoreVariantsError::Thread(name))
}

fn read(mut planner: Planner, to_model: &SyncSender<Chunk>, used: &Receiver<EditBatch>) -> Result<(), PlanError> {
    while let Some(chunk) = planner.next_chunk(used.try_recv().unwrap_or_else(|_| planner.new_batch()))? {
        if to_model.send(chunk).is_err() {
            return Ok(());
        }
    }
    planner.finish()
}

fn write(mut sink: SinkSet, scored: &Receiver<ScoredChunk>) -> Result<SinkSet, SinkError> {
    for chunk in scored {
        sink.write(&chunk)?;
    }
    Ok(sink)
}

/// Predicts and scores a chunk.
fn score(
    records: Vec<ScoredRecord>,
    mut pairs: Vec<Pair>,
    batch: &EditBatch,
    predictor: &mut Predictor<'_>,
    scorers: &ScorerSet,
    summary: &mut Summary,
) -> Result<ScoredChunk, ScoreVariantsError> {
    let predictions = predictor.predict(batch)?;
    let scores = scorers.score(batch, &predictions)?;
    if !scores.failures.is_empty() {
        for pair in &mut pairs {
            if pair.row().is_some_and(|row| scores.failures.contains_key(&row)) {
                pair.fate = Fate::Skipped(SkipReason::PluginError);
            }
        }
        summary.scorer_message = summary.scorer_message.take().or_else(|| scores.failures.into_values().next());
    }
    Ok(ScoredChunk { records, pairs, scores: scores.matrices })
}
