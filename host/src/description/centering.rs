//! Where a variant lies in a window of its own.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Where the variant lies in its window of L bases: the 0-based index of its first base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Centering {
    /// ⌈L/2⌉ − 1: the middle base of an odd window, the base before the middle of an even one.
    #[default]
    Middle,
    /// ⌊L/2⌋ − 1, as Kipoi's variant-centred regions have it; differs from [`Middle`](Self::Middle) for odd L.
    Kipoi,
    /// ⌊L/2⌋: the middle base of an odd window, the base behind the middle of an even one.
    Half,
    /// This index, whatever the length.
    At(usize),
}

/// A text that is no place in a window.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("no place in a window: `{text}` (known: middle, kipoi, half, or an index from 0)")]
pub struct CenteringError {
    text: String,
}

impl Centering {
    /// The 0-based index of the variant's first base in a window of `length` bases; `None` if that is too short.
    pub fn index(self, length: usize) -> Option<usize> {
        let index = match self {
            Self::Middle => length.div_ceil(2).checked_sub(1),
            Self::Kipoi => (length / 2).checked_sub(1),
            Self::Half => Some(length / 2),
            Self::At(index) => Some(index),
        };
        index.filter(|index| *index < length)
    }
}

impl FromStr for Centering {
    type Err = CenteringError;

    fn from_str(text: &str) -> Result<Self, CenteringError> {
        match text {
            "middle" => Ok(Self::Middle),
            "kipoi" => Ok(Self::Kipoi),
            "half" => Ok(Self::Half),
            _ => text.parse().map(Self::At).map_err(|_| CenteringError { text: text.into() }),
        }
    }
}

impl fmt::Display for Centering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Middle => f.write_str("middle"),
            Self::Kipoi => f.write_str("kipoi"),
            Self::Half => f.write_str("half"),
            Self::At(index) => index.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_index() {
        for (rule, expected) in [
            ("middle", [None, Some(0), Some(0), Some(1), Some(49), Some(50)]),
            ("kipoi", [None, None, Some(0), Some(0), Some(49), Some(49)]),
            ("half", [None, Some(0), Some(1), Some(1), Some(50), Some(50)]),
            ("2", [None, None, None, Some(2), Some(2), Some(2)]),
        ] {
            let centering: Centering = rule.parse().unwrap();
            assert_eq!(centering.to_string(), rule);
            assert_eq!([0, 1, 2, 3, 100, 101].map(|length| centering.index(length)), expected, "{rule}");
        }
    }

    #[test]
    fn other_words_are_refused() {
        for text in ["center", "-1", "1.5", ""] {
            let message = text.parse::<Centering>().unwrap_err().to_string();
            assert_eq!(
                message,
                format!("no place in a window: `{text}` (known: middle, kipoi, half, or an index from 0)")
            );
        }
    }
}
