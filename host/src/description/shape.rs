//! Shapes as descriptions write them: `(1000, 4)`, `(None, 4)`, `(1,)`, `()`.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

/// The shape of one row of an array, without the batch axis; `None` is an axis of any length.
///
/// ```
/// use kipos::ArrayShape;
/// let shape: ArrayShape = "(None, 4)".parse()?;
/// assert_eq!(shape[..], [None, Some(4)]);
/// assert_eq!(shape.to_string(), "(None, 4)");
/// # Ok::<(), kipos::ShapeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct ArrayShape(Vec<Option<usize>>);

impl ArrayShape {
    /// Whether an array of this shape can be one of shape `other`: equal ranks, and equal lengths wherever both are
    /// known.
    pub fn is_compatible(&self, other: &ArrayShape) -> bool {
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(|(a, b)| a.is_none() || b.is_none() || a == b)
    }
}

impl Deref for ArrayShape {
    type Target = [Option<usize>];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl From<Vec<Option<usize>>> for ArrayShape {
    fn from(axes: Vec<Option<usize>>) -> Self {
        Self(axes)
    }
}

impl fmt::Display for ArrayShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let axes: Vec<String> = self.0.iter().map(|axis| axis.map_or("None".into(), |n| n.to_string())).collect();
        match axes.as_slice() {
            [only] => write!(f, "({only},)"),
            axes => write!(f, "({})", axes.join(", ")),
        }
    }
}

/// A text that is not a shape.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{typed}` is not a shape such as `(1000, 4)`, `(None, 4)`, `(1,)` or `()`{}", meant_hint(meant.as_ref()))]
pub struct ShapeError {
    /// The text.
    pub typed: String,
    /// The shape that was probably meant.
    pub meant: Option<ArrayShape>,
}

fn meant_hint(meant: Option<&ArrayShape>) -> String {
    meant.map_or_else(String::new, |shape| format!("; did you mean `{shape}`?"))
}

impl FromStr for ArrayShape {
    type Err = ShapeError;

    /// Parses round brackets around lengths (at least 1) and `None`, parted by commas; a single axis needs a comma
    /// behind it, as in Python.
    fn from_str(text: &str) -> Result<Self, ShapeError> {
        let typed = text.trim();
        let inner = typed.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        let axes = inner.and_then(|inner| parse_axes(inner, parse_length));
        match (inner, axes) {
            (Some(inner), Some(axes)) if axes.len() != 1 || inner.contains(',') => Ok(Self(axes)),
            _ => Err(ShapeError { typed: typed.into(), meant: guess(typed) }),
        }
    }
}

fn parse_axes(inner: &str, length: fn(&str) -> Option<Option<usize>>) -> Option<Vec<Option<usize>>> {
    let inner = inner.trim();
    if inner.is_empty() {
        return Some(Vec::new());
    }
    let inner = inner.strip_suffix(',').unwrap_or(inner);
    inner.split(',').map(|axis| length(axis.trim())).collect()
}

fn parse_length(text: &str) -> Option<Option<usize>> {
    match text {
        "None" => Some(None),
        _ if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok().filter(|&n| n > 0).map(Some),
        _ => None,
    }
}

/// Spellings of "any length" elsewhere.
fn guess_length(text: &str) -> Option<Option<usize>> {
    match text {
        "null" | "none" | "~" | "-1" | "?" => Some(None),
        _ => parse_length(text),
    }
}

fn guess(typed: &str) -> Option<ArrayShape> {
    let inner = typed.trim_matches(['(', ')', '[', ']', '{', '}', '<', '>']);
    parse_axes(inner, guess_length).filter(|axes| !axes.is_empty()).map(ArrayShape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(text: &str) -> String {
        text.parse::<ArrayShape>().unwrap_err().to_string()
    }

    #[test]
    fn shapes_are_parsed() {
        for (text, axes) in [
            ("(1000,4)", vec![Some(1000), Some(4)]),
            ("(None, 4)", vec![None, Some(4)]),
            ("(1,)", vec![Some(1)]),
            (" ( 164 , ) ", vec![Some(164)]),
            ("()", vec![]),
            ("(4,1,1000,)", vec![Some(4), Some(1), Some(1000)]),
            ("(None,)", vec![None]),
        ] {
            assert_eq!(text.parse::<ArrayShape>().unwrap().0, axes, "{text}");
        }
    }

    #[test]
    fn errors_show_what_was_meant() {
        insta::assert_snapshot!(message("100"), @"`100` is not a shape such as `(1000, 4)`, `(None, 4)`, `(1,)` or `()`; did you mean `(100,)`?");
        insta::assert_snapshot!(message("(10)"), @"`(10)` is not a shape such as `(1000, 4)`, `(None, 4)`, `(1,)` or `()`; did you mean `(10,)`?");
        insta::assert_snapshot!(message("[200, 4]"), @"`[200, 4]` is not a shape such as `(1000, 4)`, `(None, 4)`, `(1,)` or `()`; did you mean `(200, 4)`?");
        insta::assert_snapshot!(message("(-1, 4)"), @"`(-1, 4)` is not a shape such as `(1000, 4)`, `(None, 4)`, `(1,)` or `()`; did you mean `(None, 4)`?");
        insta::assert_snapshot!(message("(n, 4)"), @"`(n, 4)` is not a shape such as `(1000, 4)`, `(None, 4)`, `(1,)` or `()`");
        insta::assert_snapshot!(message("__import__('os')"), @"`__import__('os')` is not a shape such as `(1000, 4)`, `(None, 4)`, `(1,)` or `()`");
    }

    #[test]
    fn odd_texts_are_refused() {
        for text in ["", "(", "(,)", "(1,,2)", "(0,)", "(+1,)", "((1,),)", "(99999999999999999999999,)", "(1,2"] {
            assert!(message(text).starts_with(&format!("`{text}` is not a shape such as")), "{text}");
        }
    }

    #[test]
    fn unknown_lengths_fit_anything() {
        let shape = |text: &str| text.parse::<ArrayShape>().unwrap();
        assert!(shape("(None, 4)").is_compatible(&shape("(200, 4)")));
        assert!(!shape("(4, 200)").is_compatible(&shape("(200, 4)")));
        assert!(!shape("(200, 4, 1)").is_compatible(&shape("(200, 4)")));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(axes in proptest::collection::vec(proptest::option::of(1usize..5000), 0..5)) {
            let shape = ArrayShape(axes);
            prop_assert_eq!(shape.to_string().parse::<ArrayShape>(), Ok(shape));
        }

        #[test]
        fn any_text_is_answered(text in ".*") {
            let _ = text.parse::<ArrayShape>();
        }
    }
}
