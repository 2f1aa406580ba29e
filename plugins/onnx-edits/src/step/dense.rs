//! Products of all positions with a matrix: one product per position, of all rows or edits that change it.

use super::frame::{Changes, Edited, Scratch, Span, Whole};
use super::weights::{Scales, Unusable, Weights, packed, read_channels};
use crate::instructions::Instructions;
use crate::memory::cell;
use crate::plan::view::Extent;
use crate::plan::weight::{Matrix, Scaling};
use crate::product::{Panels, Rows, Source, Start, Target, multiply};

/// A product of all positions with its weights.
#[derive(Debug)]
pub struct Dense {
    weights: Panels,
    channels: usize,
    positions: usize,
    bias: Vec<f32>,
}

impl Dense {
    /// Packs the weights.
    ///
    /// # Errors
    /// Weights that cannot be used.
    pub fn load(
        matrix: &Matrix,
        scalings: &[Scaling],
        weights: &dyn Weights,
        threads: usize,
    ) -> Result<Self, Unusable> {
        let affine = Scales::of(scalings, Extent { length: 1, channels: matrix.outputs }, weights)?;
        let panels = packed(matrix, 0, matrix.outputs, &affine.scale, weights, threads)?;
        let channels = read_channels(matrix.channels.len());
        Ok(Self { weights: panels, channels, positions: matrix.taps.len(), bias: affine.shift_cell() })
    }

    /// Whole rows.
    pub fn whole(&self, frame: &Whole<'_>, input: usize, out: &mut [f32], scratch: &mut Scratch) {
        let side = frame.side(input);
        let to_cell = cell(self.bias.len());
        let cells = out.chunks_exact_mut(to_cell).take(frame.lines.count());
        cells.for_each(|cell| cell.copy_from_slice(&self.bias));
        self.add(frame.instructions, &side.stretches(), side.table, side.cell, out, scratch);
    }

    /// What edits change.
    pub fn change(&self, frame: &Edited<'_>, input: usize, output: usize, out: &mut Changes, scratch: &mut Scratch) {
        let (side, own) = (frame.side(input), frame.side(output));
        for (&row, cell) in frame.rows.iter().zip(out.data.chunks_exact_mut(own.cell)) {
            cell.copy_from_slice(own.reference(row as usize, 0..1));
        }
        self.add(frame.whole.instructions, side.spans, side.data, side.cell, &mut out.data, scratch);
    }

    /// Adds to a cell for every stretch what its positions give, the first first.
    fn add(
        &self,
        instructions: Instructions,
        spans: &[Span],
        data: &[f32],
        from_cell: usize,
        out: &mut [f32],
        scratch: &mut Scratch,
    ) {
        scratch.lists.of_positions(self.positions, spans);
        let to_cell = cell(self.bias.len());
        for list in scratch.lists.used() {
            let first = list.first * self.channels;
            let rows = Rows { from: &list.from, to: &list.to, taps: 1, spacing: 1, channels: self.channels, first };
            let source = Source { data, cell: from_cell, channel: 0 };
            let mut target = Target { data: out, cell: to_cell, column: 0, columns: to_cell };
            multiply(instructions, &mut scratch.packed, &rows, source, &self.weights, &mut target, Start::Target);
        }
    }
}
