//! Outputs: which positions of them are read, and writing them.

use std::ops::Range;

use kipos_plugin_api::{OutputSpan, PluginError, Result};

use crate::plan::step::hull;
use crate::plan::{Plan, Port};
use crate::step::frame::Side;

/// The positions of each output that are read: none of those that are not wanted, all where no span says less.
///
/// # Errors
/// Spans that do not fit the outputs.
pub fn reads(plan: &Plan, wanted: &[bool], spans: &[OutputSpan]) -> Result<Vec<Range<usize>>> {
    let fits = |span: &OutputSpan| {
        plan.outputs.get(span.output).is_some_and(|port| {
            let width: usize = port.shape.iter().product();
            let repeats = span.stride.checked_mul(span.length).is_some_and(|of| of > 0 && width.is_multiple_of(of));
            repeats && span.start <= span.end && span.end <= span.length
        })
    };
    if !spans.iter().all(fits) {
        return Err(PluginError::shape("spans name outputs or positions that are not there"));
    }
    let read = |(at, port): (usize, &Port)| {
        let length = plan.tensors[port.tensor].length;
        // Other positions than those of the plan are of no use here.
        let is_usable = |span: &OutputSpan| span.length == length && span.stride == port.places.position;
        let own: Vec<&OutputSpan> = spans.iter().filter(|span| span.output == at).collect();
        match own.as_slice() {
            _ if !wanted[at] => 0..0,
            [] => 0..length,
            own if length < 2 || !own.iter().all(|span| is_usable(span)) => 0..length,
            own => own.iter().fold(0..0, |all, span| hull(all, span.start..span.end)),
        }
    };
    Ok(plan.outputs.iter().enumerate().map(read).collect())
}

/// Writes what is needed of a row to an output.
pub fn write_row(port: &Port, side: &Side<'_>, row: usize, out: &mut [f32]) {
    write(port, side.needed.start, side.reference(row, side.needed.clone()), side.cell, out);
}

/// Writes what is needed of the row that an edit gives to an output.
pub fn write_edit(port: &Port, side: &Side<'_>, edit: usize, row: usize, out: &mut [f32]) {
    let span = side.spans[edit];
    if (span.width as usize) < side.needed.len() {
        write_row(port, side, row, out);
    }
    let changed = side.changed(edit);
    if side.is_new {
        return write(port, span.start as usize, changed, side.cell, out);
    }
    let reference = side.reference(row, span.range());
    let cells = changed.chunks_exact(side.cell).zip(reference.chunks_exact(side.cell));
    for (position, (changed, reference)) in span.range().zip(cells) {
        for ((&place, &changed), &reference) in port.places.channels.iter().zip(changed).zip(reference) {
            out[position * port.places.position + place] = reference + changed;
        }
    }
}

/// Writes cells from the position `first` on.
fn write(port: &Port, first: usize, cells: &[f32], cell: usize, out: &mut [f32]) {
    for (at, numbers) in cells.chunks_exact(cell).enumerate() {
        for (&place, &number) in port.places.channels.iter().zip(numbers) {
            out[(first + at) * port.places.position + place] = number;
        }
    }
}
