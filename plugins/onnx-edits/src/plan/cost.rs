//! What a plan costs, in multiplications.

use std::ops::Range;

use super::Plan;
use super::step::Kind;
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
        let tail = self.tail.as_ref().map_or(0.0, |tail| tail.work);
        let row = self.work(&nothing, true).0 + tail;
        let (mut edit, mut widest) = (tail, 0);
        for place in 0..PLACES {
            let mut spans = nothing.clone();
            for &(tensor, length) in &inputs {
                let at = (2 * place + 1) * length / (2 * PLACES);
                // The longest input is edited; of several, all are at once, which is the most that it costs.
                spans[tensor] = if length == longest { at..at + 1 } else { 0..0 };
            }
            let (work, wide) = self.work(&spans, false);
            edit += work / PLACES as f64;
            widest = widest.max(wide);
        }
        let weights = self.steps.iter().map(|step| step.kind.weights()).sum();
        Some(Cost { row, edit, widest, weights })
    }

    /// The work if inputs change in `spans` (other tensors follow), or for whole rows; and the numbers of the widest tensor.
    fn work(&self, spans: &[Range<usize>], is_whole: bool) -> (f64, usize) {
        let mut spans = spans.to_vec();
        let (mut work, mut widest) = (0.0, 0);
        for step in &self.steps {
            let extent = |tensor: usize| self.tensors[tensor];
            let own: Vec<Range<usize>> = step
                .inputs
                .iter()
                .map(|&input| if is_whole { 0..extent(input).length } else { spans[input].clone() })
                .collect();
            let inputs: Vec<_> = step.inputs.iter().map(|&input| extent(input)).collect();
            let output = extent(step.output);
            let mut span = step.kind.reached(&own, &inputs, output);
            // What has one position is computed for every edit.
            if is_whole || output.length == 1 {
                span = 0..output.length;
            }
            widest = widest.max(span.len() * cell(output.channels));
            work += step.kind.work(&span, &own, output.channels, inputs[0].channels);
            spans[step.output] = span;
        }
        (work, widest)
    }
}

impl Kind {
    fn work(&self, span: &Range<usize>, inputs: &[Range<usize>], channels: usize, of_input: usize) -> f64 {
        let first = inputs.first().cloned().unwrap_or(0..0);
        let numbers = (span.len() * channels) as f64;
        match self {
            Self::Convolution { window, weights, groups, .. } => {
                let taps: usize = span.clone().map(|at| window.taps_in(at, &first).len()).sum();
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
