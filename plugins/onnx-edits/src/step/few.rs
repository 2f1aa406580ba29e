//! Convolutions to few outputs, as the heads of profiles are: a product of every position with all taps of all outputs at
//! once, whose results are then added where they belong.

use super::frame::{Scratch, Span};
use super::loops::add;
use super::weights::{Unusable, Weights, numbers, read_channels};
use crate::instructions::{Instructions, wide};
use crate::memory::cell;
use crate::plan::weight::Matrix;
use crate::plan::window::Window;
use crate::product::{Panels, Rows, Source, Start, Target, multiply};

/// Products compute so many columns at a time.
const COLUMNS: usize = 16;

/// The weights of a convolution to few outputs.
#[derive(Debug)]
pub struct FewOutputs {
    outputs: usize,
    /// Columns: output by output, the taps from the last to the first.
    weights: Panels,
}

impl FewOutputs {
    /// The weights, if this is the faster way.
    ///
    /// # Errors
    /// Weights that cannot be used.
    pub fn load(
        window: &Window,
        matrix: &Matrix,
        scale: &[f64],
        weights: &dyn Weights,
    ) -> Result<Option<Self>, Unusable> {
        let (taps, outputs) = (matrix.taps.len(), matrix.outputs);
        let together = (taps * outputs).next_multiple_of(COLUMNS);
        let apart = outputs.next_multiple_of(COLUMNS) * taps;
        if window.stride != 1 || window.dilation != 1 || window.output < 2 || together * 4 > apart * 3 {
            return Ok(None);
        }
        let all = numbers(weights, &matrix.name)?;
        let weight = |channel: usize, column: usize| {
            let (output, tap) = (column / taps, taps - 1 - column % taps);
            let at = matrix.channels.get(channel).map(|place| matrix.output * output + place + matrix.taps[tap]);
            let number = at.and_then(|at| all.get(at)).copied().unwrap_or(0.0);
            if scale[output] == 1.0 { number } else { (f64::from(number) * scale[output]) as f32 }
        };
        let weights = Panels::new(read_channels(matrix.channels.len()), taps * outputs, weight);
        Ok(Some(Self { outputs, weights }))
    }

    /// Adds to the windows `out` what the stretches `spans` give.
    #[allow(clippy::too_many_arguments, reason = "rows and edits are told in the same way")]
    pub fn add(
        &self,
        instructions: Instructions,
        window: &Window,
        spans: &[Span],
        data: &[f32],
        from_cell: usize,
        windows: &[Span],
        out: &mut [f32],
        scratch: &mut Scratch,
    ) {
        let to_cell = cell(self.outputs);
        let width = cell(self.outputs * window.taps);
        for (span, own) in spans.iter().zip(windows) {
            if span.width == 0 || own.width == 0 {
                continue;
            }
            let from: Vec<u32> = (span.offset..span.offset + span.width).collect();
            let to: Vec<u32> = (0..span.width).collect();
            scratch.sums.reserve(to.len() * width);
            let channels = self.weights.panel(0).len();
            let rows = Rows { from: &from, to: &to, taps: 1, spacing: 1, channels, first: 0 };
            let source = Source { data, cell: from_cell, channel: 0 };
            let mut target = Target { data: &mut scratch.sums, cell: width, column: 0, columns: width };
            multiply(instructions, &mut scratch.packed, &rows, source, &self.weights, &mut target, Start::Zero);
            // Each output along the windows; those before and behind are left out afterwards.
            let margin = window.taps - 1;
            let line = span.width as usize + margin;
            scratch.lines.clear();
            scratch.lines.resize(self.outputs * line, 0.0);
            wide!(instructions, spread(&scratch.sums, width, window.taps, &mut scratch.lines, line));
            for (at, window_at) in own.range().enumerate() {
                // Window `o` is at `o + margin - (start + before)` of a line whose first place is the first that the first
                // position reaches.
                let Some(place) = (window_at + margin).checked_sub(span.start as usize + window.before) else {
                    continue;
                };
                if place >= line {
                    continue;
                }
                let cell = &mut out[(own.offset as usize + at) * to_cell..][..self.outputs];
                for (output, number) in cell.iter_mut().enumerate() {
                    *number += scratch.lines[output * line + place];
                }
            }
        }
    }
}

/// Adds the sums of all positions, output by output, to where their taps belong.
#[inline(always)]
fn spread(sums: &[f32], width: usize, taps: usize, lines: &mut [f32], line: usize) {
    for (output, own) in lines.chunks_exact_mut(line).enumerate() {
        for (position, sums) in sums.chunks_exact(width).take(line + 1 - taps).enumerate() {
            let parts = &sums[output * taps..(output + 1) * taps];
            add(&mut own[position..position + taps], parts);
        }
    }
}
