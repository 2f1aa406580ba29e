//! The one product of all steps: gathered rows times packed weights.
//!
//! Each element of the result is one chain of fused multiplications in the order of the weights' rows. Where a chain is cut
//! between blocks, it goes on from the number that it had. So its bits depend on the row alone: not on the rows beside it,
//! not on the instructions, and not on whether columns of zeros are left out, which adds nothing as weights are finite.

mod pack;
mod panels;
mod tiles;
mod turned;

use crate::instructions::Instructions;
use crate::memory::Buffer;
pub use panels::{COLUMNS, Panels};
pub use turned::{Turned, Windows, multiply_windows};

/// The rows of a tile.
pub const TILE: usize = 12;

/// The terms of a chain that are packed at a time: a panel of so many rows stays in the first cache.
const DEPTH: usize = 256;

/// The rows that are packed at a time: they stay in the second cache.
const HEIGHT: usize = 16 * TILE;

/// What is multiplied. Rows are read from cells: `taps` of them, `spacing` cells apart, of each `channels` numbers.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// The first cell of each row.
    pub from: &'a [u32],
    /// The cell of the result for each row.
    pub to: &'a [u32],
    /// The cells of a row.
    pub taps: usize,
    /// The distance of its cells.
    pub spacing: usize,
    /// The numbers that are read of each cell: a multiple of four.
    pub channels: usize,
    /// The row of the weights for the first number.
    pub first: usize,
}

/// Where the rows lie.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The cells.
    pub data: &'a [f32],
    /// The numbers of a cell.
    pub cell: usize,
    /// The first number that is read of each.
    pub channel: usize,
}

/// Where the results go.
#[derive(Debug)]
pub struct Target<'a> {
    /// The cells.
    pub data: &'a mut [f32],
    /// The numbers of a cell.
    pub cell: usize,
    /// The first number that is written of each.
    pub column: usize,
    /// How many are written.
    pub columns: usize,
}

/// What chains begin with.
#[derive(Debug, Clone, Copy)]
pub enum Start<'a> {
    /// Zero.
    Zero,
    /// The numbers of this cell.
    Cell(&'a [f32]),
    /// What the target holds.
    Target,
}

/// Memory for packed rows.
#[derive(Debug, Default)]
pub struct Packed {
    rows: Buffer,
    /// For every tile, the rows of the weights that its columns meet.
    index: Vec<u32>,
    /// How many columns of every tile are not all zero.
    kept: Vec<usize>,
    /// Cells of windows.
    pub turned: Turned,
}

/// Multiplies rows with weights.
pub fn multiply(
    instructions: Instructions,
    packed: &mut Packed,
    rows: &Rows<'_>,
    source: Source<'_>,
    weights: &Panels,
    target: &mut Target<'_>,
    start: Start<'_>,
) {
    let depth = rows.taps * rows.channels;
    packed.rows.reserve(HEIGHT * DEPTH);
    packed.index.resize(HEIGHT / TILE * DEPTH, 0);
    for block in (0..rows.from.len()).step_by(HEIGHT) {
        let end = (block + HEIGHT).min(rows.from.len());
        for from in (0..depth).step_by(DEPTH) {
            let to = (from + DEPTH).min(depth);
            packed.kept.clear();
            for (tile, at) in (block..end).step_by(TILE).enumerate() {
                let own = &rows.from[at..(at + TILE).min(end)];
                let place = tile * DEPTH;
                let columns = &mut packed.rows.as_chunks_mut::<TILE>().0[place..place + to - from];
                let index = &mut packed.index[place..place + to - from];
                packed.kept.push(pack::tile(own, rows, source, from..to, columns, index));
            }
            let begin = if from == 0 { start } else { Start::Target };
            for panel in 0..weights.count() {
                let panel_rows = &weights.panel(panel)[rows.first + from..rows.first + to];
                for (tile, at) in (block..end).step_by(TILE).enumerate() {
                    let (kept, place) = (packed.kept[tile], tile * DEPTH);
                    let columns = &packed.rows.as_chunks::<TILE>().0[place..place + kept];
                    let index = (kept < to - from).then(|| &packed.index[place..place + kept]);
                    let own = &rows.to[at..(at + TILE).min(end)];
                    let factors = tiles::Factors::Packed { columns, index, panel: panel_rows };
                    let place = tiles::Place { to: own, target: &mut *target, column: panel * COLUMNS, start: begin };
                    tiles::multiply(instructions, &factors, place);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
