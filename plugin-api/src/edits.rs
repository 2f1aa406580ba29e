//! Edited rows: single-position changes of a batch, described instead of materialised.

use crate::Tensor;

/// Copies of rows with some one-hot columns rewritten.
///
/// Edited row `i` is row `sources[i]` with `substitutions[ends[i - 1]..ends[i]]` applied (from 0 for the first).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Edits {
    /// The row that each edited row starts from.
    pub sources: Vec<usize>,
    /// Where each edited row's substitutions end.
    pub ends: Vec<usize>,
    /// The substitutions of all edited rows.
    pub substitutions: Vec<Substitution>,
    /// For every input that is edited: which axes are meant.
    pub axes: Vec<EditAxes>,
}

impl Edits {
    /// Edited rows that start from `sources`, whose substitutions end at `ends`.
    pub fn new(sources: Vec<usize>, ends: Vec<usize>, substitutions: Vec<Substitution>, axes: Vec<EditAxes>) -> Self {
        Self { sources, ends, substitutions, axes }
    }
}

/// One rewritten column: `channel` becomes 1 and the rest of the column 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Substitution {
    /// The input, by position.
    pub input: usize,
    /// The index along the position axis.
    pub position: usize,
    /// The index along the channel axis; `None` leaves the whole column 0.
    pub channel: Option<usize>,
}

/// The axes of an edited input, counted without the batch axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EditAxes {
    /// The input, by position.
    pub input: usize,
    /// The axis that runs along the sequence.
    pub position: usize,
    /// The axis that runs over the letters.
    pub channel: usize,
}

/// Predictions for the given rows and for their edited copies, so that nothing is computed twice.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EditedOutputs {
    /// The outputs for the rows as they were given.
    pub reference: Vec<Tensor>,
    /// The outputs for the edited rows.
    pub edited: Vec<Tensor>,
}

impl EditedOutputs {
    /// The outputs for the rows as they were given, and for the edited ones.
    pub fn new(reference: Vec<Tensor>, edited: Vec<Tensor>) -> Self {
        Self { reference, edited }
    }
}
