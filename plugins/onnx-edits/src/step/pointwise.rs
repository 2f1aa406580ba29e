//! Steps that work position by position: functions, known numbers, and arithmetic of two tensors.

use super::along;
use super::frame::{Changes, Edited, Scratch, Side, Span, Whole};
use super::lines::{Stretch, numbers};
use super::loops::subtract;
use super::weights::{self, Unusable, Weights};
use crate::function::Function;
use crate::instructions::{Instructions, wide};
use crate::memory::{Buffer, clear_rest};
use crate::plan::step::Along;
use crate::plan::view::Extent;
use crate::plan::weight::Scaling;

/// A function of the cell of a position.
#[derive(Debug)]
pub enum CellFunction<'a> {
    /// Of single elements.
    Elements(Function),
    /// Of the channels.
    Channels(&'a Along),
}

impl CellFunction<'_> {
    fn apply(&self, instructions: Instructions, from: &[f32], out: &mut [f32]) {
        match self {
            Self::Elements(function) => {
                out.copy_from_slice(from);
                function.apply(instructions, out);
            }
            Self::Channels(along) => along::apply(along, from, out),
        }
    }

    /// Whole rows.
    pub fn whole(&self, frame: &Whole<'_>, input: usize, output: usize, out: &mut [f32]) {
        let (side, own) = (frame.side(input), frame.side(output));
        for line in 0..frame.lines.count() {
            let Stretch { positions, cells } = own.stretch(line);
            let (from, out) = (side.on_line(line, positions), &mut out[numbers(&cells, own.cell)]);
            match self {
                Self::Elements(_) => self.apply(frame.instructions, from, out),
                Self::Channels(_) => {
                    let pairs = from.chunks_exact(side.cell).zip(out.chunks_exact_mut(own.cell));
                    pairs.for_each(|(from, out)| self.apply(frame.instructions, from, out));
                }
            }
            clear_rest(out, own.extent.channels);
        }
    }

    /// What edits change; cells at either end that stay as they were are left out.
    pub fn change(&self, frame: &Edited<'_>, input: usize, output: usize, out: &mut Changes, scratch: &mut Scratch) {
        let (side, own) = (frame.side(input), frame.side(output));
        for (edit, &row) in frame.rows.iter().enumerate() {
            let span = out.spans[edit];
            let cells = &mut out.data[span.numbers(own.cell)];
            match self {
                Self::Elements(function) if !own.is_new && !side.is_new => {
                    let (reference, changed) =
                        (side.reference(row as usize, span.range()), side.changed_in(edit, span.range()));
                    function.change(frame.whole.instructions, reference, changed, cells);
                }
                _ => self.cells(frame, &side, &own, edit, row as usize, span, cells, scratch),
            }
            clear_rest(cells, own.extent.channels);
            if !own.is_new {
                let is_still =
                    |at: u32| cells[at as usize * own.cell..][..own.cell].iter().all(|&number| number == 0.0);
                let span = &mut out.spans[edit];
                let mut first = 0;
                while span.width > 0 && is_still(first + span.width - 1) {
                    span.width -= 1;
                }
                while span.width > 0 && is_still(first) {
                    (first, span.width) = (first + 1, span.width - 1);
                }
                (span.start, span.offset) = (span.start + first, span.offset + first);
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "it is the inner part of a loop")]
    fn cells(
        &self,
        frame: &Edited<'_>,
        side: &Side<'_>,
        own: &Side<'_>,
        edit: usize,
        row: usize,
        span: Span,
        cells: &mut [f32],
        scratch: &mut Scratch,
    ) {
        let [value, before, _] = &mut scratch.cells;
        value.resize(side.cell, 0.0);
        before.resize(own.cell, 0.0);
        for (position, cell) in span.range().zip(cells.chunks_exact_mut(own.cell)) {
            side.value(edit, row, position, value);
            self.apply(frame.whole.instructions, value, cell);
            if !own.is_new {
                self.apply(frame.whole.instructions, side.reference(row, position..position + 1), before);
                subtract(cell, before);
            }
        }
    }
}

/// Known numbers by which elements are multiplied, and which are added.
#[derive(Debug)]
pub struct Affine {
    scale: Buffer,
    shift: Buffer,
    positions: usize,
}

#[inline(always)]
fn scaled(out: &mut [f32], numbers: &[f32], scale: &[f32]) {
    for ((out, number), scale) in out.iter_mut().zip(numbers).zip(scale) {
        *out = number * scale;
    }
}

#[inline(always)]
fn scaled_and_shifted(out: &mut [f32], numbers: &[f32], scale: &[f32], shift: &[f32]) {
    for (((out, &number), &scale), &shift) in out.iter_mut().zip(numbers).zip(scale).zip(shift) {
        *out = number.mul_add(scale, shift);
    }
}

