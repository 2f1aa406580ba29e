//! Edited rows: changes of a batch at single positions, described instead of materialised.

use std::ops::Range;

use crate::Tensor;
use crate::setters::setters;

/// Copies of rows with some one-hot columns rewritten.
///
/// Edited row `i` is row `sources[i]` with `substitutions[ends[i - 1]..ends[i]]` applied (from 0 for the first). These may
/// be several, of any input; a row without any is the whole row as it was given.
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
    /// The outputs that are wanted, by position among the model's; all if empty. Tensors of others may be anything that has
    /// the right number of rows.
    pub outputs: Vec<usize>,
    /// The positions of outputs that are read: elements of an output that none of its spans holds may be anything. An output
    /// without a span is read whole.
    pub reads: Vec<OutputSpan>,
    /// Where rows show the same stretch of a sequence, row by row; those of rows behind the last are unknown.
    pub places: Vec<Option<RowPlace>>,
}

impl Edits {
    /// Edited rows that start from `sources`, whose substitutions end at `ends`.
    pub fn new(sources: Vec<usize>, ends: Vec<usize>, substitutions: Vec<Substitution>, axes: Vec<EditAxes>) -> Self {
        Self { sources, ends, substitutions, axes, outputs: Vec::new(), reads: Vec::new(), places: Vec::new() }
    }

    /// The substitutions of an edited row.
    ///
    /// # Panics
    /// If there is no such edited row, or its end is before that of the row before or beyond all substitutions.
    ///
    /// ```
    /// use kipos_plugin_api::{Edits, Substitution};
    /// let [a, b, c] = [3, 5, 8].map(|position| Substitution { input: 0, position, channel: Some(1) });
    /// let edits = Edits::new(vec![0, 0, 0], vec![2, 2, 3], vec![a, b, c], vec![]);
    /// assert_eq!(edits.substitutions_of(0), [a, b]);
    /// assert!(edits.substitutions_of(1).is_empty());
    /// assert_eq!(edits.substitutions_of(2), [c]);
    /// ```
    pub fn substitutions_of(&self, edit: usize) -> &[Substitution] {
        let start = edit.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.substitutions[start..self.ends[edit]]
    }
}

setters! {
    Edits {
        with_outputs(outputs: Vec<usize>),
        with_reads(reads: Vec<OutputSpan>),
        with_places(places: Vec<Option<RowPlace>>),
    }
}

/// Positions of an output that are read.
///
/// Element `e` of a row of the output, counted in the order of its axes, belongs to the position `e / stride % length`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutputSpan {
    /// The output, by position among the model's.
    pub output: usize,
    /// The elements from one position to the next: 1 if the axis of positions is the last.
    pub stride: usize,
    /// The positions of the output.
    pub length: usize,
    /// The first position that is read.
    pub start: usize,
    /// The position behind the last that is read.
    pub end: usize,
}

impl OutputSpan {
    /// The positions `read` of an output of `length` positions, which are `stride` elements apart.
    pub fn new(output: usize, stride: usize, length: usize, read: Range<usize>) -> Self {
        Self { output, stride, length, start: read.start, end: read.end }
    }

    /// Whether it holds an element of a row.
    ///
    /// ```
    /// use kipos_plugin_api::OutputSpan;
    /// // The middle two of five positions, each with three tracks.
    /// let span = OutputSpan::new(0, 3, 5, 1..3);
    /// let held: Vec<usize> = (0..15).filter(|&element| span.holds(element)).collect();
    /// assert_eq!(held, [3, 4, 5, 6, 7, 8]);
    /// ```
    pub fn holds(&self, element: usize) -> bool {
        (self.start..self.end).contains(&(element / self.stride % self.length))
    }
}

/// Where a row lies on a line, such as a strand of a chromosome.
///
/// Rows of the same line hold the same columns where they overlap, in every edited input: column `c` of a row is column
/// `c + start - other.start` of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowPlace {
    /// The line, a number that means nothing else.
    pub line: usize,
    /// The first column of the row, counted on the line.
    pub start: i64,
}

/// Whether a model evaluates edits, at what cost, and if not, why.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EditPlan {
    /// Whether it does.
    pub supported: bool,
    /// The cost of an edited row over that of a whole one, if it is known: 0.05 is twenty times less.
    pub cost_ratio: Option<f64>,
    /// The operation of the model that decides it, if one does.
    pub node: Option<String>,
    /// Why it does not, or how, in a sentence without full stop; empty if there is nothing to say.
    pub reason: String,
}

impl EditPlan {
    /// It does, at an unknown cost.
    pub fn supported() -> Self {
        Self { supported: true, cost_ratio: None, node: None, reason: String::new() }
    }

    /// It does not.
    pub fn unsupported(reason: impl Into<String>) -> Self {
        Self { supported: false, cost_ratio: None, node: None, reason: reason.into() }
    }
}

setters! {
    EditPlan {
        with_cost_ratio(cost_ratio: Option<f64>),
        with_node(node: Option<String>),
        with_reason(reason: impl Into<String>),
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
