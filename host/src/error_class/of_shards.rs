//! The classes of what can be wrong with shards.

use crate::request_error::{ErrorClass, RequestError};
use crate::shard::ShardError;
use crate::sink::JoinError;

impl RequestError for JoinError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Read { .. } => ErrorClass::Io,
            Self::NotComplete { .. }
            | Self::Header { .. }
            | Self::Provenance { .. }
            | Self::Layout { .. }
            | Self::Numbered { .. }
            | Self::Index { .. } => ErrorClass::Input,
            Self::Vcf(error) => error.class(),
            Self::Sink(error) => error.class(),
            Self::Stopped(error) => error.class(),
        }
    }
}

impl RequestError for ShardError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::SeveralPlans { .. } | Self::NoPlan { .. } | Self::OtherPlan { .. } | Self::NothingToMerge { .. } => {
                ErrorClass::Usage
            }
            Self::Unsorted { .. }
            | Self::PlanLine { .. }
            | Self::Missing { .. }
            | Self::Doubled { .. }
            | Self::Foreign { .. }
            | Self::Elsewhere { .. }
            | Self::Count { .. }
            | Self::Total { .. } => ErrorClass::Input,
            Self::Read { .. } | Self::Directory { .. } => ErrorClass::Io,
            Self::Vcf(error) => error.class(),
            Self::Region(error) => error.class(),
            Self::Join(error) => error.class(),
            Self::OutputIsInput(error) => error.class(),
            Self::Sink(error) => error.class(),
            Self::Stopped(error) => error.class(),
            Self::Internal(error) => error.class(),
        }
    }
}