impl Affine {
    /// Puts all numbers together.
    ///
    /// # Errors
    /// Weights that cannot be used.
    pub fn load(scalings: &[Scaling], extent: Extent, weights: &dyn Weights) -> Result<Self, Unusable> {
        let affine = weights::Scales::of(scalings, extent, weights)?;
        let (scale, shift) = (affine.cells(&affine.scale), affine.cells(&affine.shift));
        Ok(Self { scale, shift, positions: affine.positions })
    }

    fn of<'a>(&self, numbers: &'a Buffer, position: usize, cell: usize) -> &'a [f32] {
        &numbers[if self.positions == 1 { 0 } else { position } * cell..][..cell]
    }

    fn new_value(&self, instructions: Instructions, position: usize, from: &[f32], out: &mut [f32]) {
        let (scale, shift) = (self.of(&self.scale, position, out.len()), self.of(&self.shift, position, out.len()));
        wide!(instructions, scaled_and_shifted(out, from, scale, shift));
    }

    /// Whole rows.
    pub fn whole(&self, frame: &Whole<'_>, input: usize, output: usize, out: &mut [f32]) {
        let (side, own) = (frame.side(input), frame.side(output));
        for line in 0..frame.lines.count() {
            let Stretch { positions, cells } = own.stretch(line);
            let from = side.on_line(line, positions.clone()).chunks_exact(side.cell);
            let out = out[numbers(&cells, own.cell)].chunks_exact_mut(own.cell);
            for ((position, from), out) in positions.zip(from).zip(out) {
                self.new_value(frame.instructions, position, from, out);
            }
        }
    }

    /// What edits change.
    pub fn change(&self, frame: &Edited<'_>, input: usize, out: &mut Changes) {
        let side = frame.side(input);
        let instructions = frame.whole.instructions;
        for (edit, span) in out.spans.iter().enumerate() {
            let own = &mut out.data[span.numbers(side.cell)];
            let from = side.changed_in(edit, span.range()).chunks_exact(side.cell);
            for ((position, from), out) in span.range().zip(from).zip(own.chunks_exact_mut(side.cell)) {
                if side.is_new {
                    self.new_value(instructions, position, from, out);
                } else {
                    wide!(instructions, scaled(out, from, self.of(&self.scale, position, side.cell)));
                }
            }
        }
    }
}

/// How two tensors are combined.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pair {
    /// The first plus the second times this.
    Sum(f32),
    /// The product.
    Product,
    /// The quotient.
    Quotient,
}

impl Pair {
    fn of(self, out: &mut [f32], a: &[f32], b: &[f32]) {
        for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
            *out = match self {
                Self::Sum(factor) => a + factor * b,
                Self::Product => a * b,
                Self::Quotient => a / b,
            };
        }
    }

    /// Whole rows.
    pub fn whole(self, frame: &Whole<'_>, inputs: [usize; 2], output: usize, out: &mut [f32]) {
        let ([a, b], own) = (inputs.map(|input| frame.side(input)), frame.side(output));
        for line in 0..frame.lines.count() {
            let Stretch { positions, cells } = own.stretch(line);
            let out = &mut out[numbers(&cells, own.cell)];
            self.of(out, a.on_line(line, positions.clone()), b.on_line(line, positions));
            clear_rest(out, own.extent.channels);
        }
    }

    /// What edits change.
    pub fn change(
        self,
        frame: &Edited<'_>,
        inputs: [usize; 2],
        output: usize,
        out: &mut Changes,
        scratch: &mut Scratch,
    ) {
        let ([a, b], own) = (inputs.map(|input| frame.side(input)), frame.side(output));
        for (edit, (&row, &span)) in frame.rows.iter().zip(&out.spans).enumerate() {
            let cells = &mut out.data[span.numbers(own.cell)];
            for (position, cell) in span.range().zip(cells.chunks_exact_mut(own.cell)) {
                match self {
                    Self::Sum(factor) => {
                        match a.changed_at(edit, position) {
                            Some(changed) => cell.copy_from_slice(changed),
                            None => cell.fill(0.0),
                        }
                        if let Some(changed) = b.changed_at(edit, position) {
                            cell.iter_mut().zip(changed).for_each(|(out, changed)| *out += factor * changed);
                        }
                    }
                    Self::Product | Self::Quotient => {
                        let [left, right, before] = &mut scratch.cells;
                        for cell in [&mut *left, &mut *right, &mut *before] {
                            cell.resize(own.cell, 0.0);
                        }
                        a.value(edit, row as usize, position, left);
                        b.value(edit, row as usize, position, right);
                        self.of(cell, left, right);
                        if !own.is_new {
                            let at = position..position + 1;
                            self.of(before, a.reference(row as usize, at.clone()), b.reference(row as usize, at));
                            subtract(cell, before);
                        }
                    }
                }
            }
            clear_rest(cells, own.extent.channels);
        }
    }
}
