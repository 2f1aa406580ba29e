//! The reductions of outputs, as they are typed.

use std::str::FromStr;

pub use crate::description::{Reduction, ReductionError};

/// A reduction of one output: `OUTPUT=REDUCTION`, or `REDUCTION` alone for a model with one output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputReduction {
    /// The output; the only one if `None`.
    pub output: Option<String>,
    /// What becomes of its positions.
    pub reduction: Reduction,
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
