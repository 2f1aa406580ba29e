//! The files of a run, open, before the model is loaded.

use super::choices::{Choices, Described};
use super::run_context::RunContext;
use super::{OpenedSamples, SetupError, window_plan};
use crate::description::ModelDir;
use crate::genome::{Contig, ContigMap, VcfHeader, wrong_assembly};
use crate::model::{Loader, ModelInputs};
use crate::region::{RegionMode, RegionPlan};
use crate::request::ChoiceError;
use crate::samples::{GenomeAlleles, PreparedAlleles, Samples, WindowReader};
use crate::stop::Stop;
use crate::warning::{Warning, WarningCode};

/// What is known and open before the model is loaded.
pub(crate) struct Opened {
    pub(crate) directory: ModelDir,
    pub(crate) mode: RegionMode,
    pub(super) samples: OpenedSamples,
    /// What asks the run to stop.
    pub(super) stop: Stop,
}

impl Described {
    /// Opens the files of the samples, for a run that may be asked to stop.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(crate) fn open(self, stop: &Stop) -> Result<Opened, SetupError> {
        let Self { directory, mode, files } = self;
        Ok(Opened { directory, mode, samples: files.open(stop)?, stop: stop.clone() })
    }
}

impl Opened {
    /// What gives the model its inputs.
    pub(crate) fn loader(&self) -> Loader<'_> {
        self.samples.loader()
    }

    /// The contigs of the genome; none without a genome.
    pub(crate) fn contigs(&self) -> &[Contig] {
        self.samples.contigs()
    }

    /// What the run reads, for a model with these `inputs`. `header` is that of its VCF, if it has one.
    ///
    /// # Errors
    /// Contigs or regions that do not fit the genome, or windows that the model cannot read.
    pub(crate) fn context(
        self,
        choices: Choices<'_>,
        inputs: &ModelInputs,
        header: Option<&VcfHeader>,
    ) -> Result<RunContext, SetupError> {
        let contig_map = |contigs: &[Contig]| match &choices.samples.contig_map {
            Some(path) => ContigMap::with_file(contigs, path),
            None => Ok(ContigMap::new(contigs)),
        };
        let max_n = choices.windows.max_n;
        let prototype = inputs.rows.empty_like();
        match self.samples {
            OpenedSamples::Genome(loader, fasta) => {
                let mut contigs = contig_map(fasta.contigs())?;
                if let Some(header) = header {
                    contigs.check_header(header)?;
                }
                let lengths = contigs.length_warning().map(|text| Warning::new(WarningCode::ContigLengths, text));
                let mut warnings: Vec<_> = lengths.into_iter().collect();
                let assembly = self.directory.model().info.assembly.as_ref();
                let wrong = assembly.and_then(|assembly| wrong_assembly(assembly, fasta.contigs()));
                warnings.extend(wrong.map(|text| Warning::new(WarningCode::Assembly, text)));
                // A copy, so that contigs of the regions are not reported as missing in the VCF.
                let mut of_regions = contigs.clone();
                let length = inputs.window_length;
                if choices.windows.offset != 0 && matches!(self.mode, RegionMode::Overlap) {
                    return Err(ChoiceError::UnusedOffset.into());
                }
                let place = (self.mode, choices.windows.centering(self.directory.model(), length)?);
                let plan = window_plan::plan(choices.windows, place, &loader, length, &mut of_regions, &mut warnings)?;
                let samples =
                    Samples::Genome(GenomeAlleles::new(WindowReader::new(*fasta, choices.samples.edge, max_n)));
                Ok(RunContext { contigs, samples, plan, prototype, reference: loader.fasta_file, warnings })
            }
            OpenedSamples::Prepared(file) => {
                let reference = file.path().to_owned();
                let samples = PreparedAlleles::new(file, inputs.prepared.clone(), &inputs.rows, max_n)?;
                let contigs = contig_map(samples.contigs())?;
                let (ranges, per_sample) = samples.region_index();
                let (samples, plan) = (Samples::Prepared(samples), RegionPlan::Overlap { ranges, per_sample });
                Ok(RunContext { contigs, samples, plan, prototype, reference, warnings: Vec::new() })
            }
        }
    }
}
