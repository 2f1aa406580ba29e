//! Whole rows, and what is kept of them for their edits.

use crate::evaluate::Evaluator;
use crate::groups::Group;
use crate::memory::{Buffer, cell};
use crate::plan::cone::Cone;
use crate::step::frame::{Scratch, Whole};
use crate::step::lines::Lines;

/// What is kept of some rows.
#[derive(Debug, Default)]
pub struct Reference {
    /// Where rows lie in tables.
    pub lines: Lines,
    /// The cells of all rows that are needed, tensor by tensor; of those that no edit needs, nothing.
    pub tables: Vec<Buffer>,
    /// What steps need besides, step by step.
    pub running: Vec<Buffer>,
}

impl Evaluator {
    /// Computes the rows of a group, as far as they are needed.
    pub(crate) fn reference(
        &self,
        inputs: &[&[f32]],
        group: &Group,
        cone: &Cone,
        reference: &mut Reference,
        free: &mut Vec<Buffer>,
        scratch: &mut Scratch,
    ) {
        let plan = &self.plan;
        reference.lines.clone_from(&group.lines);
        reference.tables.resize_with(plan.tensors.len(), Buffer::default);
        reference.running.resize_with(self.steps.len(), Buffer::default);
        for (port, data) in plan.inputs.iter().zip(inputs) {
            let extent = plan.tensors[port.tensor];
            let (own, size) = (cell(extent.channels), extent.length * extent.channels);
            let span = cone.of(port.tensor);
            let table = &mut reference.tables[port.tensor];
            table.reserve(group.lines.cells(span.len()) * own);
            for (local, &row) in group.rows.iter().enumerate() {
                let numbers = &data[row * size..(row + 1) * size];
                let new = group.lines.new_positions(local, span);
                let first = group.lines.first(local, span.len()) + new.start - span.start;
                for (position, out) in new.zip(table[first * own..].chunks_exact_mut(own)) {
                    out.fill(0.0);
                    for (out, &place) in out.iter_mut().zip(&port.places.channels) {
                        *out = numbers[position * port.places.position + place];
                    }
                }
            }
        }
        for (at, step) in self.steps.iter().enumerate().filter(|(_, step)| !cone.of(step.step.output).is_empty()) {
            let output = step.step.output;
            let own = cell(plan.tensors[output].channels);
            let mut out = std::mem::take(&mut reference.tables[output]);
            if !self.keeps[output]
                && let Some(used) = free.pop()
            {
                out = used;
            }
            out.reserve(group.lines.cells(cone.of(output).len()) * own);
            let mut running = std::mem::take(&mut reference.running[at]);
            let frame = reference.whole(self, cone);
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
    pub fn whole<'a>(&'a self, evaluator: &'a Evaluator, cone: &'a Cone) -> Whole<'a> {
        let (tensors, instructions) = (&evaluator.plan.tensors, evaluator.instructions);
        Whole { lines: &self.lines, tensors, cone, tables: &self.tables, instructions }
    }
}
