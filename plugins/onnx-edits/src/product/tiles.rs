//! Tiles: a few rows times a panel, with all sums in registers.

use std::ops::Range;

use super::{COLUMNS, Start, TILE, Target};
use crate::instructions::Instructions;

/// The two factors of a tile.
pub enum Factors<'a> {
    /// Packed rows.
    Packed {
        /// The rows, column by column.
        columns: &'a [[f32; TILE]],
        /// The rows of the panel that the columns meet; all in order if there is none.
        index: Option<&'a [u32]>,
        /// The panel.
        panel: &'a [[f32; COLUMNS]],
    },
    /// Windows over turned cells.
    Turned {
        /// The cells from the first of the first window on, channel by channel.
        data: &'a [f32],
        /// The distance of channels.
        stride: usize,
        /// The taps that are read.
        taps: Range<usize>,
        /// The distance of taps.
        spacing: usize,
        /// The panel, of which each tap has a row for every channel.
        panel: &'a [[f32; COLUMNS]],
        /// The channels.
        channels: usize,
    },
}

/// The sums of the rows from `ROW` and the columns from `COLUMN` on, begun with `sums`. They are returned whole: sums that are
/// looked up by an index at run time leave the registers.
#[inline(always)]
fn chains<const R: usize, const ROW: usize, const C: usize, const COLUMN: usize>(
    mut sums: [[f32; C]; R],
    factors: &Factors<'_>,
) -> [[f32; C]; R] {
    match factors {
        Factors::Packed { columns, index: None, panel } => {
            for (column, weights) in columns.iter().zip(*panel) {
                sums = step::<R, ROW, C, COLUMN>(sums, column, weights);
            }
        }
        Factors::Packed { columns, index: Some(index), panel } => {
            for (column, &row) in columns.iter().zip(*index) {
                let Some(weights) = panel.get(row as usize) else { continue };
                sums = step::<R, ROW, C, COLUMN>(sums, column, weights);
            }
        }
        Factors::Turned { data, stride, taps, spacing, panel, channels } => {
            let panel = panel.chunks_exact(*channels);
            for (tap, weights) in panel.enumerate().take(taps.end).skip(taps.start) {
                let Some(cells) = data.get(tap * spacing..) else { continue };
                for (channel, weights) in cells.chunks(*stride).zip(weights) {
                    let Some(column) = channel.first_chunk::<TILE>() else { continue };
                    sums = step::<R, ROW, C, COLUMN>(sums, column, weights);
                }
            }
        }
    }
    sums
}

#[inline(always)]
fn step<const R: usize, const ROW: usize, const C: usize, const COLUMN: usize>(
    mut sums: [[f32; C]; R],
    column: &[f32; TILE],
    weights: &[f32; COLUMNS],
) -> [[f32; C]; R] {
    for row in 0..R {
        for at in 0..C {
            sums[row][at] = column[ROW + row].mul_add(weights[COLUMN + at], sums[row][at]);
        }
    }
    sums
}

/// Where the sums of a tile go, and what they begin with.
pub struct Place<'a, 'b> {
    /// The cells of the rows.
    pub to: &'a [u32],
    /// The target of the product.
    pub target: &'a mut Target<'b>,
    /// The first column of the panel there.
    pub column: usize,
    /// What chains begin with.
    pub start: Start<'a>,
}

/// The rows from `ROW` and the columns from `COLUMN` on, as far as there are such.
#[inline(always)]
fn part<const R: usize, const ROW: usize, const C: usize, const COLUMN: usize>(
    place: &mut Place<'_, '_>,
    factors: &Factors<'_>,
) {
    let Place { to, target, column, start } = place;
    let column = *column + COLUMN;
    let Some(columns) = target.columns.checked_sub(column).filter(|&left| left > 0).map(|left| left.min(C)) else {
        return;
    };
    let at = |to: u32| to as usize * target.cell + target.column + column;
    let sums = match start {
        // From nothing in memory, so that the chains begin in registers.
        Start::Zero => chains::<R, ROW, C, COLUMN>([[0.0; C]; R], factors),
        Start::Cell(_) | Start::Target => {
            let mut begun = [[0.0; C]; R];
            // Not by closures, which would be compiled without the instructions.
            for (row, sums) in begun.iter_mut().enumerate() {
                let Some(&to) = to.get(ROW + row) else { break };
                let begin = match &start {
                    Start::Cell(cell) => &cell[target.column + column..],
                    _ => &target.data[at(to)..],
                };
                *sums = match begin.first_chunk() {
                    Some(all) if columns == C => *all,
                    _ => few(begin, columns),
                };
            }
            chains::<R, ROW, C, COLUMN>(begun, factors)
        }
    };
    for (row, sums) in sums.iter().enumerate() {
        if let Some(&to) = to.get(ROW + row) {
            copy(&mut target.data[at(to)..], sums, columns);
        }
    }
}

