//! Who can mend an error: one class for every error of a request.

use std::error::Error;
use std::io;

use kipos_plugin_api::{ErrorKind, PluginError};

use crate::attribution::AxisError;
use crate::dataloader::{BatchError, BedError, LoaderArgError};
use crate::description::SpecError;
use crate::genome::{BcfError, ContigMapError, FastaError, IntervalError, RegionError, VcfError};
use crate::internal::InternalError;
use crate::model::ModelError;
use crate::model_test::{ExpectationError, ModelTestError, OutputProblem};
use crate::mutation_map::MutationMapError;
use crate::output_selection::{OutputError, OutputSelectionError};
use crate::pipeline::{PlanError, ScoreVariantsError, WrongBuild};
use crate::plot::PlotError;
use crate::plugin::PluginCallError;
use crate::predict::PredictError;
use crate::prediction::{GradientError, LayerError, PredictionError};
use crate::request::ChoiceError;
use crate::run::OutputIsInput;
use crate::samples::{IntervalProblem, SampleError, UnusedWithBatchFile, WindowError};
use crate::score::{LabelError, ScoreError};
use crate::setup::{SetupError, WindowPlanError};
use crate::sink::SinkError;
use crate::track::TrackError;

/// What has to change for a request to succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// The request: it contradicts itself, names a format, score, task or layer that does not exist, or needs a feature that
    /// this build lacks.
    Usage,
    /// The contents of a file that the request names: variants, genome, intervals, samples.
    Input,
    /// The model: its description, its files, or how they fit together.
    Model,
    /// A plugin: it is missing, cannot be loaded, or broke its contract.
    Plugin,
    /// The engine, or its device.
    Engine,
    /// The machine: a file cannot be opened, read or written.
    Io,
    /// Nothing: the reader of the output left, or a signal came.
    Interrupted,
    /// kipos: what happened cannot happen.
    Internal,
}

/// An error of a request.
pub trait RequestError: Error {
    /// What has to change for the request to succeed.
    fn class(&self) -> ErrorClass;
}

/// Errors whose class is the same for all their variants.
macro_rules! all_of_class {
    ($class:ident: $($error:ty),+ $(,)?) => {$(
        impl RequestError for $error {
            fn class(&self) -> ErrorClass {
                ErrorClass::$class
            }
        }
    )+};
}

all_of_class!(Usage: OutputIsInput, UnusedWithBatchFile);
all_of_class!(Input: AxisError, BcfError, IntervalError, WrongBuild);
all_of_class!(Internal: InternalError);

impl RequestError for SpecError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NoModel { .. } | Self::UnknownModel { .. } | Self::NotGiven { .. } => ErrorClass::Usage,
            Self::Read { .. } => ErrorClass::Io,
            _ => ErrorClass::Model,
        }
    }
}

impl RequestError for LoaderArgError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NoTable => ErrorClass::Model,
            _ => ErrorClass::Usage,
        }
    }
}

impl RequestError for FastaError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Io { .. } => ErrorClass::Io,
            _ => ErrorClass::Input,
        }
    }
}

impl RequestError for VcfError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Open { .. } | Self::Read { .. } => ErrorClass::Io,
            _ => ErrorClass::Input,
        }
    }
}

impl RequestError for RegionError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::UnknownContig { .. } | Self::Comma { .. } => ErrorClass::Usage,
            Self::Open { .. } | Self::Read { .. } => ErrorClass::Io,
            _ => ErrorClass::Input,
        }
    }
}

impl RequestError for ContigMapError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Io { .. } => ErrorClass::Io,
            _ => ErrorClass::Input,
        }
    }
}

impl RequestError for BedError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Interval(error) => error.class(),
            _ => ErrorClass::Input,
        }
    }
}

impl RequestError for WindowError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Fasta(error) => error.class(),
            Self::Interval(error) => error.class(),
            Self::OutsideContig { .. } => ErrorClass::Input,
        }
    }
}

impl RequestError for BatchError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Content { .. } => ErrorClass::Input,
            Self::Read { .. } => ErrorClass::Io,
            Self::NotBuilt { .. } => ErrorClass::Usage,
        }
    }
}

impl RequestError for SampleError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Window(error) => error.class(),
            Self::Batch(error) => error.class(),
            Self::Loader(error) => error.class(),
            Self::Fasta(error) => error.class(),
            Self::Rows(error) => error.class(),
            Self::Region(error) => error.class(),
            Self::ContigMap(error) => error.class(),
            Self::Interval(error) => error.class(),
        }
    }
}

