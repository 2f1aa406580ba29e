//! What a plan costs, in multiplications.

use std::ops::Range;

use super::Plan;
use super::cone::Cone;
use super::step::{Kind, Step, overlap};
use crate::memory::cell;

/// So many places of an edit are tried.
const PLACES: usize = 32;

/// What is not a product costs so many multiplications for each element.
pub const ELEMENT: f64 = 2.0;

/// The cost of a row and of an edit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// Of a whole row.
    pub row: f64,
    /// Of an edit of one position, on average over the positions.
    pub edit: f64,
    /// The numbers that the widest tensor of an edit has.
    pub widest: usize,
    /// The numbers of all weights.
    pub weights: usize,
}

impl Cost {
    /// The cost of an edit over that of a row.
    pub fn ratio(&self) -> f64 {
        if self.row > 0.0 { self.edit / self.row } else { 1.0 }
    }
}

impl Plan {
    /// What it costs; `None` if no input is edited.
    pub fn cost(&self) -> Option<Cost> {
        let edited = self.inputs.iter().filter(|port| port.axes.is_some());
        let inputs: Vec<(usize, usize)> = edited.map(|port| (port.tensor, self.tensors[port.tensor].length)).collect();
        let longest = inputs.iter().map(|(_, length)| *length).max()?;
        let nothing = vec![0..0; self.tensors.len()];
        let whole = |&input: &usize| 0..self.tensors[input].length;
        let tail = self.tail.as_ref().map_or(0.0, |tail| tail.work);
        let row = self.steps.iter().map(|step| self.work_of(step, &whole(&step.output), &whole)).sum::<f64>() + tail;
        let cone = self.cone(&self.whole_outputs());
        let (mut edit, mut widest) = (tail, 0);
        for place in 0..PLACES {
            let mut spans = nothing.clone();
            for &(tensor, length) in &inputs {
                let at = (2 * place + 1) * length / (2 * PLACES);
                // The longest input is edited; of several, all are at once, which is the most that it costs.
                spans[tensor] = if length == longest { at..at + 1 } else { 0..0 };
            }
            let (work, wide) = self.work(&spans, &cone);
            edit += work / PLACES as f64;
            widest = widest.max(wide);
        }
        let weights = self.steps.iter().map(|step| step.kind.weights()).sum();
        Some(Cost { row, edit, widest, weights })
    }

    /// How many positions more of a row cost as much as what is needed of a row.
    pub fn positions_of_a_row(&self, cone: &Cone) -> usize {
        let (mut row, mut position) = (0.0, 0.0);
        for step in &self.steps {
            let span = cone.of(step.output);
            let own = self.work_of(step, span, &|&input| cone.of(input).clone());
            row += own;
            position += own / span.len().max(1) as f64;
        }
        if position > 0.0 { (row / position) as usize } else { 0 }
    }

    /// The work if inputs change in `spans` (other tensors follow), and the numbers of the widest tensor.
    fn work(&self, spans: &[Range<usize>], cone: &Cone) -> (f64, usize) {
        let mut spans = spans.to_vec();
        let (mut work, mut widest) = (0.0, 0);
        for step in &self.steps {
            let own: Vec<Range<usize>> = step.inputs.iter().map(|&input| spans[input].clone()).collect();
            let inputs: Vec<_> = step.inputs.iter().map(|&input| self.tensors[input]).collect();
            let output = self.tensors[step.output];
            let mut span = overlap(&step.kind.reached(&own, &inputs, output), cone.of(step.output));
            // What has one position is computed for every edit.
            if output.length == 1 {
                span = cone.of(step.output).clone();
            }
            widest = widest.max(span.len() * cell(output.channels));
            work += self.work_of(step, &span, &|&input| spans[input].clone());
            spans[step.output] = span;
        }
        (work, widest)
    }

    /// The work of a step for positions of its output that follow from these of its inputs.
    fn work_of(&self, step: &Step, span: &Range<usize>, of_input: &dyn Fn(&usize) -> Range<usize>) -> f64 {
        let [input, output] = [step.inputs[0], step.output].map(|tensor| self.tensors[tensor].channels);
        step.kind.work(span, &of_input(&step.inputs[0]), output, input)
    }
}

impl Kind {
    fn work(&self, span: &Range<usize>, first: &Range<usize>, channels: usize, of_input: usize) -> f64 {
        let numbers = (span.len() * channels) as f64;
        match self {
            Self::Convolution { window, weights, groups, .. } => {
                let taps: usize = span.clone().map(|at| window.taps_in(at, first).len()).sum();
                (taps * weights.channels.len()) as f64 * weights.outputs as f64 + numbers * ELEMENT * *groups as f64
            }
            Self::Dense { weights, .. } => (first.len() * of_input) as f64 * weights.outputs as f64 + numbers,
            Self::Pool { window, .. } => numbers * window.taps as f64,
            Self::Reduce(_) => (first.len() * of_input) as f64,
            _ => numbers * ELEMENT,
        }
    }

    /// The numbers of its weights.
    fn weights(&self) -> usize {
        match self {
            Self::Convolution { weights, .. } | Self::Dense { weights, .. } => {
                weights.channels.len() * weights.taps.len() * weights.outputs
            }
            _ => 0,
        }
    }
}
