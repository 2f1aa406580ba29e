//! The classes of what can be wrong with the files that a request names: descriptions, genome, variants, samples.

use crate::dataloader::{BatchError, BedError, LoaderArgError};
use crate::description::SpecError;
use crate::genes::GenesError;
use crate::genome::{ContigMapError, FastaError, RegionError, TextFileError, VcfError};
use crate::request_error::{ErrorClass, RequestError};
use crate::samples::{IntervalProblem, WindowError};
use crate::sink::{ProvenanceError, StoredScoresError};
use crate::strongest::StrongestError;

impl RequestError for SpecError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NoModel { .. }
            | Self::UnknownModel { .. }
            | Self::UnknownInput { .. }
            | Self::Members { .. }
            | Self::UnknownDataloader { .. } => ErrorClass::Usage,
            Self::Read { .. } => ErrorClass::Io,
            Self::Internal(error) => error.class(),
            Self::Template { .. }
            | Self::GroupTable { .. }
            | Self::TooLarge { .. }
            | Self::Syntax { .. }
            | Self::MissingKey { .. }
            | Self::UnknownKey { .. }
            | Self::Unexpected { .. }
            | Self::UnknownName { .. }
            | Self::DuplicateName { .. }
            | Self::LabelFile(_)
            | Self::TaskTable { .. }
            | Self::Unsupported(_)
            | Self::LabelCount { .. }
            | Self::TooManyTasks { .. }
            | Self::NotDownloaded(_)
            | Self::WrongSum { .. }
            | Self::ChangedSource { .. }
            | Self::BadLock { .. }
            | Self::NoDataloader { .. }
            | Self::NotGiven { .. }
            | Self::ShapeMismatch { .. } => ErrorClass::Model,
        }
    }
}

impl RequestError for ProvenanceError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Read { .. } => ErrorClass::Io,
            Self::Nothing { .. } => ErrorClass::Input,
            Self::Vcf(error) => error.class(),
            Self::Hdf5(error) => error.class(),
            Self::NotBuilt { .. } => ErrorClass::Usage,
            Self::Internal(error) => error.class(),
        }
    }
}

impl RequestError for LoaderArgError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NoTable => ErrorClass::Model,
            Self::Unknown { .. }
            | Self::NoFasta
            | Self::NoIntervals
            | Self::Type { .. }
            | Self::Layout(_)
            | Self::Alphabet(_)
            | Self::DType(_) => ErrorClass::Usage,
        }
    }
}

impl RequestError for FastaError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Io { .. } => ErrorClass::Io,
            Self::Stopped(_) => ErrorClass::Interrupted,
            Self::PlainGzip { .. }
            | Self::Truncated { .. }
            | Self::Empty { .. }
            | Self::MissingHeader { .. }
            | Self::BadName { .. }
            | Self::LongLine { .. }
            | Self::DuplicateContig { .. }
            | Self::UnevenLine { .. }
            | Self::BadLetter { .. }
            | Self::BadIndexLine { .. }
            | Self::StaleIndex { .. }
            | Self::Changed { .. }
            | Self::NoSuchContig { .. }
            | Self::OutOfRange { .. } => ErrorClass::Input,
        }
    }
}

impl RequestError for VcfError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Open { .. } | Self::Read { .. } => ErrorClass::Io,
            Self::PlainGzip { .. }
            | Self::BcfVersion { .. }
            | Self::Truncated { .. }
            | Self::Index { .. }
            | Self::IndexOfAnother { .. }
            | Self::NoHeader { .. }
            | Self::Columns { .. }
            | Self::RecordColumns { .. }
            | Self::Position { .. }
            | Self::ContigName { .. }
            | Self::EmptyLine { .. } => ErrorClass::Input,
        }
    }
}

impl RequestError for TextFileError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Open(_) | Self::Read { .. } => ErrorClass::Io,
            Self::PlainGzip | Self::Truncated => ErrorClass::Input,
        }
    }
}

impl RequestError for GenesError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::UnknownType { .. } => ErrorClass::Usage,
            Self::Read { source, .. } => source.class(),
            Self::Line { .. } | Self::NoExons { .. } | Self::NoContig { .. } => ErrorClass::Input,
        }
    }
}

impl RequestError for StrongestError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Scores(error) => error.class(),
            Self::Genes(error) => error.class(),
        }
    }
}

impl RequestError for RegionError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::UnknownContig { .. } | Self::Comma { .. } => ErrorClass::Usage,
            Self::Open { .. } | Self::Read { .. } => ErrorClass::Io,
            Self::UnknownBedContig { .. }
            | Self::PlainGzip { .. }
            | Self::Truncated { .. }
            | Self::Columns { .. }
            | Self::Number { .. }
            | Self::Reversed { .. } => ErrorClass::Input,
        }
    }
}

impl RequestError for ContigMapError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Io { .. } => ErrorClass::Io,
            Self::Columns { .. }
            | Self::MappedTwice { .. }
            | Self::UnknownTarget { .. }
            | Self::LengthDiffers { .. }
            | Self::NoneMatches { .. } => ErrorClass::Input,
        }
    }
}

impl RequestError for BedError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Interval(error) => error.class(),
            Self::TooFewColumns { .. } | Self::Strand { .. } | Self::Columns { .. } | Self::Label { .. } => {
                ErrorClass::Input
            }
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

impl RequestError for StoredScoresError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Read { .. } => ErrorClass::Io,
            Self::Text { source, .. } => source.class(),
            Self::Vcf(error) => error.class(),
            Self::NoScores { .. } | Self::Cell { .. } => ErrorClass::Input,
            Self::UnknownScore { .. } | Self::NotBuilt { .. } => ErrorClass::Usage,
            Self::Stopped(error) => error.class(),
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
