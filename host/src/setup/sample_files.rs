//! The files that a model and its samples are read from.

use std::path::PathBuf;

use super::SetupError;
use crate::dataloader::{Batches, SeqInterval, open_batches};
use crate::description::ModelDir;
use crate::genome::{Contig, Fasta};
use crate::model::{Loader, native_loader};
use crate::request::SampleChoice;
use crate::run::loader_inputs;
use crate::stop::Stop;

/// The files of a run's samples, not open yet.
pub(crate) enum SampleFiles {
    /// Those that a native dataloader reads.
    Genome(SeqInterval),
    /// A file of prepared samples.
    Prepared(PathBuf),
}

/// The files of a run's samples, open.
pub(crate) enum OpenedSamples {
    /// A native dataloader and its genome.
    Genome(SeqInterval, Box<Fasta>),
    /// Prepared samples.
    Prepared(Box<dyn Batches>),
}

impl SampleFiles {
    /// The files that a choice names, for this model.
    ///
    /// # Errors
    /// A dataloader that kipos does not have, or that refuses its arguments.
    pub(crate) fn of(choice: &SampleChoice, model: &ModelDir) -> Result<Self, SetupError> {
        Ok(match &choice.batch_file {
            Some(path) => Self::Prepared(path.clone()),
            None => Self::Genome(native_loader(model, &choice.loader_args)?),
        })
    }

    /// All of them: the batch file, or the genome with its indexes and the intervals.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        match self {
            Self::Genome(loader) => loader_inputs(loader),
            Self::Prepared(path) => vec![path.clone()],
        }
    }

    /// Opens the genome or the batch file. A genome without index is read as a whole, unless it is asked to stop.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(crate) fn open(self, stop: &Stop) -> Result<OpenedSamples, SetupError> {
        Ok(match self {
            Self::Genome(loader) => {
                let fasta = Fasta::open_until(&loader.fasta_file, stop)?;
                OpenedSamples::Genome(loader, Box::new(fasta))
            }
            Self::Prepared(path) => OpenedSamples::Prepared(open_batches(&path)?),
        })
    }
}

impl OpenedSamples {
    /// What gives the model its inputs.
    pub(crate) fn loader(&self) -> Loader<'_> {
        match self {
            Self::Genome(loader, _) => Loader::Native(loader),
            Self::Prepared(file) => Loader::Prepared(&**file),
        }
    }

    /// The contigs of the genome; none without a genome.
    pub(crate) fn contigs(&self) -> &[Contig] {
        match self {
            Self::Genome(_, fasta) => fasta.contigs(),
            Self::Prepared(_) => &[],
        }
    }
}
