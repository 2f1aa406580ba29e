//! The product for stretches of many windows: their cells are turned once, channel by channel, so that the numbers that a
//! tile needs of a tap and a channel lie together. Packing would turn them again for every tap.

use std::ops::Range;

use super::pack::turn;
use super::{COLUMNS, HEIGHT, Panels, Source, Start, TILE, Target, tiles};
use crate::instructions::Instructions;
use crate::memory::{Buffer, LINE};

/// So many cells are turned at a time: they stay in the first cache.
const AT_ONCE: usize = 5 * TILE;

/// Windows over a stretch of cells, one cell apart.
#[derive(Debug, Clone)]
pub struct Windows {
    /// The cells that windows read; others are zero.
    pub cells: Range<usize>,
    /// The place of the first cell of the first window, counted from the first of these.
    pub start: isize,
    /// How many windows there are.
    pub count: usize,
    /// The cells of a window.
    pub taps: usize,
    /// Their distance.
    pub spacing: usize,
    /// The numbers that are read of each cell: a multiple of four.
    pub channels: usize,
    /// The cell of the result for the first window; those of others follow.
    pub to: usize,
}

/// Memory for turned cells.
#[derive(Debug, Default)]
pub struct Turned {
    data: Buffer,
    /// The distance of channels.
    stride: usize,
}

/// Multiplies windows with weights.
pub fn multiply_windows(
    instructions: Instructions,
    turned: &mut Turned,
    windows: &Windows,
    source: Source<'_>,
    weights: &Panels,
    target: &mut Target<'_>,
    start: Start<'_>,
) {
    turned.take(windows, source);
    // A panel is read from the second cache for every tile, which costs less than to put sums down and take them up again.
    for block in (0..windows.count).step_by(HEIGHT) {
        let end = (block + HEIGHT).min(windows.count);
        for panel in 0..weights.count() {
            for tile in (block..end).step_by(TILE) {
                let rows = TILE.min(end - tile);
                let factors = tiles::Factors::Turned {
                    data: &turned.data[tile..],
                    stride: turned.stride,
                    taps: windows.taps_of(tile, rows),
                    spacing: windows.spacing,
                    panel: weights.panel(panel),
                    channels: windows.channels,
                };
                let cells: [u32; TILE] = std::array::from_fn(|row| (windows.to + tile + row) as u32);
                let place = tiles::Place { to: &cells[..rows], target: &mut *target, column: panel * COLUMNS, start };
                tiles::multiply(instructions, &factors, place);
            }
        }
    }
}

impl Windows {
    /// The taps with which any of these windows reads a cell that is there.
    fn taps_of(&self, first: usize, count: usize) -> Range<usize> {
        let place = |window: usize| window as isize + self.start;
        let spacing = self.spacing as isize;
        let behind = self.cells.len() as isize - place(first);
        let before = -place(first + count - 1);
        let from = if before > 0 { (before + spacing - 1) / spacing } else { 0 };
        let end = if behind > 0 { (behind - 1) / spacing + 1 } else { 0 };
        from as usize..(end as usize).min(self.taps)
    }
}

impl Turned {
    /// Turns the cells that windows read; place 0 of each channel is the first cell of the first window.
    fn take(&mut self, windows: &Windows, source: Source<'_>) {
        let length = windows.count + TILE + (windows.taps - 1) * windows.spacing;
        // An odd number of cache lines: channels come to lie in different sets of the cache.
        self.stride = (length.div_ceil(LINE) | 1) * LINE;
        self.data.reserve(windows.channels * self.stride);
        let zeros = usize::try_from(-windows.start).unwrap_or(0).min(length);
        let skipped = usize::try_from(windows.start).unwrap_or(0).min(windows.cells.len());
        let there = (windows.cells.len() - skipped).min(length - zeros);
        for channel in self.data.chunks_exact_mut(self.stride).take(windows.channels) {
            channel[..zeros].fill(0.0);
            channel[zeros + there..].fill(0.0);
        }
        for first in (0..there).step_by(AT_ONCE) {
            let cells = windows.cells.start + skipped + first;
            self.turn(source, cells..cells + AT_ONCE.min(there - first), windows.channels, zeros + first);
        }
    }

    /// Turns some cells, the first to this place of every channel.
    fn turn(&mut self, source: Source<'_>, cells: Range<usize>, channels: usize, place: usize) {
        let of = |cell: usize, channel: usize| &source.data[cell * source.cell + source.channel + channel..];
        for channel in (0..channels).step_by(4) {
            let mut at = cells.start;
            while at + TILE <= cells.end {
                let four = turn(&std::array::from_fn(|cell| of(at + cell, channel)), 0);
                for (turned, channel) in four.iter().zip(channel..) {
                    let to = channel * self.stride + place + at - cells.start;
                    if let Some(to) = self.data[to..].first_chunk_mut() {
                        *to = *turned;
                    }
                }
                at += TILE;
            }
            for cell in at..cells.end {
                for own in channel..channel + 4 {
                    self.data[own * self.stride + place + cell - cells.start] = of(cell, own)[0];
                }
            }
        }
    }
}
