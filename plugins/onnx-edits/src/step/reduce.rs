//! What all positions give together.

use super::frame::{Changes, Edited, Whole};
use super::loops::{add, largest, largest_sum};
use crate::instructions::wide;
use crate::memory::Buffer;
use crate::plan::step::Reduction;

/// Whole rows. Of the largest, `running` takes those of all positions before each and of all from each on.
pub fn whole(reduction: Reduction, frame: &Whole<'_>, input: usize, out: &mut [f32], running: &mut Buffer) {
    let side = frame.side(input);
    let (length, cell) = (side.extent.length, side.cell);
    if reduction == Reduction::Max {
        running.reserve(frame.lines.count() * 2 * (length + 1) * cell);
    }
    for (row, out) in out.chunks_exact_mut(cell).take(frame.lines.count()).enumerate() {
        let cells = side.reference(row, 0..length).chunks_exact(cell);
        match reduction {
            Reduction::Max => {
                let both = &mut running[row * 2 * (length + 1) * cell..][..2 * (length + 1) * cell];
                let (before, behind) = both.split_at_mut((length + 1) * cell);
                out.fill(f32::NEG_INFINITY);
                before[..cell].copy_from_slice(out);
                for (at, numbers) in cells.clone().enumerate() {
                    wide!(frame.instructions, largest(out, numbers));
                    before[(at + 1) * cell..][..cell].copy_from_slice(out);
                }
                out.fill(f32::NEG_INFINITY);
                behind[length * cell..].copy_from_slice(out);
                for (at, numbers) in cells.enumerate().rev() {
                    wide!(frame.instructions, largest(out, numbers));
                    behind[at * cell..][..cell].copy_from_slice(out);
                }
            }
            Reduction::Sum | Reduction::Mean => {
                out.fill(0.0);
                cells.for_each(|numbers| wide!(frame.instructions, add(out, numbers)));
                if reduction == Reduction::Mean {
                    out.iter_mut().for_each(|number| *number /= length as f32);
                }
            }
        }
    }
}

/// What edits change.
pub fn change(
    reduction: Reduction,
    frame: &Edited<'_>,
    input: usize,
    output: usize,
    out: &mut Changes,
    running: &Buffer,
) {
    let (side, own) = (frame.side(input), frame.side(output));
    let (length, cell) = (side.extent.length, side.cell);
    for (edit, (&row, out)) in frame.rows.iter().zip(out.data.chunks_exact_mut(cell)).enumerate() {
        let row = row as usize;
        let span = side.spans[edit];
        if span.width == 0 {
            out.copy_from_slice(own.reference(row, 0..1));
            continue;
        }
        let changed = side.changed(edit).chunks_exact(cell);
        if reduction == Reduction::Max {
            let both = &running[row * 2 * (length + 1) * cell..][..2 * (length + 1) * cell];
            let (before, behind) = both.split_at((length + 1) * cell);
            let range = span.range();
            out.copy_from_slice(&before[range.start * cell..][..cell]);
            wide!(frame.whole.instructions, largest(out, &behind[range.end * cell..][..cell]));
            for (position, changed) in range.zip(changed) {
                let reference = side.reference(row, position..position + 1);
                wide!(frame.whole.instructions, largest_sum(out, reference, changed));
            }
            continue;
        }
        out.fill(0.0);
        changed.for_each(|numbers| wide!(frame.whole.instructions, add(out, numbers)));
        let divisor = if reduction == Reduction::Mean { length as f32 } else { 1.0 };
        for (out, reference) in out.iter_mut().zip(own.reference(row, 0..1)) {
            *out = reference + *out / divisor;
        }
    }
}
