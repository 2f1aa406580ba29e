//! Columns that the formats share.

use crate::{genes::GenesProblem, genome::Strand};

/// Exactly so many columns.
pub(super) fn exactly<'a, const N: usize>(columns: &[&'a str]) -> Result<[&'a str; N], GenesProblem> {
    columns.try_into().map_err(|_| GenesProblem::Columns { found: columns.len(), expected: N })
}

/// A coordinate that is not below `lowest`.
pub(super) fn coordinate(text: &str, column: &'static str, lowest: i64) -> Result<i64, GenesProblem> {
    let number = text.parse().ok().filter(|number: &i64| *number >= lowest && !text.starts_with('+'));
    number.ok_or_else(|| GenesProblem::Number { found: text.to_owned(), column, lowest })
}

pub(super) fn strand(text: &str) -> Result<Strand, GenesProblem> {
    match text {
        "+" => Ok(Strand::Forward),
        "-" => Ok(Strand::Reverse),
        other => Err(GenesProblem::Strand(other.to_owned())),
    }
}
