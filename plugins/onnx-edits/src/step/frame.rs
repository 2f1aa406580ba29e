//! What steps see: whole rows, and what edits change of them.

use std::ops::Range;

use super::lines::{Lines, Stretch, numbers};
use super::loops::add;
use crate::instructions::Instructions;
use crate::memory::{Buffer, cell};
use crate::plan::cone::Cone;
use crate::plan::view::Extent;
use crate::product::Packed;

/// The positions that an edit changes in a tensor, and where their cells are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// The first position.
    pub start: u32,
    /// How many.
    pub width: u32,
    /// The first cell.
    pub offset: u32,
}

impl Span {
    /// The positions.
    pub fn range(self) -> Range<usize> {
        self.start as usize..(self.start + self.width) as usize
    }

    /// The cells.
    pub fn cells(self) -> Range<usize> {
        self.offset as usize..(self.offset + self.width) as usize
    }

    /// The numbers of the cells, `cell` in each.
    pub fn numbers(self, cell: usize) -> Range<usize> {
        numbers(&self.cells(), cell)
    }
}

/// What edits change in a tensor: for each, new values or differences.
#[derive(Debug, Default)]
pub struct Changes {
    /// Where, edit by edit.
    pub spans: Vec<Span>,
    /// The cells.
    pub data: Buffer,
}

/// The rows of a tensor and what edits change of them.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// How much there is of a row.
    pub extent: Extent,
    /// The numbers of a cell.
    pub cell: usize,
    /// The positions that are needed of a row.
    pub needed: &'a Range<usize>,
    /// Where rows lie.
    pub lines: &'a Lines,
    /// The cells of all rows at these positions, if they are kept.
    pub table: &'a [f32],
    /// Where edits change it.
    pub spans: &'a [Span],
    /// What they change.
    pub data: &'a [f32],
    /// Whether these are new values.
    pub is_new: bool,
}

impl<'a> Side<'a> {
    /// The cells of a row at these positions, which must be needed.
    pub fn reference(&self, row: usize, positions: Range<usize>) -> &'a [f32] {
        self.cells(self.table, self.lines.first(row, self.needed.len()), self.needed.start, positions)
    }

    /// What is needed of a line.
    pub fn stretch(&self, line: usize) -> Stretch {
        self.lines.stretch(line, self.needed)
    }

    /// What is needed of all lines.
    pub fn stretches(&self) -> Vec<Span> {
        let span = |Stretch { positions, cells }: Stretch| Span {
            start: positions.start as u32,
            width: positions.len() as u32,
            offset: cells.start as u32,
        };
        (0..self.lines.count()).map(|line| span(self.stretch(line))).collect()
    }

    /// The cells of a line at these positions of it, which must be needed.
    pub fn on_line(&self, line: usize, positions: Range<usize>) -> &'a [f32] {
        let stretch = self.stretch(line);
        self.cells(self.table, stretch.cells.start, stretch.positions.start, positions)
    }

    /// The cells that an edit changes.
    pub fn changed(&self, edit: usize) -> &'a [f32] {
        &self.data[self.spans[edit].numbers(self.cell)]
    }

    /// Those of the cells that an edit changes at these positions, which must be among those that it changes.
    pub fn changed_in(&self, edit: usize, positions: Range<usize>) -> &'a [f32] {
        let span = self.spans[edit];
        self.cells(self.data, span.offset as usize, span.start as usize, positions)
    }

    /// The cells of a list at these positions, if `first` is that of the position `start`.
    fn cells(&self, cells: &'a [f32], first: usize, start: usize, positions: Range<usize>) -> &'a [f32] {
        if positions.is_empty() {
            return &[];
        }
        let from = first + positions.start - start;
        &cells[from * self.cell..(from + positions.len()) * self.cell]
    }

    /// The cell that an edit changes at a position; `None` if it does not.
    pub fn changed_at(&self, edit: usize, position: usize) -> Option<&'a [f32]> {
        let span = self.spans[edit];
        let at = position.checked_sub(span.start as usize).filter(|&at| at < span.width as usize)?;
        Some(&self.data[(span.offset as usize + at) * self.cell..][..self.cell])
    }

    /// Writes the values behind an edit at a position.
    pub fn value(&self, edit: usize, row: usize, position: usize, out: &mut [f32]) {
        match self.changed_at(edit, position) {
            Some(new) if self.is_new => out.copy_from_slice(new),
            changed => {
                out.copy_from_slice(self.reference(row, position..position + 1));
                if let Some(changed) = changed {
                    add(out, changed);
                }
            }
        }
    }
}

/// Whole rows: what steps read and how.
#[derive(Debug, Clone, Copy)]
pub struct Whole<'a> {
    /// Where rows lie.
    pub lines: &'a Lines,
    /// The extents of tensors.
    pub tensors: &'a [Extent],
    /// The positions that are needed.
    pub cone: &'a Cone,
    /// The cells of all rows at these, tensor by tensor.
    pub tables: &'a [Buffer],
    /// How loops run.
    pub instructions: Instructions,
}

impl<'a> Whole<'a> {
    /// The rows of a tensor.
    pub fn side(&self, tensor: usize) -> Side<'a> {
        let extent = self.tensors[tensor];
        let (table, cell) = (&*self.tables[tensor], cell(extent.channels));
        let (needed, lines) = (self.cone.of(tensor), self.lines);
        Side { extent, cell, needed, lines, table, spans: &[], data: &[], is_new: false }
    }
}

/// Edits: what steps read and how.
#[derive(Debug, Clone, Copy)]
pub struct Edited<'a> {
    /// The row of each edit.
    pub rows: &'a [u32],
    /// What is known of whole rows.
    pub whole: Whole<'a>,
    /// What edits change, tensor by tensor.
    pub changes: &'a [Changes],
    /// Whether these are new values, tensor by tensor.
    pub is_new: &'a [bool],
}

impl<'a> Edited<'a> {
    /// A tensor.
    pub fn side(&self, tensor: usize) -> Side<'a> {
        let changes = &self.changes[tensor];
        let (spans, data, is_new) = (changes.spans.as_slice(), &*changes.data, self.is_new[tensor]);
        Side { spans, data, is_new, ..self.whole.side(tensor) }
    }
}

/// Memory that steps use again.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Packed rows of products.
    pub packed: Packed,
    /// Rows of products, by what they read of the weights.
    pub lists: super::lists::Lists,
    /// Sums of few outputs.
    pub sums: Buffer,
    /// Those of one output at all positions.
    pub lines: Vec<f32>,
    /// Cells.
    pub cells: [Vec<f32>; 3],
}
