//! Convolutions, and products with a matrix at every position.

use super::few::FewOutputs;
use super::frame::{Changes, Edited, Scratch, Side, Span, Whole};
use super::weights::{Scales, Unusable, Weights, packed, read_channels};
use crate::instructions::Instructions;
use crate::memory::cell;
use crate::plan::view::Extent;
use crate::plan::weight::{Matrix, Scaling};
use crate::plan::window::Window;
use crate::product::{COLUMNS, Panels, Rows, Source, Start, Target, Windows, multiply, multiply_windows};

/// A convolution with its weights.
#[derive(Debug)]
pub struct Convolution {
    window: Window,
    /// The weights of each group.
    groups: Vec<Panels>,
    /// The channels that a group reads, and the outputs that it gives.
    of_group: (usize, usize),
    bias: Vec<f32>,
    /// How it is computed if it has few outputs.
    few: Option<FewOutputs>,
    /// Whether cells of many windows are turned: where few outputs are computed of each, packing them for every tap would
    /// cost as much as the product.
    turns: bool,
}

/// From so many windows on cells are turned, for so many outputs at most.
const WIDE: usize = 64;
const MOST_TURNED: usize = 2 * COLUMNS;

/// What the sums of a convolution begin with.
#[derive(Clone, Copy)]
enum Begin<'a> {
    Zero,
    Bias,
    Reference(Side<'a>, &'a [u32]),
}

impl Convolution {
    /// Packs the weights.
    ///
    /// # Errors
    /// Weights that cannot be used.
    pub fn load(
        window: Window,
        groups: usize,
        matrix: &Matrix,
        scalings: &[Scaling],
        weights: &dyn Weights,
        threads: usize,
    ) -> Result<Self, Unusable> {
        let extent = Extent { length: window.output, channels: matrix.outputs };
        let affine = Scales::of(scalings, extent, weights)?;
        let outputs = matrix.outputs / groups;
        let few = if groups == 1 { FewOutputs::load(&window, matrix, &affine.scale, weights)? } else { None };
        let own = |group: usize| packed(matrix, group, outputs, &affine.scale, weights, threads);
        let groups = if few.is_some() { vec![] } else { (0..groups).map(own).collect::<Result<Vec<Panels>, _>>()? };
        let of_group = (matrix.channels.len(), outputs);
        let turns = groups.len() == 1 && window.stride == 1 && window.taps > 1 && outputs <= MOST_TURNED;
        Ok(Self { window, groups, of_group, bias: affine.shift_cell(), few, turns })
    }

    /// Whole rows.
    pub fn whole(&self, frame: &Whole<'_>, input: usize, output: usize, out: &mut [f32], scratch: &mut Scratch) {
        let side = frame.side(input);
        let (own, windows) = (side.stretches(), frame.side(output).stretches());
        self.sums(frame, &own, side.table, side.cell, &windows, out, Begin::Bias, scratch);
    }

    /// What edits change.
    pub fn change(&self, frame: &Edited<'_>, input: usize, output: usize, out: &mut Changes, scratch: &mut Scratch) {
        let side = frame.side(input);
        let begin = match (side.is_new, frame.is_new[output]) {
            (true, _) => Begin::Bias,
            (false, true) => Begin::Reference(frame.side(output), frame.rows),
            (false, false) => Begin::Zero,
        };
        let Changes { spans, data } = out;
        self.sums(&frame.whole, side.spans, side.data, side.cell, spans, data, begin, scratch);
    }

    /// The sums of many windows over one stretch.
    #[allow(clippy::too_many_arguments, reason = "it is the inner part of a loop")]
    fn wide_sums(
        &self,
        instructions: Instructions,
        span: &Span,
        data: &[f32],
        from_cell: usize,
        own: &Span,
        out: &mut [f32],
        start: Start<'_>,
        scratch: &mut Scratch,
    ) {
        let windows = Windows {
            cells: span.cells(),
            start: own.start as isize - self.window.before as isize - span.start as isize,
            count: own.width as usize,
            taps: self.window.taps,
            spacing: self.window.dilation,
            channels: read_channels(self.of_group.0),
            to: own.offset as usize,
        };
        let source = Source { data, cell: from_cell, channel: 0 };
        let to_cell = cell(self.bias.len());
        let mut target = Target { data: out, cell: to_cell, column: 0, columns: to_cell };
        for weights in &self.groups {
            let turned = &mut scratch.packed.turned;
            multiply_windows(instructions, turned, &windows, source, weights, &mut target, start);
        }
    }

    #[allow(clippy::too_many_arguments, reason = "rows and edits are told in the same way")]
    fn sums(
        &self,
        frame: &Whole<'_>,
        spans: &[Span],
        data: &[f32],
        from_cell: usize,
        windows: &[Span],
        out: &mut [f32],
        begin: Begin<'_>,
        scratch: &mut Scratch,
    ) {
        let to_cell = cell(self.bias.len());
        let end = windows.last().map_or(0, |span| span.cells().end);
        let parts = self.groups.len() > 1 || self.few.is_some();
        // What is put together of parts is begun in the result, where each adds its own.
        let start = match begin {
            Begin::Zero if !parts => Start::Zero,
            Begin::Bias if !parts => Start::Cell(&self.bias),
            _ => Start::Target,
        };
        match begin {
            _ if !matches!(start, Start::Target) => {}
            Begin::Zero => out[..end * to_cell].fill(0.0),
            Begin::Bias => {
                out[..end * to_cell].chunks_exact_mut(to_cell).for_each(|cell| cell.copy_from_slice(&self.bias))
            }
            Begin::Reference(side, rows) => {
                for (&row, span) in rows.iter().zip(windows) {
                    let reference = side.reference(row as usize, span.range());
                    out[span.numbers(to_cell)].copy_from_slice(reference);
                }
            }
        }
        if let Some(few) = &self.few {
            return few.add(frame.instructions, &self.window, spans, data, from_cell, windows, out, scratch);
        }
        let is_wide = |own: &Span| self.turns && own.width as usize >= WIDE;
        for (span, own) in spans.iter().zip(windows).filter(|(_, own)| is_wide(own)) {
            self.wide_sums(frame.instructions, span, data, from_cell, own, out, start, scratch);
        }
        let windows: Vec<Span> =
            windows.iter().map(|own| if is_wide(own) { Span { width: 0, ..*own } } else { *own }).collect();
        scratch.lists.of_windows(&self.window, spans, &windows);
        for &at in &scratch.lists.untouched {
            let cell = &mut out[at as usize * to_cell..][..to_cell];
            match start {
                Start::Zero => cell.fill(0.0),
                Start::Cell(bias) => cell.copy_from_slice(bias),
                Start::Target => {}
            }
        }
        let (inputs, outputs) = self.of_group;
        let channels = read_channels(inputs);
        for list in scratch.lists.used() {
            let rows = Rows {
                from: &list.from,
                to: &list.to,
                taps: list.taps,
                spacing: self.window.dilation,
                channels,
                first: list.first * channels,
            };
            for (group, weights) in self.groups.iter().enumerate() {
                let source = Source { data, cell: from_cell, channel: group * inputs };
                let (column, columns) = if parts { (group * outputs, outputs) } else { (0, to_cell) };
                let mut target = Target { data: out, cell: to_cell, column, columns };
                multiply(frame.instructions, &mut scratch.packed, &rows, source, weights, &mut target, start);
            }
        }
    }
}
