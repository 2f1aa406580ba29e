//! Everything of a run that comes before the model: descriptions, variants, genome, windows.

use std::path::Path;

use super::inputs::{inputs_of, loader_inputs, refuse_inputs_as_outputs};
use super::mismatch::BuildGuard;
use super::{ChunkLimits, Event, Planner, ScoreVariants, ScoreVariantsError, regions, warn};
use crate::dataloader::{Batches, SeqInterval, open_batches};
use crate::description::ModelDir;
use crate::genome::{Contig, ContigMap, Fasta, Regions, VariantSource, VcfReader};
use crate::model::{Loader, ModelInputs, native_loader};
use crate::region::{RegionMode, RegionPlan};
use crate::samples::{GenomeAlleles, PreparedAlleles, Samples, Unused, UnusedWithBatchFile, Windows};
use crate::sink::Output;

/// Alleles per chunk, as a multiple of the batch size: with fewer, the last, partly filled engine call of a chunk
/// would weigh too much.
const BATCHES_PER_CHUNK: usize = 8;
/// Encoded reference rows of one chunk.
const CHUNK_BYTES: usize = 64 << 20;
/// Records of one chunk, when few of them are scored.
const CHUNK_RECORDS: usize = 8_192;

/// Where samples come from.
enum Source {
    Genome(SeqInterval, Box<Fasta>),
    File(Box<dyn Batches>),
}

/// What is known and open before the model is loaded.
pub(crate) struct Opened {
    pub(crate) directory: ModelDir,
    pub(crate) mode: RegionMode,
    pub(super) reader: VcfReader,
    source: Source,
}

impl Opened {
    /// What gives the model its inputs.
    pub(crate) fn loader(&self) -> Loader<'_> {
        match &self.source {
            Source::Genome(loader, _) => Loader::Native(loader),
            Source::File(file) => Loader::Prepared(&**file),
        }
    }

    /// The contigs of the genome; none if the run has no genome.
    pub(super) fn contigs(&self) -> &[Contig] {
        match &self.source {
            Source::Genome(_, fasta) => fasta.contigs(),
            Source::File(_) => &[],
        }
    }
}

impl ScoreVariants {
    /// Reads the descriptions and opens all inputs but the model, which may take long to load.
    pub(crate) fn open(
        &self,
        outputs: &[Output],
        observe: &mut dyn FnMut(Event),
    ) -> Result<Opened, ScoreVariantsError> {
        let directory = ModelDir::open(&self.model)?;
        warn(observe, directory.warnings());
        let mut inputs = inputs_of(self, &directory);
        if let Some(path) = &self.batch_file {
            self.check_batch_file(path)?;
            refuse_inputs_as_outputs(outputs, &inputs)?;
            let source = Source::File(open_batches(path)?);
            return Ok(Opened { directory, mode: RegionMode::Overlap, reader: self.variants.open()?, source });
        }
        let loader = native_loader(&directory, &self.loader_args)?;
        let mode = regions::mode(self, directory.loader()?)?;
        if mode != RegionMode::Overlap && self.loader_args.iter().any(|(name, _)| name == "intervals_file") {
            let unused = "the dataloader's intervals are not used: windows are placed around variants; to score \
                          variants in these intervals, give --regions overlap";
            observe(Event::Warning(unused.into()));
        }
        inputs.extend(loader_inputs(&loader));
        refuse_inputs_as_outputs(outputs, &inputs)?;
        let reader = self.variants.open()?;
        let fasta = Fasta::open(&loader.fasta_file)?;
        Ok(Opened { directory, mode, reader, source: Source::Genome(loader, Box::new(fasta)) })
    }

    /// Refuses what contradicts a file of prepared samples.
    fn check_batch_file(&self, path: &Path) -> Result<(), UnusedWithBatchFile> {
        let what = if !self.loader_args.is_empty() {
            Unused::LoaderArgs
        } else if self.restriction_bed.is_some() {
            Unused::Restriction
        } else if self.region_mode.is_some_and(|mode| mode != RegionMode::Overlap) || self.region_plan.is_some() {
            Unused::Mode
        } else {
            return Ok(());
        };
        Err(UnusedWithBatchFile::new(path, what))
    }

    /// The planner of a run, for a model that reads `inputs`.
    pub(crate) fn planner(&self, opened: Opened, inputs: &ModelInputs) -> Result<Planner, ScoreVariantsError> {
        let Opened { mode, reader, source, .. } = opened;
        let mut warnings = Vec::new();
        let (samples, contigs, plan, genome) = match source {
            Source::Genome(loader, fasta) => {
                let mut contigs = self.contig_map(fasta.contigs())?;
                contigs.check_header(reader.header())?;
                warnings.extend(contigs.length_warning());
                // A copy, so that contigs of the regions are not told to be missing in the VCF's stead.
                let plan =
                    regions::plan(self, mode, &loader, inputs.window_length, &mut contigs.clone(), &mut warnings)?;
                let samples = GenomeAlleles::new(Windows::new(*fasta, self.edge, self.max_n));
                (Samples::Genome(samples), contigs, plan, loader.fasta_file)
            }
            Source::File(file) => {
                let path = file.path().to_owned();
                let samples = PreparedAlleles::new(file, inputs.prepared.clone(), &inputs.rows, self.max_n)?;
                let contigs = self.contig_map(samples.contigs())?;
                let (ranges, per_sample) = samples.region_index();
                (Samples::Prepared(samples), contigs, RegionPlan::Overlap { ranges, per_sample }, path)
            }
        };
        let file = reader.path().display().to_string();
        let reader = self.records(reader, &contigs)?;
        warnings.extend(reader.warnings().iter().map(ToString::to_string));
        Ok(Planner {
            reader,
            warnings,
            file,
            contigs,
            samples,
            plan,
            ref_mismatch: self.ref_mismatch,
            guard: BuildGuard::new(self.max_ref_mismatch, genome.display().to_string()),
            prototype: inputs.rows.empty_like(),
            limits: ChunkLimits {
                alleles: self.batch_size.max(1) * BATCHES_PER_CHUNK,
                row_bytes: CHUNK_BYTES,
                records: CHUNK_RECORDS,
            },
            pending: None,
            placements: Vec::new(),
            found: Vec::new(),
            read: 0,
            found_contig: false,
        })
    }

    fn contig_map(&self, contigs: &[Contig]) -> Result<ContigMap, ScoreVariantsError> {
        Ok(match &self.contig_map {
            Some(path) => ContigMap::with_file(contigs, path)?,
            None => ContigMap::new(contigs),
        })
    }

    /// All records, or those of the regions.
    fn records(&self, reader: VcfReader, contigs: &ContigMap) -> Result<VariantSource, ScoreVariantsError> {
        if self.regions.is_empty() && self.regions_file.is_none() {
            return Ok(VariantSource::all(reader));
        }
        let mut contigs = contigs.clone();
        let regions = Regions::resolve(&self.regions, self.regions_file.as_deref(), &mut contigs)?;
        Ok(VariantSource::within(&self.variants, reader, regions, contigs)?)
    }
}

/// The variants, regions, prepared samples, the table of contigs, and the files of the model.
fn inputs_of(request: &ScoreVariants, model: &ModelDir) -> Vec<PathBuf> {
    let given = [&request.regions_file, &request.contig_map, &request.restriction_bed, &request.batch_file];
    let mut inputs: Vec<PathBuf> = given.into_iter().flatten().cloned().collect();
    inputs.extend(request.variants.path().map(Path::to_owned));
    inputs.extend(model_inputs(model));
    inputs
}
