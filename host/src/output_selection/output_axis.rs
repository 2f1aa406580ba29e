//! The axis of an output's positions, as it is typed.

use std::str::FromStr;

use thiserror::Error;

/// The axis of one output's positions: `OUTPUT=AXIS`, or `AXIS` alone for a model with one output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputAxis {
    /// The output; the only one if `None`.
    pub output: Option<String>,
    /// The number of the axis, from 0, without the batch axis.
    pub axis: usize,
}

/// What is not the number of an axis.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("expected the number of an axis from 0, without the batch axis, such as profile=0, found `{0}`")]
pub struct OutputAxisError(String);

impl FromStr for OutputAxis {
    type Err = OutputAxisError;

    fn from_str(text: &str) -> Result<Self, OutputAxisError> {
        // No number holds an equals sign, but the name of an output may.
        let (output, axis) = match text.rsplit_once('=') {
            Some((output, axis)) => (Some(output.to_owned()), axis),
            None => (None, text),
        };
        let axis = axis.parse().map_err(|_| OutputAxisError(text.into()))?;
        Ok(Self { output, axis })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_is_a_number_behind_an_output() {
        let typed = |output: Option<&str>, axis| Ok(OutputAxis { output: output.map(Into::into), axis });
        assert_eq!("1".parse(), typed(None, 1));
        assert_eq!("out=0".parse(), typed(Some("out"), 0));
        assert_eq!("a=b=2".parse(), typed(Some("a=b"), 2));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "out", "out=", "out=-1", "out=x", "1.5"] {
            let message = text.parse::<OutputAxis>().unwrap_err().to_string();
            assert_eq!(
                message,
                format!(
                    "expected the number of an axis from 0, without the batch axis, such as profile=0, found `{text}`"
                )
            );
        }
    }
}
