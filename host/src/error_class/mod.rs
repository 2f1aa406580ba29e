//! The class of every error of a request.

mod of_conversions;
mod of_inputs;
mod of_model_tests;
mod of_selections;
mod of_shards;

use std::io;

use kipos_plugin_api::{ErrorKind, PluginError};

use crate::attribution::AxisError;
use crate::genome::{BcfError, IntervalError};
use crate::internal::InternalError;
use crate::model::ModelError;
use crate::model_test::ExpectationError;
use crate::mutation_map::MutationMapError;
use crate::pipeline::{NothingScored, PlanError, ScoreVariantsError, WrongBuild};
use crate::plot::PlotError;
use crate::plugin::PluginCallError;
use crate::predict::PredictError;
use crate::prediction::PredictionError;
use crate::request::ChoiceError;
use crate::request_error::{ErrorClass, RequestError};
use crate::run::{OutputIsInput, ThreadError};
use crate::samples::{SampleError, UnusedWithBatchFile};
use crate::saturation::SaturateError;
use crate::score::ScoreError;
use crate::setup::{NoEdits, SetupError, WindowPlanError};
use crate::sink::SinkError;
use crate::stop::Stopped;
use crate::track::TrackError;

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

all_of_class!(Usage: NoEdits, OutputIsInput, UnusedWithBatchFile);
all_of_class!(Input: AxisError, BcfError, IntervalError, NothingScored, WrongBuild);
all_of_class!(Io: ThreadError);
all_of_class!(Interrupted: Stopped);
all_of_class!(Internal: InternalError);

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

impl RequestError for WindowPlanError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Regions(error) => error.class(),
            Self::Request(error) => error.class(),
            Self::NoLength | Self::NoIntervals | Self::NoIndex { .. } | Self::Tiles(_) => ErrorClass::Usage,
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
            ErrorKind::NO_DEVICE => ErrorClass::Usage,
            ErrorKind::RUNTIME => ErrorClass::Engine,
            // Also the kinds of plugins that are newer than this host.
            _ => ErrorClass::Plugin,
        }
    }
}

impl RequestError for PluginCallError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Plugin { source, .. } => source.class(),
            Self::Members { .. } => ErrorClass::Model,
            Self::OfFamily { .. } => ErrorClass::Usage,
            Self::UnknownScorer { .. }
            | Self::AmbiguousScorer { .. }
            | Self::UnknownPlugin { .. }
            | Self::NotItsScorer { .. }
            | Self::UnknownBackend { .. }
            | Self::BadAnswer { .. } => ErrorClass::Plugin,
        }
    }
}

/// The class of an error of a model that is loaded: an argument that it refuses now is a layer, a call or a filter of
/// the request.
fn of_loaded_model(error: &PluginCallError) -> ErrorClass {
    match error {
        PluginCallError::Plugin { source, .. } if source.kind == ErrorKind::INVALID_ARGUMENT => ErrorClass::Usage,
        error => error.class(),
    }
}

impl RequestError for ModelError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Spec(error) => error.class(),
            Self::Loader(error) => error.class(),
            Self::Plugin(error) => error.class(),
            Self::NothingToCombine { .. } | Self::DnaInput { .. } | Self::NoDna { .. } | Self::NoLength { .. } => {
                ErrorClass::Usage
            }
            Self::LongWindow { .. }
            | Self::NotPrepared { .. }
            | Self::NoRanges { .. }
            | Self::RangeLength { .. }
            | Self::PreparedType { .. }
            | Self::Path(_) => ErrorClass::Input,
            Self::Internal(error) => error.class(),
            Self::Backend(_)
            | Self::ForeignLoader { .. }
            | Self::NotOneHot { .. }
            | Self::OtherInputs { .. }
            | Self::Shape { .. }
            | Self::TextInput { .. }
            | Self::NumberInput { .. }
            | Self::TextShape { .. }
            | Self::OutputShape { .. }
            | Self::TextOutput { .. }
            | Self::OpenOutput { .. }
            | Self::Positions(_)
            | Self::DependentRows { .. }
            | Self::RandomAnswers { .. } => ErrorClass::Model,
        }
    }
}