impl RequestError for IntervalProblem {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Window { problem, .. } => problem.class(),
            Self::Length { .. } | Self::Empty { .. } => ErrorClass::Input,
        }
    }
}

impl RequestError for WindowPlanError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Regions(error) => error.class(),
            Self::Request(error) => error.class(),
            Self::NoLength | Self::NoIntervals => ErrorClass::Usage,
            Self::TooShort { .. } | Self::IntervalLength { .. } => ErrorClass::Input,
        }
    }
}

impl RequestError for PlanError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Vcf(error) => error.class(),
            Self::Sample(error) => error.class(),
            Self::Contigs(error) => error.class(),
            Self::WrongBuild(error) => error.class(),
            Self::RefMismatch { .. } => ErrorClass::Input,
        }
    }
}

impl RequestError for PluginError {
    fn class(&self) -> ErrorClass {
        match self.kind {
            ErrorKind::INVALID_ARGUMENT | ErrorKind::UNSUPPORTED => ErrorClass::Model,
            ErrorKind::RUNTIME => ErrorClass::Engine,
            _ => ErrorClass::Plugin,
        }
    }
}

impl RequestError for PluginCallError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Plugin { source, .. } => source.class(),
            _ => ErrorClass::Plugin,
        }
    }
}

impl RequestError for ModelError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Spec(error) => error.class(),
            Self::Loader(error) => error.class(),
            Self::Plugin(error) => error.class(),
            Self::DnaInput { .. } | Self::NoDna { .. } | Self::NoLength { .. } => ErrorClass::Usage,
            Self::NotPrepared { .. }
            | Self::NoRanges { .. }
            | Self::RangeLength { .. }
            | Self::PreparedType { .. }
            | Self::Path(_) => ErrorClass::Input,
            _ => ErrorClass::Model,
        }
    }
}

impl RequestError for OutputError {
    fn class(&self) -> ErrorClass {
        ErrorClass::Model
    }
}

impl RequestError for OutputSelectionError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::SwappedTask { .. } => ErrorClass::Model,
            _ => ErrorClass::Usage,
        }
    }
}

impl RequestError for PredictError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Plugin(error) => match error.class() {
                // The model is loaded: what the plugin refuses now is a layer, a call or a filter of the request.
                ErrorClass::Model => ErrorClass::Usage,
                class => class,
            },
            Self::Output(error) => error.class(),
            Self::Input(error) => error.class(),
        }
    }
}

impl RequestError for LabelError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Duplicate { .. } | Self::Custom { .. } => ErrorClass::Model,
            _ => ErrorClass::Usage,
        }
    }
}

impl RequestError for ScoreError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Label(error) => error.class(),
            Self::Scorer { source, .. } => match source.class() {
                // A scorer has no description: its arguments are those of the request.
                ErrorClass::Model => ErrorClass::Usage,
                class => class,
            },
            Self::Profile { .. } | Self::WholeOutputs { .. } => ErrorClass::Usage,
        }
    }
}

impl RequestError for SinkError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::UnknownFormat { .. }
            | Self::NotOneRange { .. }
            | Self::GradientsInBed { .. }
            | Self::TooManyColumns { .. }
            | Self::NotBuilt { .. }
            | Self::SameOutput { .. }
            | Self::KeyCollision { .. } => ErrorClass::Usage,
            Self::KeyDeclared { .. }
            | Self::KeyOfOther { .. }
            | Self::KeyPresent { .. }
            | Self::BcfHeader { .. }
            | Self::BcfAddedLine { .. }
            | Self::BcfRecord { .. } => ErrorClass::Input,
            Self::NoDirectory { .. } | Self::IsDirectory { .. } | Self::Create { .. } | Self::Write { .. } => {
                ErrorClass::Io
            }
            Self::ReaderGone => ErrorClass::Interrupted,
            Self::Shape { .. } => ErrorClass::Internal,
        }
    }
}

impl RequestError for LayerError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NoLayers { .. } | Self::FixedLength { .. } | Self::NoIndex { .. } | Self::NoRows { .. } => {
                ErrorClass::Usage
            }
            Self::Changed { .. } => ErrorClass::Model,
            Self::Plugin(error) => error.class(),
        }
    }
}

impl RequestError for GradientError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NoFloats { .. } => ErrorClass::Model,
            _ => ErrorClass::Usage,
        }
    }
}

