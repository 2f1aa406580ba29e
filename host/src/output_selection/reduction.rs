//! The reductions, as they are typed.

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

/// A reduction of one output: `OUTPUT=REDUCTION`, or `REDUCTION` alone for a model with one output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputReduction {
    /// The output; the only one if `None`.
    pub output: Option<String>,
    /// What becomes of its positions.
    pub reduction: Reduction,
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

impl FromStr for OutputReduction {
    type Err = ReductionError;

    fn from_str(text: &str) -> Result<Self, ReductionError> {
        // No reduction holds an equals sign, but the name of an output may.
        let (output, reduction) = match text.rsplit_once('=') {
            Some((output, reduction)) => (Some(output.to_owned()), reduction),
            None => (None, text),
        };
        Ok(Self { output, reduction: reduction.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reductions_are_typed_as_they_are_shown() {
        for reduction in [Reduction::Sum, Reduction::Mean, Reduction::Max, Reduction::Center(12)] {
            let typed = |output: Option<&str>| OutputReduction { output: output.map(Into::into), reduction };
            assert_eq!(reduction.to_string().parse(), Ok(typed(None)));
            assert_eq!(format!("a/b={reduction}").parse(), Ok(typed(Some("a/b"))));
            assert_eq!(format!("a=b={reduction}").parse(), Ok(typed(Some("a=b"))));
        }
    }

    #[test]
    fn other_words_are_refused() {
        let message = |text: &str| text.parse::<OutputReduction>().unwrap_err().to_string();
        assert_eq!(message("y=median"), "unknown reduction `median` (known: sum, mean, max, center:N)");
        assert_eq!(message("y"), "unknown reduction `y` (known: sum, mean, max, center:N)");
        for (text, found) in [("center", ""), ("y=center:", ""), ("center:0", "0"), ("center:-1", "-1")] {
            assert_eq!(
                message(text),
                format!("center:N needs a whole number of positions from 1, found `{found}`"),
                "{text}"
            );
        }
    }
}