impl RequestError for PredictError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Plugin(error) => of_loaded_model(error),
            Self::Output(error) => error.class(),
            Self::Input(error) => error.class(),
            Self::FixedBatch { .. } => ErrorClass::Model,
            Self::LargeCall { .. } => ErrorClass::Usage,
            Self::Stopped(error) => error.class(),
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
            Self::Profile { .. }
            | Self::Scale { .. }
            | Self::WholeOutputs { .. }
            | Self::NotYet { .. }
            | Self::NoMembers { .. }
            | Self::MemberName { .. } => ErrorClass::Usage,
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
            | Self::BcfRecord { .. }
            | Self::Position { .. } => ErrorClass::Input,
            Self::NoDirectory { .. }
            | Self::IsDirectory { .. }
            | Self::StdoutClosed
            | Self::Create { .. }
            | Self::Write { .. }
            | Self::PartlyInPlace { .. } => ErrorClass::Io,
            Self::ReaderGone => ErrorClass::Interrupted,
            Self::Shape { .. } => ErrorClass::Internal,
        }
    }
}

impl RequestError for ChoiceError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::UnusedWithBatchFile(error) => error.class(),
            Self::Score(error) => error.class(),
            Self::EmptyBatch
            | Self::NotCombined { .. }
            | Self::LargeBatch { .. }
            | Self::Fraction { .. }
            | Self::NoRestriction
            | Self::UnusedRestriction { .. }
            | Self::Offset { .. }
            | Self::UnusedOffset => ErrorClass::Usage,
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
            Self::Predict(error) => error.class(),
            Self::Edits(error) => error.class(),
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
            Self::NothingScored(error) => error.class(),
            Self::Sink(error) => error.class(),
            Self::Thread(error) => error.class(),
            Self::Internal(error) => error.class(),
            Self::Stopped(error) => error.class(),
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
            Self::Thread(error) => error.class(),
            Self::Internal(error) => error.class(),
            Self::Stopped(error) => error.class(),
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
            Self::Thread(error) => error.class(),
            Self::Internal(error) => error.class(),
            Self::Stopped(error) => error.class(),
            Self::NothingToDraw { .. } | Self::NothingMapped { .. } | Self::LineOutsideContig { .. } => {
                ErrorClass::Input
            }
            Self::NoRegions
            | Self::SeveralMaps { .. }
            | Self::OutsideContig(_)
            | Self::MutateOutside { .. }
            | Self::RestrictedRegions
            | Self::UnknownRegions { .. } => ErrorClass::Usage,
        }
    }
}

impl RequestError for SaturateError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Setup(error) => error.class(),
            Self::Regions(error) => error.class(),
            Self::Plan(error) => error.class(),
            Self::Predict(error) => error.class(),
            Self::Score(error) => error.class(),
            Self::NothingScored(error) => error.class(),
            Self::Sink(error) => error.class(),
            Self::Thread(error) => error.class(),
            Self::Internal(error) => error.class(),
            Self::Stopped(error) => error.class(),
            Self::LineOutsideContig { .. } => ErrorClass::Input,
            Self::NoRegions
            | Self::OutsideContig(_)
            | Self::Prepared { .. }
            | Self::Intervals
            | Self::OwnIntervals
            | Self::OtherWindows => ErrorClass::Usage,
        }
    }
}

impl RequestError for ExpectationError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Format { .. } | Self::NotBuilt { .. } => ErrorClass::Usage,
            Self::Hdf5(error) => error.class(),
            Self::Read { .. } => ErrorClass::Io,
            Self::Missing { .. }
            | Self::Unknown { .. }
            | Self::Shape { .. }
            | Self::Samples { .. }
            | Self::Empty { .. }
            | Self::Cell { .. } => ErrorClass::Input,
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
            Self::OutputIsInput(error) => error.class(),
            Self::Stopped(error) => error.class(),
            Self::TooLarge { .. }
            | Self::OutOfRange { .. }
            | Self::Limit { .. }
            | Self::Unknown { .. }
            | Self::Ambiguous { .. } => ErrorClass::Usage,
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
            Self::OutputIsInput(error) => error.class(),
            Self::Stopped(error) => error.class(),
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