macro_rules! compiled {
    ($name:ident, $features:literal, $r:literal, $row:literal, $c:literal, $column:literal) => {
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = $features)]
        fn $name(place: &mut Place<'_, '_>, factors: &Factors<'_>) {
            part::<$r, $row, $c, $column>(place, factors);
        }
    };
}
compiled!(wide_4, "avx512f,fma", 4, 0, 32, 0);
// Of eight rows in one, the compiler makes gathers instead of chains.
compiled!(wide_4_more, "avx512f,fma", 4, 4, 32, 0);
compiled!(wide_12, "avx512f,fma", 12, 0, 32, 0);
compiled!(half_3_left, "avx2,fma", 3, 0, 16, 0);
compiled!(half_3_right, "avx2,fma", 3, 0, 16, 16);
compiled!(half_6_left, "avx2,fma", 6, 0, 16, 0);
compiled!(half_6_right, "avx2,fma", 6, 0, 16, 16);
compiled!(half_12_left, "avx2,fma", 6, 6, 16, 0);
compiled!(half_12_right, "avx2,fma", 6, 6, 16, 16);

fn portable<const ROW: usize, const COLUMN: usize>(place: &mut Place<'_, '_>, factors: &Factors<'_>) {
    part::<4, ROW, 8, COLUMN>(place, factors);
}

/// The first numbers, and zeros.
#[cold]
fn few<const C: usize>(numbers: &[f32], count: usize) -> [f32; C] {
    let mut row = [0.0; C];
    row.iter_mut().zip(numbers).take(count).for_each(|(to, number)| *to = *number);
    row
}

/// Copies the first numbers of a row; all of it, as most often, in moves of known size.
#[inline(always)]
fn copy<const C: usize>(to: &mut [f32], row: &[f32; C], columns: usize) {
    match to.first_chunk_mut() {
        Some(all) if columns == C => *all = *row,
        _ => to[..columns].copy_from_slice(&row[..columns]),
    }
}

/// Multiplies a tile.
pub fn multiply(instructions: Instructions, factors: &Factors<'_>, mut place: Place<'_, '_>) {
    let rows = place.to.len();
    macro_rules! run {
        ($($kernel:ident),*) => {{
            // SAFETY: the processor has the instructions, as whoever made `instructions` saw.
            $(unsafe { $kernel(&mut place, factors) };)*
        }};
    }
    match instructions {
        #[cfg(target_arch = "x86_64")]
        Instructions::Avx512 => match rows {
            0..=4 => run!(wide_4),
            5..=8 => run!(wide_4, wide_4_more),
            _ => run!(wide_12),
        },
        #[cfg(target_arch = "x86_64")]
        Instructions::Avx2 => match rows {
            0..=3 => run!(half_3_left, half_3_right),
            4..=6 => run!(half_6_left, half_6_right),
            _ => run!(half_6_left, half_6_right, half_12_left, half_12_right),
        },
        Instructions::Portable => {
            macro_rules! of_rows {
                ($($row:literal),*) => {$(
                    if rows > $row {
                        portable::<$row, 0>(&mut place, factors);
                        portable::<$row, 8>(&mut place, factors);
                        portable::<$row, 16>(&mut place, factors);
                        portable::<$row, 24>(&mut place, factors);
                    }
                )*};
            }
            of_rows!(0, 4, 8);
        }
    }
}
