//! How a summary tells of values that are NaN or infinite.

use std::fmt;

use crate::printable::printable;

/// How many values stand under a name, and how many of them are NaN or infinite. The name may be empty.
pub(crate) struct NotFinite<'a> {
    pub(crate) name: &'a str,
    pub(crate) not_finite: u64,
    pub(crate) values: u64,
}

/// A line of a summary, after a line break, if there are any such values.
pub(crate) fn describe<'a>(counts: impl Iterator<Item = NotFinite<'a>>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let lacking: Vec<String> = counts
        .filter(|counts| counts.not_finite > 0)
        .map(|NotFinite { name, not_finite, values }| match name {
            "" => format!("{not_finite} of {values}"),
            name => format!("{} {not_finite} of {values}", printable(name)),
        })
        .collect();
    if lacking.is_empty() { Ok(()) } else { write!(f, "\n  not finite: {}", lacking.join(", ")) }
}
