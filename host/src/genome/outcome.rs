//! Work on an allele or a window that is done, or skipped for a reason.

use super::SkipReason;

/// What became of an allele or a window.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome<T> {
    /// It is done, with this result.
    Done(T),
    /// It is left out, and why.
    Skipped(SkipReason),
}

impl<T> Outcome<T> {
    /// The result, if there is one.
    pub fn done(self) -> Option<T> {
        match self {
            Self::Done(value) => Some(value),
            Self::Skipped(_) => None,
        }
    }
}
