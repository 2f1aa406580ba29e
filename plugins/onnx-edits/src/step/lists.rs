//! Lists of rows of products: those that read the same rows of the weights come together, of each list those of the same
//! position, as there the same channels are zero.

use std::ops::Range;

use crate::plan::window::Window;
use crate::step::frame::Span;

/// Rows of a product that read the same taps.
#[derive(Debug, Default)]
pub struct List {
    /// The first tap.
    pub first: usize,
    /// How many.
    pub taps: usize,
    /// The first cell that each row reads.
    pub from: Vec<u32>,
    /// The cell that each row writes.
    pub to: Vec<u32>,
}

/// All lists of a step.
#[derive(Debug, Default)]
pub struct Lists {
    lists: Vec<List>,
    used: Vec<usize>,
    /// The cells that read nothing that changed.
    pub untouched: Vec<u32>,
    /// Where the next row of each position goes.
    places: Vec<u32>,
    /// Rows in the order of positions: their list, and the cells that they read and write.
    rows: Vec<(u32, u32, u32)>,
}

impl Lists {
    /// The lists for windows `out` over stretches `spans`.
    pub fn of_windows(&mut self, window: &Window, spans: &[Span], out: &[Span]) {
        self.clear(window.taps * window.taps);
        let Some((first, total)) = self.count(out) else { return };
        self.rows.clear();
        self.rows.resize(total, (u32::MAX, 0, 0));
        for (span, own) in spans.iter().zip(out) {
            let read = span.range();
            for (at, window_at) in own.range().enumerate() {
                let place = &mut self.places[window_at - first];
                let row = &mut self.rows[*place as usize];
                *place += 1;
                let taps = window.taps_in(window_at, &read);
                let to = own.offset + at as u32;
                if taps.is_empty() {
                    self.untouched.push(to);
                    continue;
                }
                let from = span.offset as usize + window.position(window_at, taps.start) - read.start;
                *row = ((taps.start * window.taps + taps.len() - 1) as u32, from as u32, to);
            }
        }
        for at in 0..self.rows.len() {
            let (list, from, to) = self.rows[at];
            if list != u32::MAX {
                let list = list as usize;
                self.push(list, list / window.taps..list / window.taps + list % window.taps + 1, from, to);
            }
        }
    }

    /// The lists for products of single positions: of every stretch, each position is a row, which is added to `to`.
    pub fn of_positions(&mut self, length: usize, spans: &[Span]) {
        self.clear(length);
        for (to, span) in spans.iter().enumerate() {
            for (at, position) in span.range().enumerate() {
                self.push(position, position..position + 1, span.offset + at as u32, to as u32);
            }
        }
        // Sums are added up from the first position on.
        self.used.sort_unstable();
    }

    /// The lists that have rows.
    pub fn used(&self) -> impl Iterator<Item = &List> {
        self.used.iter().map(|&list| &self.lists[list])
    }

    fn clear(&mut self, lists: usize) {
        for list in self.used.drain(..) {
            self.lists[list].from.clear();
            self.lists[list].to.clear();
        }
        if self.lists.len() < lists {
            self.lists.resize_with(lists, List::default);
        }
        self.untouched.clear();
    }

    fn push(&mut self, list: usize, taps: Range<usize>, from: u32, to: u32) {
        let own = &mut self.lists[list];
        if own.to.is_empty() {
            (own.first, own.taps) = (taps.start, taps.len());
            self.used.push(list);
        }
        own.from.push(from);
        own.to.push(to);
    }

    /// Where the rows of each position begin, if all are sorted by position; the first position and the number of rows.
    fn count(&mut self, out: &[Span]) -> Option<(usize, usize)> {
        let there = || out.iter().filter(|span| span.width > 0).map(|span| span.range());
        let first = there().map(|range| range.start).min()?;
        let end = there().map(|range| range.end).max()?;
        self.places.clear();
        self.places.resize(end - first + 1, 0);
        // How many more stretches hold a position than the one before, then how many do, then how many rows come before.
        for range in there() {
            self.places[range.start - first] = self.places[range.start - first].wrapping_add(1);
            self.places[range.end - first] = self.places[range.end - first].wrapping_sub(1);
        }
        let (mut holding, mut total) = (0u32, 0u32);
        for place in &mut self.places {
            holding = holding.wrapping_add(*place);
            *place = total;
            total += holding;
        }
        Some((first, total as usize))
    }
}
