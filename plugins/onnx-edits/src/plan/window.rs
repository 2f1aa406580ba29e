//! Windows that slide over positions: which of them a stretch of positions reaches.

use std::ops::Range;

/// The windows of a convolution or pool over positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The positions that a window reads.
    pub taps: usize,
    /// The distance of windows.
    pub stride: usize,
    /// The distance of the positions of a window.
    pub dilation: usize,
    /// The positions before the first that windows may read.
    pub before: usize,
    /// The positions that there are.
    pub input: usize,
    /// The windows that there are.
    pub output: usize,
}

impl Window {
    /// The windows that read positions of `span`; none of an empty one.
    pub fn reached(&self, span: &Range<usize>) -> Range<usize> {
        if span.is_empty() {
            return 0..0;
        }
        let reach = (self.taps - 1) * self.dilation;
        let first = (span.start + self.before).saturating_sub(reach).div_ceil(self.stride);
        let end = ((span.end - 1 + self.before) / self.stride + 1).min(self.output);
        if first < end { first..end } else { 0..0 }
    }

    /// The positions that windows of `span` read, of those that there are.
    pub fn reads(&self, span: &Range<usize>) -> Range<usize> {
        if span.is_empty() {
            return 0..0;
        }
        let first = (span.start * self.stride).saturating_sub(self.before);
        let last = (span.end - 1) * self.stride + (self.taps - 1) * self.dilation;
        let end = (last + 1).saturating_sub(self.before).min(self.input);
        if first < end { first..end } else { 0..0 }
    }

    /// Whether windows of `span` read no position before the first or behind the last.
    pub fn is_inside(&self, span: &Range<usize>) -> bool {
        let last = |window: usize| window * self.stride + (self.taps - 1) * self.dilation;
        span.is_empty() || span.start * self.stride >= self.before && last(span.end - 1) < self.before + self.input
    }

    /// The taps with which a window reads positions of `span`.
    pub fn taps_in(&self, window: usize, span: &Range<usize>) -> Range<usize> {
        let start = window * self.stride;
        if span.is_empty() || span.end - 1 + self.before < start {
            return 0..0;
        }
        let first = (span.start + self.before).saturating_sub(start).div_ceil(self.dilation);
        let end = ((span.end - 1 + self.before - start) / self.dilation + 1).min(self.taps);
        if first < end { first..end } else { 0..0 }
    }

    /// The taps with which a window reads positions that there are.
    pub fn taps_inside(&self, window: usize) -> Range<usize> {
        self.taps_in(window, &(0..self.input))
    }

    /// The position that a window reads with a tap, which must be one that there is.
    pub fn position(&self, window: usize, tap: usize) -> usize {
        (window * self.stride + tap * self.dilation).saturating_sub(self.before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn windows_and_taps_are_those_that_read_the_stretch(
            taps in 1..6usize, stride in 1..5usize, dilation in 1..4usize, before in 0..7usize, after in 0..7usize,
            input in 1..40usize, start in 0..40usize, width in 0..9usize,
        ) {
            let reach = (taps - 1) * dilation + 1;
            prop_assume!(input + before + after >= reach && start < input);
            let output = (input + before + after - reach) / stride + 1;
            let window = Window { taps, stride, dilation, before, input, output };
            let span = start..(start + width).min(input);
            let place = |at: usize, tap: usize| (at * stride + tap * dilation).checked_sub(before);
            let reads = |at: usize, tap: usize| place(at, tap).is_some_and(|position| span.contains(&position));
            let reached = window.reached(&span);
            for at in 0..output {
                let own: Vec<usize> = (0..taps).filter(|&tap| reads(at, tap)).collect();
                prop_assert!(own.is_empty() || reached.contains(&at));
                let found = window.taps_in(at, &span);
                prop_assert_eq!(found.clone().collect::<Vec<_>>(), own);
                for tap in found {
                    prop_assert_eq!(Some(window.position(at, tap)), place(at, tap));
                }
            }
        }

        #[test]
        fn the_positions_that_windows_read_are_those_of_their_taps(
            taps in 1..6usize, stride in 1..5usize, dilation in 1..4usize, before in 0..7usize, after in 0..7usize,
            input in 1..40usize, first in 0..40usize, width in 0..9usize,
        ) {
            let reach = (taps - 1) * dilation + 1;
            prop_assume!(input + before + after >= reach);
            let output = (input + before + after - reach) / stride + 1;
            let window = Window { taps, stride, dilation, before, input, output };
            let span = first.min(output)..(first + width).min(output);
            let places = || span.clone().flat_map(|at| (0..taps).map(move |tap| at * stride + tap * dilation));
            let is_there = |place: &usize| (before..before + input).contains(place);
            let found = window.reads(&span);
            prop_assert!(places().filter(is_there).all(|place| found.contains(&(place - before))));
            prop_assert!(found.end <= input);
            prop_assert_eq!(window.is_inside(&span), places().all(|place| is_there(&place)));
        }
    }
}
