//! Whole rows, and what is kept of them for their edits.

use crate::evaluate::Evaluator;
use crate::instructions::Instructions;
use crate::memory::{Buffer, cell};
use crate::step::frame::{Scratch, Whole};

/// What is kept of some rows.
#[derive(Debug, Default)]
pub struct Reference {
    /// How many rows.
    pub rows: usize,
    /// The cells of all rows, tensor by tensor; of those that no edit needs, nothing.
    pub tables: Vec<Buffer>,
    /// What steps need besides, step by step.
    pub running: Vec<Buffer>,
}

impl Evaluator {
    /// Computes rows: of every input, `rows` of them from the row `first` on.
    #[allow(clippy::too_many_arguments, reason = "they are the memory of a thread")]
    pub(crate) fn reference(
        &self,
        inputs: &[&[f32]],
        first: usize,
        rows: usize,
        needed: &[bool],
        reference: &mut Reference,
        free: &mut Vec<Buffer>,
        scratch: &mut Scratch,
    ) {
        let plan = &self.plan;
        reference.rows = rows;
        reference.tables.resize_with(plan.tensors.len(), Buffer::default);
        reference.running.resize_with(self.steps.len(), Buffer::default);
        for (port, data) in plan.inputs.iter().zip(inputs) {
            let extent = plan.tensors[port.tensor];
            let (own, size) = (cell(extent.channels), extent.length * extent.channels);
            let table = &mut reference.tables[port.tensor];
            table.reserve(rows * extent.length * own);
            let cells = table.chunks_exact_mut(own).take(rows * extent.length);
            for (at, out) in cells.enumerate() {
                let (row, position) = (first + at / extent.length, at % extent.length);
                out.fill(0.0);
                let numbers = &data[row * size..(row + 1) * size];
                for (out, &place) in out.iter_mut().zip(&port.places.channels) {
                    *out = numbers[position * port.places.position + place];
                }
            }
        }
        for (at, step) in self.steps.iter().enumerate().filter(|(at, _)| needed[*at]) {
            let output = step.step.output;
            let extent = plan.tensors[output];
            let mut out = std::mem::take(&mut reference.tables[output]);
            if !self.keeps[output]
                && let Some(used) = free.pop()
            {
                out = used;
            }
            out.reserve(rows * extent.length * cell(extent.channels));
            let mut running = std::mem::take(&mut reference.running[at]);
            let instructions = self.instructions;
            let frame = Whole { rows, tensors: &plan.tensors, tables: &reference.tables, instructions };
            step.whole(&frame, &mut out, &mut running, scratch);
            reference.tables[output] = out;
            reference.running[at] = running;
            for &input in &self.last_read[at] {
                if !self.keeps[input] {
                    free.push(std::mem::take(&mut reference.tables[input]));
                }
            }
        }
    }
}

impl Reference {
    /// The rows as steps see them.
    pub fn whole<'a>(&'a self, evaluator: &'a Evaluator, instructions: Instructions) -> Whole<'a> {
        Whole { rows: self.rows, tensors: &evaluator.plan.tensors, tables: &self.tables, instructions }
    }
}
