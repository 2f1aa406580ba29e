//! What can be wrong with the bytes of a BCF.

/// Why bytes are no BCF.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BcfError {
    /// The stream ends inside the header or a record.
    #[error("the BCF is cut off inside {0}")]
    BreaksOff(&'static str),
    /// A part of a record is longer than the record.
    #[error("the next record is damaged: its {0} does not fit into it")]
    Short(&'static str),
    /// A type code that BCF does not have, or not there.
    #[error("the next record is damaged: a value of its {place} has type {code}")]
    Type {
        /// The part of the record.
        place: &'static str,
        /// The code.
        code: u8,
    },
    /// A number that the header gives to nothing.
    #[error("the next record is damaged: the header has no {what} number {number}")]
    Number {
        /// What the number should belong to.
        what: &'static str,
        /// The number.
        number: i64,
    },
    /// Another number of samples than the header names.
    #[error("the next record is damaged: it has {found} samples, the header {expected}")]
    Samples {
        /// Samples of the record.
        found: usize,
        /// Samples of the header.
        expected: usize,
    },
    /// A text holds a tab or the end of a line.
    #[error("the next record is damaged: one of its strings holds a tab or a line end")]
    Text,
}

impl From<BcfError> for std::io::Error {
    fn from(error: BcfError) -> Self {
        Self::new(std::io::ErrorKind::InvalidData, error)
    }
}
