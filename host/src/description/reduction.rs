//! What becomes of the positions of an output.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// What becomes of an output's positions, task by task. A NaN among them makes the result NaN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reduction {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// The largest.
    Max,
    /// The mean of this many in the middle, at least 1. Where they cannot lie in the middle, one position more is left
    /// out behind them than before them.
    Center(usize),
}

/// A text that is no reduction.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReductionError {
    /// Another word.
    #[error("unknown reduction `{0}` (known: sum, mean, max, center:N)")]
    Unknown(String),
    /// A `center` without a number of positions.
    #[error("center:N needs a whole number of positions from 1, found `{0}`")]
    Center(String),
}

impl FromStr for Reduction {
    type Err = ReductionError;

    fn from_str(text: &str) -> Result<Self, ReductionError> {
        match (text, text.split_once(':')) {
            ("sum", _) => Ok(Self::Sum),
            ("mean", _) => Ok(Self::Mean),
            ("max", _) => Ok(Self::Max),
            (_, Some(("center", count))) => match count.parse() {
                Ok(count) if count > 0 => Ok(Self::Center(count)),
                _ => Err(ReductionError::Center(count.into())),
            },
            ("center", None) => Err(ReductionError::Center(String::new())),
            _ => Err(ReductionError::Unknown(text.into())),
        }
    }
}

impl fmt::Display for Reduction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sum => f.write_str("sum"),
            Self::Mean => f.write_str("mean"),
            Self::Max => f.write_str("max"),
            Self::Center(count) => write!(f, "center:{count}"),
        }
    }
}
