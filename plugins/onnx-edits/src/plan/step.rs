//! The steps of a plan: what each computes, and which positions of its result a change reaches.

use std::ops::Range;

use super::view::Extent;
use super::weight::{Matrix, Scaling};
use super::window::Window;
use crate::function::Function;

/// A step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What it does.
    pub kind: Kind,
    /// The tensors that it reads.
    pub inputs: Vec<usize>,
    /// The tensor that it makes.
    pub output: usize,
    /// The node that it stands for.
    pub node: String,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A convolution over positions; also a product with a matrix at every position.
    Convolution {
        /// Its windows.
        window: Window,
        /// The groups of channels that stay apart.
        groups: usize,
        /// Its weights, of one channel group.
        weights: Matrix,
        /// What is done to the sums.
        scalings: Vec<Scaling>,
    },
    /// A product of all positions with a matrix.
    Dense {
        /// Its weights.
        weights: Matrix,
        /// What is done to the sums.
        scalings: Vec<Scaling>,
    },
    /// A pool over windows.
    Pool {
        /// Its windows.
        window: Window,
        /// Of a mean, by what each window is divided; the largest element counts if there is none.
        divisors: Option<Vec<f32>>,
    },
    /// A function of single elements.
    Function(Function),
    /// A function of all channels of a position.
    Channels(Along),
    /// Known numbers are added and multiplied.
    Affine(Vec<Scaling>),
    /// The first plus the second times a factor.
    Sum(f32),
    /// The product of two tensors.
    Product,
    /// The quotient of two tensors.
    Quotient,
    /// Channels of the input, in this order.
    Pick(Vec<u32>),
    /// The channels of all inputs.
    JoinChannels,
    /// The positions of all inputs.
    JoinPositions,
    /// Positions from `start` on; where there are none, `value`.
    Crop {
        /// The position that comes first.
        start: isize,
        /// What is filled in.
        value: f32,
    },
    /// These positions of the input, which never go back, or never on.
    Take(Vec<u32>),
    /// What all positions give together.
    Reduce(Reduction),
    /// All elements as one cell: where each position and channel go.
    Stitch {
        /// The distance of positions.
        position: usize,
        /// The place of each channel.
        channels: Vec<u32>,
    },
}

/// How elements are reduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reduction {
    /// To their sum.
    Sum,
    /// To their mean.
    Mean,
    /// To the largest.
    Max,
}

/// A function of the channels of a position that lie `stride` apart, group by group.
#[derive(Debug, Clone, PartialEq)]
pub struct Along {
    /// What is computed.
    pub kind: AlongKind,
    /// The first channel of each group.
    pub starts: Vec<u32>,
    /// The channels of a group.
    pub count: usize,
    /// Their distance.
    pub stride: usize,
}

/// What is computed of a group of channels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AlongKind {
    /// Their exponentials as shares of the sum.
    Softmax,
    /// The logarithms of these.
    LogSoftmax,
    /// Their distance from the mean, over the deviation; this is added to the variance.
    Normalize(f64),
    /// They themselves over the root of the mean of their squares, to which this is added.
    Scale(f64),
    /// One number.
    Reduce(Reduction),
}

impl Kind {
    /// The positions of the result that depend on these of the inputs.
    pub fn reached(&self, spans: &[Range<usize>], inputs: &[Extent], output: Extent) -> Range<usize> {
        let first = spans.first().cloned().unwrap_or(0..0);
        match self {
            Self::Convolution { window, .. } | Self::Pool { window, .. } => window.reached(&first),
            Self::Dense { .. } | Self::Reduce(_) | Self::Stitch { .. } => 0..usize::from(!first.is_empty()),
            Self::Function(_) | Self::Channels(_) | Self::Affine(_) | Self::Pick(_) => first,
            Self::Sum(_) | Self::Product | Self::Quotient | Self::JoinChannels => {
                spans.iter().cloned().fold(0..0, hull)
            }
            Self::JoinPositions => {
                let mut before = 0;
                let shifted = spans.iter().zip(inputs).map(|(span, extent)| {
                    let start = before;
                    before += extent.length;
                    if span.is_empty() { 0..0 } else { span.start + start..span.end + start }
                });
                shifted.fold(0..0, hull)
            }
            Self::Crop { start, .. } => {
                let place = |position: usize| (position as isize - start).clamp(0, output.length as isize) as usize;
                let (from, to) = (place(first.start), place(first.end));
                if from < to { from..to } else { 0..0 }
            }
            Self::Take(positions) => {
                let before = |bound: usize| positions.partition_point(|&position| (position as usize) < bound);
                let behind = |bound: usize| positions.partition_point(|&position| position as usize >= bound);
                let goes_on = positions.first() <= positions.last();
                let (from, to) = match goes_on {
                    true => (before(first.start), before(first.end)),
                    false => (behind(first.end), behind(first.start)),
                };
                if from < to { from..to } else { 0..0 }
            }
        }
    }

    /// Whether changes of its inputs may be handed to it as differences alone: they pass without any other value.
    pub fn is_linear(&self) -> bool {
        match self {
            Self::Convolution { .. }
            | Self::Dense { .. }
            | Self::Affine(_)
            | Self::Sum(_)
            | Self::Pick(_)
            | Self::JoinChannels
            | Self::JoinPositions
            | Self::Crop { .. }
            | Self::Take(_) => true,
            Self::Pool { divisors, .. } => divisors.is_some(),
            Self::Reduce(reduction) => *reduction != Reduction::Max,
            Self::Function(_) | Self::Channels(_) | Self::Product | Self::Quotient | Self::Stitch { .. } => false,
        }
    }
}

/// What two stretches have in common.
pub fn overlap(a: &Range<usize>, b: &Range<usize>) -> Range<usize> {
    let both = a.start.max(b.start)..a.end.min(b.end);
    if both.is_empty() { 0..0 } else { both }
}

/// The shortest stretch that holds both.
pub fn hull(a: Range<usize>, b: Range<usize>) -> Range<usize> {
    match (a.is_empty(), b.is_empty()) {
        (true, _) => b,
        (_, true) => a,
        _ => a.start.min(b.start)..a.end.max(b.end),
    }
}
