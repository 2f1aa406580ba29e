//! The steps of a plan at work: on whole rows, and on what edits change.

mod along;
mod convolution;
mod dense;
mod few;
pub mod frame;
pub mod lines;
mod lists;
pub mod loops;
mod pointwise;
mod pool;
mod rearrange;
mod reduce;
pub mod weights;

use std::ops::Range;

use crate::memory::Buffer;
use crate::plan::Plan;
use crate::plan::step::{Kind, Step, overlap};
use crate::plan::view::Extent;
use convolution::Convolution;
use dense::Dense;
use frame::{Changes, Edited, Scratch, Span, Whole};
use pointwise::{Affine, CellFunction, Pair};
use rearrange::From;
use weights::{Unusable, Weights};

/// What a step needs besides its kind.
#[derive(Debug)]
enum Loaded {
    Nothing,
    Convolution(Convolution),
    Dense(Dense),
    Affine(Affine),
}

/// A step with its weights.
#[derive(Debug)]
pub struct LoadedStep {
    /// The step.
    pub step: Step,
    loaded: Loaded,
    inputs: Vec<Extent>,
    output: Extent,
}

impl LoadedStep {
    /// Takes what a step needs of the weights.
    ///
    /// # Errors
    /// Weights that cannot be used.
    pub fn load(plan: &Plan, step: &Step, weights: &dyn Weights, threads: usize) -> Result<Self, Unusable> {
        let inputs: Vec<Extent> = step.inputs.iter().map(|&input| plan.tensors[input]).collect();
        let output = plan.tensors[step.output];
        let loaded = match &step.kind {
            Kind::Convolution { window, groups, weights: matrix, scalings } => {
                Loaded::Convolution(Convolution::load(*window, *groups, matrix, scalings, weights, threads)?)
            }
            Kind::Dense { weights: matrix, scalings } => {
                Loaded::Dense(Dense::load(matrix, scalings, weights, threads)?)
            }
            Kind::Affine(scalings) => Loaded::Affine(Affine::load(scalings, output, weights)?),
            _ => Loaded::Nothing,
        };
        Ok(Self { step: step.clone(), loaded, inputs, output })
    }

    /// The tensors of whose rows it needs the cells to carry an edit on.
    pub fn keeps(&self, is_new: &[bool]) -> Vec<usize> {
        let (inputs, output) = (&self.step.inputs, self.step.output);
        // Of differences alone, a new value can only be made with the old one.
        let makes_new = is_new[output] && inputs.iter().any(|&input| !is_new[input]);
        match &self.step.kind {
            Kind::Function(_) | Kind::Channels(_) | Kind::Product | Kind::Quotient => inputs.clone(),
            Kind::Pool { divisors: None, .. } | Kind::Reduce(_) | Kind::Stitch { .. } => vec![inputs[0], output],
            _ if makes_new => vec![output],
            _ => vec![],
        }
    }

    /// Computes whole rows.
    pub fn whole(&self, frame: &Whole<'_>, out: &mut [f32], running: &mut Buffer, scratch: &mut Scratch) {
        let (inputs, output) = (self.step.inputs.as_slice(), self.step.output);
        let (input, extent) = (inputs[0], self.output);
        match (&self.step.kind, &self.loaded) {
            (_, Loaded::Convolution(convolution)) => convolution.whole(frame, input, output, out, scratch),
            (_, Loaded::Dense(dense)) => dense.whole(frame, input, out, scratch),
            (_, Loaded::Affine(affine)) => affine.whole(frame, input, output, out),
            (Kind::Pool { window, divisors }, _) => {
                pool::whole(window, divisors.as_deref(), frame, input, output, out);
            }
            (Kind::Function(function), _) => CellFunction::Elements(*function).whole(frame, input, output, out),
            (Kind::Channels(along), _) => CellFunction::Channels(along).whole(frame, input, output, out),
            (Kind::Pick(channels), _) => rearrange::pick_whole(channels, frame, input, output, out),
            (Kind::JoinChannels, _) => rearrange::join_channels_whole(frame, inputs, output, out),
            (Kind::JoinPositions, _) => rearrange::join_positions_whole(frame, inputs, output, out),
            (Kind::Crop { start, value }, _) => {
                rearrange::moved_whole(From::Start(*start, *value), frame, input, output, out);
            }
            (Kind::Take(positions), _) => rearrange::moved_whole(From::Positions(positions), frame, input, output, out),
            (Kind::Stitch { position, channels }, _) => {
                rearrange::stitch_whole(*position, channels, frame, input, extent, out);
            }
            (Kind::Reduce(reduction), _) => reduce::whole(*reduction, frame, input, out, running),
            (kind, _) => {
                if let Some(pair) = pair_of(kind) {
                    pair.whole(frame, [input, inputs[1]], output, out);
                }
            }
        }
    }

