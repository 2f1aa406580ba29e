//! Steps that compute nothing: they pick, join, cut and put together.

use super::frame::{Changes, Edited, Side, Whole};
use super::lines::{Stretch, numbers};
use super::loops::add;
use crate::memory::{cell, clear_rest};
use crate::plan::view::Extent;

/// Whole rows of picked channels.
pub fn pick_whole(channels: &[u32], frame: &Whole<'_>, input: usize, output: usize, out: &mut [f32]) {
    let (side, own) = (frame.side(input), frame.side(output));
    for line in 0..frame.lines.count() {
        let Stretch { positions, cells } = own.stretch(line);
        let from = side.on_line(line, positions).chunks_exact(side.cell);
        let out = out[numbers(&cells, own.cell)].chunks_exact_mut(own.cell);
        from.zip(out).for_each(|(from, out)| pick(channels, from, out));
    }
}

fn pick(channels: &[u32], from: &[f32], out: &mut [f32]) {
    out[channels.len()..].fill(0.0);
    out.iter_mut().zip(channels).for_each(|(out, &channel)| *out = from[channel as usize]);
}

/// What edits change of picked channels.
pub fn pick_change(channels: &[u32], frame: &Edited<'_>, input: usize, out: &mut Changes) {
    let side = frame.side(input);
    let own = cell(channels.len());
    for (edit, span) in out.spans.iter().enumerate() {
        let cells = out.data[span.numbers(own)].chunks_exact_mut(own);
        let changed = side.changed_in(edit, span.range()).chunks_exact(side.cell);
        cells.zip(changed).for_each(|(out, from)| pick(channels, from, out));
    }
}

/// Whole rows of joined channels.
pub fn join_channels_whole(frame: &Whole<'_>, inputs: &[usize], output: usize, out: &mut [f32]) {
    let own = frame.side(output);
    for line in 0..frame.lines.count() {
        let Stretch { positions, cells } = own.stretch(line);
        let out = &mut out[numbers(&cells, own.cell)];
        let mut first = 0;
        for &input in inputs {
            let side = frame.side(input);
            let channels = side.extent.channels;
            let from = side.on_line(line, positions.clone()).chunks_exact(side.cell);
            for (from, out) in from.zip(out.chunks_exact_mut(own.cell)) {
                out[first..first + channels].copy_from_slice(&from[..channels]);
            }
            first += channels;
        }
        clear_rest(out, own.extent.channels);
    }
}

/// What edits change of joined channels.
pub fn join_channels_change(frame: &Edited<'_>, inputs: &[usize], extent: Extent, out: &mut Changes) {
    let own = cell(extent.channels);
    let sides: Vec<Side<'_>> = inputs.iter().map(|&input| frame.side(input)).collect();
    for (edit, span) in out.spans.iter().enumerate() {
        let cells = out.data[span.numbers(own)].chunks_exact_mut(own);
        for (position, out) in span.range().zip(cells) {
            out.fill(0.0);
            let mut first = 0;
            for side in &sides {
                let channels = side.extent.channels;
                if let Some(changed) = side.changed_at(edit, position) {
                    out[first..first + channels].copy_from_slice(&changed[..channels]);
                }
                first += channels;
            }
        }
    }
}

/// Whole rows of joined positions.
pub fn join_positions_whole(frame: &Whole<'_>, inputs: &[usize], output: usize, out: &mut [f32]) {
    let own = frame.side(output);
    for line in 0..frame.lines.count() {
        let Stretch { positions, cells } = own.stretch(line);
        let out = &mut out[numbers(&cells, own.cell)];
        let mut first = 0;
        for &input in inputs {
            let side = frame.side(input);
            let end = first + side.extent.length;
            let shown = first.max(positions.start)..end.min(positions.end);
            if !shown.is_empty() {
                let at = (shown.start - positions.start) * own.cell;
                let from = side.on_line(line, shown.start - first..shown.end - first);
                out[at..at + from.len()].copy_from_slice(from);
            }
            first = end;
        }
    }
}