impl RequestError for ChoiceError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::UnusedWithBatchFile(error) => error.class(),
            Self::Score(error) => error.class(),
            Self::EmptyBatch | Self::Fraction { .. } | Self::NoRestriction | Self::UnusedRestriction { .. } => {
                ErrorClass::Usage
            }
        }
    }
}

impl RequestError for SetupError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Request(error) => error.class(),
            Self::Spec(error) => error.class(),
            Self::Model(error) => error.class(),
            Self::Loader(error) => error.class(),
            Self::Fasta(error) => error.class(),
            Self::Contigs(error) => error.class(),
            Self::OutputSelection(error) => error.class(),
            Self::Score(error) => error.class(),
            Self::OutputIsInput(error) => error.class(),
            Self::Windows(error) => error.class(),
            Self::Batches(error) => error.class(),
            Self::Range(error) => error.class(),
        }
    }
}

impl RequestError for ScoreVariantsError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Setup(error) => error.class(),
            Self::Vcf(error) => error.class(),
            Self::Regions(error) => error.class(),
            Self::Plan(error) => error.class(),
            Self::Predict(error) => error.class(),
            Self::Score(error) => error.class(),
            Self::Sink(error) => error.class(),
            Self::Internal(error) => error.class(),
        }
    }
}

impl RequestError for PredictionError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Setup(error) => error.class(),
            Self::Model(error) => error.class(),
            Self::Sample(error) => error.class(),
            Self::Layer(error) => error.class(),
            Self::Gradient(error) => error.class(),
            Self::Predict(error) => error.class(),
            Self::Sink(error) => error.class(),
            Self::Internal(error) => error.class(),
        }
    }
}

impl RequestError for MutationMapError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Setup(error) => error.class(),
            Self::Vcf(error) => error.class(),
            Self::Region(error) => error.class(),
            Self::Interval(error) => error.class(),
            Self::Plan(error) => error.class(),
            Self::Predict(error) => error.class(),
            Self::Score(error) => error.class(),
            Self::Sink(error) => error.class(),
            Self::Plot(error) => error.class(),
            Self::Internal(error) => error.class(),
            Self::NothingToDraw { .. } => ErrorClass::Input,
            Self::NoRegions
            | Self::SeveralMaps { .. }
            | Self::OutsideContig { .. }
            | Self::RestrictedRegions
            | Self::UnknownRegions { .. } => ErrorClass::Usage,
        }
    }
}

impl RequestError for ExpectationError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Format { .. } | Self::NotBuilt { .. } => ErrorClass::Usage,
            Self::Hdf5(error) => error.class(),
            Self::Read { .. } => ErrorClass::Io,
            _ => ErrorClass::Input,
        }
    }
}

impl RequestError for OutputProblem {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Sink(error) => error.class(),
            Self::Format(error) => error.class(),
            Self::Internal(error) => error.class(),
            Self::Exists { .. } => ErrorClass::Usage,
        }
    }
}

impl RequestError for ModelTestError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NoExample { .. } | Self::NoSamples => ErrorClass::Usage,
            Self::Problems(_) | Self::RemoteExpectation(_) | Self::Unexpected { .. } | Self::BatchSize { .. } => {
                ErrorClass::Model
            }
            Self::Prediction(error) => error.class(),
            Self::Model(error) => error.class(),
            Self::Plugin(error) => error.class(),
            Self::Expectation(error) => error.class(),
        }
    }
}

impl RequestError for PlotError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NoMaps { .. } | Self::NoSamples { .. } | Self::NoRegion { .. } | Self::Shape { .. } => {
                ErrorClass::Input
            }
            Self::MapShape { .. } | Self::Internal(_) => ErrorClass::Internal,
            Self::Variants(error) => error.class(),
            Self::Read(error) => error.class(),
            Self::Write(error) => error.class(),
            _ => ErrorClass::Usage,
        }
    }
}

impl RequestError for TrackError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NoRange { .. } | Self::Length { .. } => ErrorClass::Input,
            Self::Axis { source, .. } => source.class(),
            Self::Choice(error) => error.class(),
            Self::Read(error) => error.class(),
            Self::Write(error) => error.class(),
            Self::Internal(error) => error.class(),
        }
    }
}

impl RequestError for io::Error {
    fn class(&self) -> ErrorClass {
        match self.kind() {
            io::ErrorKind::BrokenPipe => ErrorClass::Interrupted,
            _ => ErrorClass::Io,
        }
    }
}
