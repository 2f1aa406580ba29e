//! The positions of every tensor that the outputs depend on: nothing else is computed, neither of rows nor of edits.

use std::ops::Range;

use super::Plan;
use super::step::{Kind, hull};
use super::view::Extent;
use super::weight::Scaling;

/// For each tensor, the positions that are needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cone {
    spans: Vec<Range<usize>>,
}

impl Cone {
    /// The positions that are needed of a tensor.
    pub fn of(&self, tensor: usize) -> &Range<usize> {
        &self.spans[tensor]
    }
}

impl Plan {
    /// What is needed for these positions of the outputs, in their order.
    pub fn cone(&self, reads: &[Range<usize>]) -> Cone {
        let mut spans = vec![0..0; self.tensors.len()];
        for (port, read) in self.outputs.iter().zip(reads) {
            spans[port.tensor] = hull(spans[port.tensor].clone(), read.clone());
        }
        for step in self.steps.iter().rev() {
            let mut before = 0;
            for &input in &step.inputs {
                let extent = self.tensors[input];
                let read = step.kind.reads(&spans[step.output], extent, before);
                spans[input] = hull(spans[input].clone(), read);
                before += extent.length;
            }
        }
        Cone { spans }
    }

    /// All positions of all outputs.
    pub fn whole_outputs(&self) -> Vec<Range<usize>> {
        self.outputs.iter().map(|port| 0..self.tensors[port.tensor].length).collect()
    }

    /// Whether what is computed in a cone follows from the letters around it alone, not from where in the row they are: it
    /// is the same in another row that holds these letters some positions further on. Then no window reads what fills a
    /// sequence up at its ends.
    pub fn is_the_same_elsewhere(&self, cone: &Cone) -> bool {
        let is_so = |step: &super::step::Step| {
            let span = cone.of(step.output);
            let length = self.tensors[step.inputs[0]].length;
            match &step.kind {
                _ if span.is_empty() => true,
                Kind::Convolution { window, .. } | Kind::Pool { window, divisors: None } => {
                    window.stride == 1 && window.is_inside(span)
                }
                Kind::Crop { start, .. } => {
                    let inside = |at: usize| (0..length as isize).contains(&(at as isize + start));
                    inside(span.start) && inside(span.end - 1)
                }
                Kind::Affine(scalings) => !scalings.iter().any(Scaling::is_by_position),
                Kind::Function(_)
                | Kind::Channels(_)
                | Kind::Sum(_)
                | Kind::Product
                | Kind::Quotient
                | Kind::Pick(_)
                | Kind::JoinChannels => true,
                Kind::Pool { .. }
                | Kind::JoinPositions
                | Kind::Take(_)
                | Kind::Dense { .. }
                | Kind::Reduce(_)
                | Kind::Stitch { .. } => false,
            }
        };
        matches!(self.inputs.as_slice(), [port] if port.axes.is_some()) && self.steps.iter().all(is_so)
    }
}

impl Kind {
    /// The positions of an input that these of the result depend on. `before` counts the positions of the inputs before it.
    fn reads(&self, span: &Range<usize>, input: Extent, before: usize) -> Range<usize> {
        if span.is_empty() {
            return 0..0;
        }
        match self {
            Self::Convolution { window, .. } | Self::Pool { window, .. } => window.reads(span),
            Self::Dense { .. } | Self::Reduce(_) | Self::Stitch { .. } => 0..input.length,
            Self::Function(_)
            | Self::Channels(_)
            | Self::Affine(_)
            | Self::Pick(_)
            | Self::Sum(_)
            | Self::Product
            | Self::Quotient
            | Self::JoinChannels => span.clone(),
            Self::JoinPositions => moved(span, -(before as isize), input.length),
            Self::Crop { start, .. } => moved(span, *start, input.length),
            Self::Take(positions) => {
                let taken = || positions[span.clone()].iter().map(|&position| position as usize);
                taken().min().unwrap_or(0)..taken().max().map_or(0, |last| last + 1)
            }
        }
    }
}

/// Those of the first `length` positions that are `by` behind positions of `span`.
fn moved(span: &Range<usize>, by: isize, length: usize) -> Range<usize> {
    let place = |position: usize| (position as isize + by).clamp(0, length as isize) as usize;
    let moved = place(span.start)..place(span.end);
    if moved.is_empty() { 0..0 } else { moved }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::window::Window;

    const EXTENT: Extent = Extent { length: 20, channels: 4 };

    fn read(kind: &Kind, span: Range<usize>) -> Range<usize> {
        kind.reads(&span, EXTENT, 7)
    }

    #[test]
    fn every_step_reads_what_its_result_depends_on() {
        let window = Window { taps: 3, stride: 2, dilation: 2, before: 1, input: 20, output: 9 };
        let pool = Kind::Pool { window, divisors: None };
        assert_eq!(read(&pool, 2..4), 3..10);
        assert_eq!(read(&pool, 0..9), 0..20);
        assert_eq!(read(&Kind::JoinChannels, 2..4), 2..4);
        assert_eq!(read(&Kind::Stitch { position: 1, channels: vec![] }, 0..1), 0..20);
        // The input before it has 7 positions.
        assert_eq!(read(&Kind::JoinPositions, 5..10), 0..3);
        assert_eq!(read(&Kind::JoinPositions, 2..7), 0..0);
        let cropped = |start| Kind::Crop { start, value: 0.0 };
        assert_eq!(read(&cropped(5), 2..4), 7..9);
        assert_eq!(read(&cropped(-3), 0..5), 0..2);
        assert_eq!(read(&cropped(-3), 0..3), 0..0);
        let taken = |positions: &[u32]| Kind::Take(positions.to_vec());
        assert_eq!(read(&taken(&[2, 2, 3, 3, 4]), 1..4), 2..4);
        assert_eq!(read(&taken(&[9, 8, 5]), 0..2), 8..10);
        for kind in [pool, taken(&[1]), Kind::JoinChannels, Kind::JoinPositions, cropped(5), Kind::Product] {
            assert_eq!(read(&kind, 0..0), 0..0);
        }
    }
}