    /// Computes what edits change; `running` is what [`whole`](Self::whole) left there.
    pub fn change(&self, frame: &Edited<'_>, out: &mut Changes, running: &Buffer, scratch: &mut Scratch) {
        let cells = self.reach(frame, &mut out.spans);
        out.data.reserve(cells * crate::memory::cell(self.output.channels));
        let (inputs, output) = (self.step.inputs.as_slice(), self.step.output);
        let (input, extent) = (inputs[0], self.output);
        match (&self.step.kind, &self.loaded) {
            (_, Loaded::Convolution(convolution)) => convolution.change(frame, input, output, out, scratch),
            (_, Loaded::Dense(dense)) => dense.change(frame, input, output, out, scratch),
            (_, Loaded::Affine(affine)) => affine.change(frame, input, out),
            (Kind::Pool { window, divisors }, _) => {
                pool::change(window, divisors.as_deref(), frame, input, output, out)
            }
            (Kind::Function(function), _) => {
                CellFunction::Elements(*function).change(frame, input, output, out, scratch);
            }
            (Kind::Channels(along), _) => CellFunction::Channels(along).change(frame, input, output, out, scratch),
            (Kind::Pick(channels), _) => rearrange::pick_change(channels, frame, input, out),
            (Kind::JoinChannels, _) => rearrange::join_channels_change(frame, inputs, extent, out),
            (Kind::JoinPositions, _) => rearrange::join_positions_change(frame, inputs, extent, out),
            (Kind::Crop { start, value }, _) => {
                rearrange::moved_change(From::Start(*start, *value), frame, input, output, out);
            }
            (Kind::Take(positions), _) => {
                rearrange::moved_change(From::Positions(positions), frame, input, output, out);
            }
            (Kind::Stitch { position, channels }, _) => {
                rearrange::stitch_change(*position, channels, frame, input, output, out);
            }
            (Kind::Reduce(reduction), _) => reduce::change(*reduction, frame, input, output, out, running),
            (kind, _) => {
                if let Some(pair) = pair_of(kind) {
                    pair.change(frame, [input, inputs[1]], output, out, scratch);
                }
            }
        }
    }

    /// The stretches that edits reach in what is needed of the result, and the number of their cells.
    fn reach(&self, frame: &Edited<'_>, spans: &mut Vec<Span>) -> usize {
        let is_single = self.output.length == 1;
        let needed = frame.whole.cone.of(self.step.output);
        let mut own: Vec<Range<usize>> = vec![0..0; self.step.inputs.len()];
        let mut offset = 0;
        spans.clear();
        for edit in 0..frame.rows.len() {
            for (range, &input) in own.iter_mut().zip(&self.step.inputs) {
                *range = frame.changes[input].spans[edit].range();
            }
            // Of what has one position, every edit has a value of its own.
            let range = match is_single {
                true => 0..1,
                false => overlap(&self.step.kind.reached(&own, &self.inputs, self.output), needed),
            };
            spans.push(Span { start: range.start as u32, width: range.len() as u32, offset: offset as u32 });
            offset += range.len();
        }
        offset
    }
}

fn pair_of(kind: &Kind) -> Option<Pair> {
    match kind {
        Kind::Sum(factor) => Some(Pair::Sum(*factor)),
        Kind::Product => Some(Pair::Product),
        Kind::Quotient => Some(Pair::Quotient),
        _ => None,
    }
}
