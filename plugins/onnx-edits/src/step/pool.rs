//! Pools over windows.

use super::frame::{Changes, Edited, Side, Whole};
use super::lines::{Stretch, numbers};
use super::loops::{add, largest, largest_sum, subtract};
use crate::instructions::wide;
use crate::plan::window::Window;

/// The largest or the mean of whole windows.
pub fn whole(
    window: &Window,
    divisors: Option<&[f32]>,
    frame: &Whole<'_>,
    input: usize,
    output: usize,
    out: &mut [f32],
) {
    let (side, own) = (frame.side(input), frame.side(output));
    for line in 0..frame.lines.count() {
        let Stretch { positions, cells } = own.stretch(line);
        let there = side.stretch(line).positions;
        let cells = out[numbers(&cells, own.cell)].chunks_exact_mut(own.cell);
        for (at, cell) in positions.zip(cells) {
            cell.fill(if divisors.is_none() { f32::NEG_INFINITY } else { 0.0 });
            for tap in window.taps_in(at, &there) {
                let position = window.position(at, tap);
                let numbers = side.on_line(line, position..position + 1);
                match divisors {
                    None => wide!(frame.instructions, largest(cell, numbers)),
                    Some(_) => wide!(frame.instructions, add(cell, numbers)),
                }
            }
            if let Some(divisors) = divisors {
                cell.iter_mut().for_each(|number| *number /= divisors[at]);
            }
        }
    }
}

/// What edits change of the largest or the mean of windows.
pub fn change(
    window: &Window,
    divisors: Option<&[f32]>,
    frame: &Edited<'_>,
    input: usize,
    output: usize,
    out: &mut Changes,
) {
    let (side, own) = (frame.side(input), frame.side(output));
    for (edit, (&row, &span)) in frame.rows.iter().zip(&out.spans).enumerate() {
        for (at, cell_at) in span.range().zip(span.cells()) {
            let cell = &mut out.data[cell_at * side.cell..(cell_at + 1) * side.cell];
            let reference = || own.reference(row as usize, at..at + 1);
            match divisors {
                None => {
                    take_largest(window, frame, &side, edit, row as usize, at, cell);
                    if !own.is_new {
                        subtract(cell, reference());
                    }
                }
                Some(divisors) => {
                    cell.fill(0.0);
                    for tap in window.taps_inside(at) {
                        if let Some(changed) = side.changed_at(edit, window.position(at, tap)) {
                            wide!(frame.whole.instructions, add(cell, changed));
                        }
                    }
                    cell.iter_mut().for_each(|number| *number /= divisors[at]);
                    if own.is_new && !side.is_new {
                        add(cell, reference());
                    }
                }
            }
        }
    }
}

fn take_largest(
    window: &Window,
    frame: &Edited<'_>,
    side: &Side<'_>,
    edit: usize,
    row: usize,
    at: usize,
    cell: &mut [f32],
) {
    let instructions = frame.whole.instructions;
    cell.fill(f32::NEG_INFINITY);
    for tap in window.taps_inside(at) {
        let position = window.position(at, tap);
        match side.changed_at(edit, position) {
            Some(new) if side.is_new => wide!(instructions, largest(cell, new)),
            changed => {
                let reference = side.reference(row, position..position + 1);
                match changed {
                    Some(changed) => wide!(instructions, largest_sum(cell, reference, changed)),
                    None => wide!(instructions, largest(cell, reference)),
                }
            }
        }
    }
}
