//! Samples and models that are ready.

use super::{Predict, PredictionError};
use crate::dataloader::{Batches, SeqInterval, open_batches};
use crate::description::ModelDir;
use crate::model::{Loader, ModelArrays, ModelError, ModelInputs, native_loader};
use crate::plugin::PluginModel;
use crate::samples::{IntervalSamples, SampleError, Unused, UnusedWithBatchFile};

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

/// The samples of a request, which are read once a model is loaded.
pub(crate) enum OpenedSamples {
    /// Intervals of the native loader.
    Intervals {
        /// The loader, with a length for its windows if all must have that of the first.
        loader: SeqInterval,
        /// Its intervals and genome.
        samples: Box<IntervalSamples>,
    },
    /// What another program's loader has prepared.
    File(Box<dyn Batches>),
}

impl OpenedSamples {
    /// What gives the model its inputs.
    pub(crate) fn loader(&self) -> Loader<'_> {
        match self {
            Self::Intervals { loader, .. } => Loader::Native(loader),
            Self::File(file) => Loader::Plain(&**file),
        }
    }
}

impl Predict {
    /// Opens the samples of the request, for a model of which only the description is known.
    ///
    /// # Errors
    /// Arguments that make no sense, files that cannot be read, or an output that is one of them.
    pub(crate) fn open(&self, directory: &ModelDir) -> Result<OpenedSamples, PredictionError> {
        if let Some(path) = &self.batch_file {
            if !self.loader_args.is_empty() || self.contig_map.is_some() {
                return Err(SampleError::from(UnusedWithBatchFile::new(path, Unused::LoaderArgsAndContigs)).into());
            }
            self.refuse_outputs(directory, vec![path.to_owned()])?;
            return Ok(OpenedSamples::File(open_batches(path)?));
        }
        let mut loader = native_loader(directory, &self.loader_args)?;
        self.refuse_outputs(directory, loader_inputs(&loader).into_iter().chain(self.contig_map.clone()).collect())?;
        let samples = IntervalSamples::open(&loader, self.contig_map.as_deref(), self.edge, self.about())?;
        let described = ModelInputs::described(directory, &[], Loader::Native(&loader));
        if let (Err(ModelError::NoLength { .. }), Some(length)) = (described, samples.first_length()) {
            // A model of any length, and intervals that keep theirs: they must all be as long as the first.
            loader.auto_resize_len = Some(length);
        }
        Ok(OpenedSamples::Intervals { loader, samples: Box::new(samples) })
    }
}
