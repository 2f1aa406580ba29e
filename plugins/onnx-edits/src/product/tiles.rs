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

macro_rules! compiled {
    ($name:ident, $features:literal, $r:literal, $row:literal, $c:literal, $column:literal) => {
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = $features)]
        fn $name(sums: &mut [[f32; $c]; $r], factors: &Factors<'_>) {
            *sums = chains::<$r, $row, $c, $column>(*sums, factors);
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

fn portable<const ROW: usize, const COLUMN: usize>(sums: &mut [[f32; 8]; 4], factors: &Factors<'_>) {
    *sums = chains::<4, ROW, 8, COLUMN>(*sums, factors);
}

/// Runs `kernel` on the sums of rows from `row` and of columns from `column` on, as far as there are such.
#[inline(always)]
fn part<const R: usize, const C: usize>(
    to: &[u32],
    target: &mut Target<'_>,
    start: Start<'_>,
    [row, column]: [usize; 2],
    kernel: impl FnOnce(&mut [[f32; C]; R]),
) {
    let Some(columns) = target.columns.checked_sub(column).filter(|&left| left > 0).map(|left| left.min(C)) else {
        return;
    };
    let place = |to: u32| to as usize * target.cell + target.column + column;
    let mut sums = [[0.0; C]; R];
    let begun = sums.iter_mut().zip(to.iter().skip(row));
    match start {
        Start::Zero => {}
        Start::Cell(cell) => begun.for_each(|(sums, _)| copy(sums, &cell[target.column + column..], columns)),
        Start::Target => begun.for_each(|(sums, &to)| copy(sums, &target.data[place(to)..], columns)),
    }
    kernel(&mut sums);
    for (sums, &to) in sums.iter().zip(to.iter().skip(row)) {
        copy_back(&mut target.data[place(to)..], sums, columns);
    }
}

/// Copies the first numbers; all of a row, as most often, in moves of known size.
#[inline(always)]
fn copy<const C: usize>(row: &mut [f32; C], from: &[f32], columns: usize) {
    match from.first_chunk() {
        Some(all) if columns == C => *row = *all,
        _ => row[..columns].copy_from_slice(&from[..columns]),
    }
}

/// As [`copy`], out of a row.
#[inline(always)]
fn copy_back<const C: usize>(to: &mut [f32], row: &[f32; C], columns: usize) {
    match to.first_chunk_mut() {
        Some(all) if columns == C => *all = *row,
        _ => to[..columns].copy_from_slice(&row[..columns]),
    }
}

/// Multiplies a tile: its rows go to the cells `to`, its columns to those of the target from `column` on.
pub fn multiply(
    instructions: Instructions,
    factors: &Factors<'_>,
    to: &[u32],
    target: &mut Target<'_>,
    column: usize,
    start: Start<'_>,
) {
    macro_rules! run {
        ($kernel:ident, $row:literal, $column:literal) => {
            part(to, target, start, [$row, column + $column], |sums| {
                // SAFETY: the processor has the instructions, as whoever made `instructions` saw.
                unsafe { $kernel(sums, factors) }
            })
        };
    }
    match instructions {
        #[cfg(target_arch = "x86_64")]
        Instructions::Avx512 => match to.len() {
            0..=4 => run!(wide_4, 0, 0),
            5..=8 => {
                run!(wide_4, 0, 0);
                run!(wide_4_more, 4, 0);
            }
            _ => run!(wide_12, 0, 0),
        },
        #[cfg(target_arch = "x86_64")]
        Instructions::Avx2 => {
            let both = target.columns > column + 16;
            if to.len() <= 3 {
                run!(half_3_left, 0, 0);
                if both {
                    run!(half_3_right, 0, 16);
                }
                return;
            }
            run!(half_6_left, 0, 0);
            if both {
                run!(half_6_right, 0, 16);
            }
            if to.len() > 6 {
                run!(half_12_left, 6, 0);
                if both {
                    run!(half_12_right, 6, 16);
                }
            }
        }
        Instructions::Portable => {
            macro_rules! rows {
                ($($row:literal),*) => {$(
                    if to.len() > $row {
                        part(to, target, start, [$row, column], |sums| portable::<$row, 0>(sums, factors));
                        part(to, target, start, [$row, column + 8], |sums| portable::<$row, 8>(sums, factors));
                        part(to, target, start, [$row, column + 16], |sums| portable::<$row, 16>(sums, factors));
                        part(to, target, start, [$row, column + 24], |sums| portable::<$row, 24>(sums, factors));
                    }
                )*};
            }
            rows!(0, 4, 8);
        }
    }
}