/// What edits change of joined positions.
pub fn join_positions_change(frame: &Edited<'_>, inputs: &[usize], extent: Extent, out: &mut Changes) {
    let own = cell(extent.channels);
    let sides: Vec<Side<'_>> = inputs.iter().map(|&input| frame.side(input)).collect();
    for (edit, span) in out.spans.iter().enumerate() {
        let cells = &mut out.data[span.numbers(own)];
        cells.fill(0.0);
        let mut first = 0;
        for side in &sides {
            let changed = side.spans[edit].range();
            let shown = (first + changed.start).max(span.start as usize)..(first + changed.end).min(span.range().end);
            if !shown.is_empty() {
                let at = (shown.start - span.start as usize) * own;
                let numbers = side.changed_in(edit, shown.start - first..shown.end - first);
                cells[at..at + numbers.len()].copy_from_slice(numbers);
            }
            first += side.extent.length;
        }
    }
}

/// Where each position of a result comes from.
#[derive(Debug, Clone, Copy)]
pub enum From<'a> {
    /// From so many positions further on; where there is none, a value is filled in.
    Start(isize, f32),
    /// From these.
    Positions(&'a [u32]),
}

impl From<'_> {
    fn position(self, at: usize) -> Option<usize> {
        match self {
            Self::Start(start, _) => usize::try_from(at as isize + start).ok(),
            Self::Positions(positions) => positions.get(at).map(|&position| position as usize),
        }
    }

    fn filling(self) -> f32 {
        match self {
            Self::Start(_, value) => value,
            Self::Positions(_) => 0.0,
        }
    }
}

/// Whole rows of positions from elsewhere.
pub fn moved_whole(from: From<'_>, frame: &Whole<'_>, input: usize, output: usize, out: &mut [f32]) {
    let (side, own) = (frame.side(input), frame.side(output));
    for line in 0..frame.lines.count() {
        let Stretch { positions, cells } = own.stretch(line);
        // Every position of the input that is shown is needed.
        let there = side.stretch(line).positions;
        let out = &mut out[numbers(&cells, own.cell)];
        for (at, cell) in positions.zip(out.chunks_exact_mut(own.cell)) {
            match from.position(at).filter(|position| there.contains(position)) {
                Some(position) => cell.copy_from_slice(side.on_line(line, position..position + 1)),
                None => cell.fill(from.filling()),
            }
        }
        clear_rest(out, own.extent.channels);
    }
}

/// What edits change of positions from elsewhere.
pub fn moved_change(from: From<'_>, frame: &Edited<'_>, input: usize, output: usize, out: &mut Changes) {
    let (side, own) = (frame.side(input), frame.side(output));
    for (edit, (&row, span)) in frame.rows.iter().zip(&out.spans).enumerate() {
        for (at, cell_at) in span.range().zip(span.cells()) {
            let cell = &mut out.data[cell_at * own.cell..(cell_at + 1) * own.cell];
            if own.is_new {
                cell.copy_from_slice(own.reference(row as usize, at..at + 1));
            } else {
                cell.fill(0.0);
            }
            let position = from.position(at);
            if let Some(changed) = position.and_then(|position| side.changed_at(edit, position)) {
                add(cell, changed);
            }
        }
    }
}

/// Whole rows, each put together to one cell.
pub fn stitch_whole(
    position: usize,
    channels: &[u32],
    frame: &Whole<'_>,
    input: usize,
    extent: Extent,
    out: &mut [f32],
) {
    let side = frame.side(input);
    let own = cell(extent.channels);
    for (row, out) in out.chunks_exact_mut(own).take(frame.lines.count()).enumerate() {
        out[extent.channels..].fill(0.0);
        let cells = side.reference(row, 0..side.extent.length).chunks_exact(side.cell);
        for (at, cell) in cells.enumerate() {
            for (&place, number) in channels.iter().zip(cell) {
                out[at * position + place as usize] = *number;
            }
        }
    }
}

/// What edits change of rows that are put together.
pub fn stitch_change(
    position: usize,
    channels: &[u32],
    frame: &Edited<'_>,
    input: usize,
    output: usize,
    out: &mut Changes,
) {
    let (side, own) = (frame.side(input), frame.side(output));
    for (edit, (&row, out)) in frame.rows.iter().zip(out.data.chunks_exact_mut(own.cell)).enumerate() {
        out.copy_from_slice(own.reference(row as usize, 0..1));
        let cells = side.changed(edit).chunks_exact(side.cell);
        for (at, cell) in side.spans[edit].range().zip(cells) {
            for (&place, &number) in channels.iter().zip(cell) {
                let out = &mut out[at * position + place as usize];
                *out = if side.is_new { number } else { *out + number };
            }
        }
    }
}
