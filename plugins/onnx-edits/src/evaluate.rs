//! Predictions for rows and for edits of them.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use kipos_plugin_api::{EditedOutputs, Edits, PluginError, Result, Substitution, Tensor, TensorView};

use crate::groups::{Group, Limits, groups, worth_sharing};
use crate::instructions::Instructions;
use crate::memory::{Buffer, cell};
use crate::outputs;
use crate::plan::cone::Cone;
use crate::plan::step::overlap;
use crate::plan::{Cost, Plan, Port};
use crate::reference::Reference;
use crate::step::LoadedStep;
use crate::step::frame::{Changes, Edited, Scratch, Side, Span};
use crate::step::weights::{Unusable, Weights};

/// What is kept of the rows that a thread works on may take so many bytes; and never are there more rows at a time, where
/// they share nothing.
const KEPT_BYTES: usize = 48 << 20;
const MOST_ROWS: usize = 32;

/// What a thread changes at a time may take so many numbers in the widest tensor, and more where weights are large, as these
/// are read once for all.
const FEWEST_NUMBERS: usize = 512 << 10;
const MOST_NUMBERS: usize = 4 << 20;
const MOST_EDITS: usize = 512;

/// A plan with its weights.
#[derive(Debug)]
pub struct Evaluator {
    pub(crate) plan: Plan,
    pub(crate) steps: Vec<LoadedStep>,
    /// The tensors whose rows edits need.
    pub(crate) keeps: Vec<bool>,
    /// For each step, the tensors that no later step reads.
    pub(crate) last_read: Vec<Vec<usize>>,
    pub(crate) instructions: Instructions,
    most_rows: usize,
    edits_at_once: usize,
    workers: Mutex<Vec<Worker>>,
}

/// The memory of a thread.
#[derive(Debug, Default)]
struct Worker {
    reference: Reference,
    changes: Vec<Changes>,
    free: Vec<Buffer>,
    scratch: Scratch,
    rows: Vec<u32>,
}

/// Edits in the order in which they are evaluated: those of a row together, from its start to its end.
struct Task<'a> {
    inputs: &'a [&'a [f32]],
    edits: &'a Edits,
    order: Vec<usize>,
    /// The rows that are computed together.
    groups: Vec<Group>,
    /// For each row, its place in its group.
    places: Vec<u32>,
    /// For each group, where its edits lie in that order.
    begins: Vec<Range<usize>>,
    /// What is computed of rows and edits.
    cone: Cone,
    wanted: Vec<bool>,
    outputs: Mutex<[Vec<Vec<f32>>; 2]>,
}

impl Evaluator {
    /// Takes the weights of a plan, on so many threads.
    ///
    /// # Errors
    /// Weights that cannot be used, or a plan in which nothing is edited.
    pub fn load(plan: Plan, weights: &dyn Weights, threads: usize) -> Result<Self, Unusable> {
        let cost = plan.cost().ok_or("no input is edited")?;
        let steps = plan.steps.iter().map(|step| LoadedStep::load(&plan, step, weights, threads));
        let steps = steps.collect::<Result<Vec<LoadedStep>, Unusable>>()?;
        let mut keeps = vec![false; plan.tensors.len()];
        plan.inputs.iter().chain(&plan.outputs).for_each(|port| keeps[port.tensor] = true);
        steps.iter().flat_map(|step| step.keeps(&plan.is_new)).for_each(|tensor| keeps[tensor] = true);
        let mut last_read = vec![Vec::new(); steps.len()];
        for (tensor, readers) in plan.readers().into_iter().enumerate() {
            if let Some(&last) = readers.last() {
                last_read[last].push(tensor);
            }
        }
        let edits_at_once = edits_at_once(&cost);
        let (instructions, workers) = (Instructions::detect(), Mutex::default());
        Ok(Self { plan, steps, keeps, last_read, instructions, most_rows: MOST_ROWS, edits_at_once, workers })
    }

    /// Uses other instructions than the widest of the processor, which must have them.
    #[must_use]
    pub fn with_instructions(self, instructions: Instructions) -> Self {
        assert!(instructions.is_there(), "this processor has no {instructions:?}");
        Self { instructions, ..self }
    }

    /// So many rows that share nothing, and edits, at a time, at most.
    #[must_use]
    pub fn with_limits(self, rows: usize, edits: usize) -> Self {
        Self { most_rows: rows.max(1), edits_at_once: edits.max(1), ..self }
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Predictions for the rows of `inputs` and for edits of them, in the order of the plan's inputs and outputs.
    ///
    /// # Errors
    /// Inputs or edits that do not fit the plan.
    pub fn predict(&self, inputs: &[TensorView<'_>], edits: &Edits, threads: usize) -> Result<EditedOutputs> {
        let rows = inputs.first().map_or(0, TensorView::rows);
        let data = self.checked(inputs, edits, rows)?;
        let counts = [rows, edits.sources.len()];
        let width = |port: &Port| port.shape.iter().product::<usize>();
        let outputs = counts.map(|count| self.plan.outputs.iter().map(|port| vec![0.0; count * width(port)]).collect());
        let threads = threads.max(1);
        let by_rows = rows >= 2 * threads || threads == 1;
        let most_rows = if by_rows { rows.div_ceil(threads) } else { rows };
        let task = self.task(&data, edits, rows, most_rows, outputs)?;
        if by_rows {
            self.by_rows(&task, threads);
        } else {
            self.by_edits(&task, threads);
        }
        let outputs = task.outputs.into_inner().unwrap_or_else(PoisonError::into_inner);
        let tensors = |(count, outputs): (usize, Vec<Vec<f32>>)| -> Result<Vec<Tensor>> {
            let shaped = self.plan.outputs.iter().zip(outputs);
            shaped.map(|(port, data)| Tensor::new([&[count], port.shape.as_slice()].concat(), data)).collect()
        };
        let [reference, edited] = outputs;
        Ok(EditedOutputs::new(tensors((counts[0], reference))?, tensors((counts[1], edited))?))
    }

    fn checked<'a>(&self, inputs: &[TensorView<'a>], edits: &Edits, rows: usize) -> Result<Vec<&'a [f32]>> {
        if inputs.len() != self.plan.inputs.len() {
            return Err(PluginError::shape(format!(
                "{} inputs were planned, {} given",
                self.plan.inputs.len(),
                inputs.len()
            )));
        }
        let mut data = Vec::with_capacity(inputs.len());
        for (port, view) in self.plan.inputs.iter().zip(inputs) {
            if view.shape().split_first() != Some((&rows, port.shape.as_slice())) {
                return Err(PluginError::shape(format!(
                    "rows of {:?} were planned, {:?} given",
                    port.shape,
                    view.shape()
                )));
            }
            data.push(view.as_f32()?);
        }
        let is_row = edits.sources.iter().all(|&source| source < rows);
        let ends = edits.ends.iter().try_fold(0, |before, &end| (before <= end).then_some(end));
        let are_ends =
            edits.ends.len() == edits.sources.len() && ends.is_some_and(|end| end <= edits.substitutions.len());
        let is_there = |one: &Substitution| {
            self.plan.inputs.get(one.input).filter(|port| port.axes.is_some()).is_some_and(|port| {
                let extent = self.plan.tensors[port.tensor];
                one.position < extent.length && one.channel.is_none_or(|channel| channel < extent.channels)
            })
        };
        if is_row && are_ends && edits.substitutions.iter().all(is_there) {
            return Ok(data);
        }
        Err(PluginError::shape("edits name rows, inputs, positions or bases that are not there"))
    }

    fn task<'a>(
        &self,
        inputs: &'a [&'a [f32]],
        edits: &'a Edits,
        rows: usize,
        most_rows: usize,
        outputs: [Vec<Vec<f32>>; 2],
    ) -> Result<Task<'a>> {
        let is_wanted = |at: usize| edits.outputs.is_empty() || edits.outputs.contains(&at);
        let wanted: Vec<bool> = (0..self.plan.outputs.len()).map(is_wanted).collect();
        let reads = outputs::reads(&self.plan, &wanted, &edits.reads)?;
        let cone = self.plan.cone(&reads);
        let groups = groups(rows, &edits.places, &self.limits(&cone, most_rows));
        let mut place_of = vec![(0, 0); rows];
        for (at, group) in groups.iter().enumerate() {
            group.rows.iter().enumerate().for_each(|(local, &row)| place_of[row] = (at, local as u32));
        }
        let mut order: Vec<usize> = (0..edits.sources.len()).collect();
        order.sort_by_key(|&edit| {
            (place_of[edits.sources[edit]], edits.substitutions_of(edit).first().map(|first| first.position))
        });
        let begin = |group: usize| order.partition_point(|&edit| place_of[edits.sources[edit]].0 < group);
        let begins = (0..groups.len()).map(|group| begin(group)..begin(group + 1)).collect();
        let places = place_of.into_iter().map(|(_, local)| local).collect();
        Ok(Task { inputs, edits, order, groups, places, begins, cone, wanted, outputs: Mutex::new(outputs) })
    }

    fn limits(&self, cone: &Cone, most_rows: usize) -> Limits {
        let kept = || (0..self.plan.tensors.len()).filter(|&tensor| self.keeps[tensor]);
        let own = |tensor: usize| cell(self.plan.tensors[tensor].channels);
        Limits {
            rows: most_rows,
            lines: self.most_rows,
            numbers: KEPT_BYTES / size_of::<f32>(),
            of_row: kept().map(|tensor| cone.of(tensor).len() * own(tensor)).sum(),
            of_position: kept().map(own).sum(),
            within: worth_sharing(&self.plan, cone),
        }
    }

    /// Threads take some rows at a time, with all of their edits.
    fn by_rows(&self, task: &Task<'_>, threads: usize) {
        self.on_threads(threads.min(task.groups.len()), |worker, next| {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(group) = task.groups.get(at) else { break };
                self.take_rows(task, worker, group);
                let Worker { reference, changes, free, scratch, rows } = worker;
                for chunk in task.order[task.begins[at].clone()].chunks(self.edits_at_once) {
                    self.take_edits(task, chunk, reference, changes, free, scratch, rows);
                }
            }
        });
    }

    /// Threads take some edits at a time, of a few rows.
    fn by_edits(&self, task: &Task<'_>, threads: usize) {
        for (group, begins) in task.groups.iter().zip(&task.begins) {
            let mut own = self.worker();
            self.take_rows(task, &mut own, group);
            let edits = &task.order[begins.clone()];
            let at_once = self.edits_at_once.min(edits.len().div_ceil(threads)).max(1);
            let reference = &own.reference;
            self.on_threads(threads.min(edits.len().div_ceil(at_once)), |worker, next| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed) * at_once;
                    let Some(chunk) = edits.get(at..(at + at_once).min(edits.len())).filter(|chunk| !chunk.is_empty())
                    else {
                        break;
                    };
                    let Worker { changes, free, scratch, rows, .. } = worker;
                    self.take_edits(task, chunk, reference, changes, free, scratch, rows);
                }
            });
            self.give_back(own);
        }
    }

    /// Runs the same on several threads, which share a counter.
    fn on_threads(&self, threads: usize, run: impl Fn(&mut Worker, &AtomicUsize) + Sync) {
        let next = AtomicUsize::new(0);
        let one = || {
            let mut worker = self.worker();
            run(&mut worker, &next);
            self.give_back(worker);
        };
        if threads < 2 {
            return one();
        }
        std::thread::scope(|scope| {
            (1..threads).for_each(|_| drop(scope.spawn(one)));
            one();
        });
    }

    fn worker(&self) -> Worker {
        self.workers.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn give_back(&self, worker: Worker) {
        self.workers.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
    }

    fn take_rows(&self, task: &Task<'_>, worker: &mut Worker, group: &Group) {
        let Worker { reference, free, scratch, .. } = worker;
        self.reference(task.inputs, group, &task.cone, reference, free, scratch);
        let whole = reference.whole(self, &task.cone);
        let mut outputs = task.outputs.lock().unwrap_or_else(PoisonError::into_inner);
        for (at, port) in self.plan.outputs.iter().enumerate().filter(|(at, _)| task.wanted[*at]) {
            let side = whole.side(port.tensor);
            for (local, &row) in group.rows.iter().enumerate() {
                let width = port.shape.iter().product::<usize>();
                outputs::write_row(port, &side, local, &mut outputs[0][at][row * width..][..width]);
            }
        }
    }

    /// Evaluates edits of rows of a group.
    #[allow(clippy::too_many_arguments, reason = "they are the memory of a thread, and rows that threads share")]
    fn take_edits(
        &self,
        task: &Task<'_>,
        chunk: &[usize],
        reference: &Reference,
        changes: &mut Vec<Changes>,
        free: &mut Vec<Buffer>,
        scratch: &mut Scratch,
        rows: &mut Vec<u32>,
    ) {
        let plan = &self.plan;
        let whole = reference.whole(self, &task.cone);
        rows.clear();
        rows.extend(chunk.iter().map(|&edit| task.places[task.edits.sources[edit]]));
        changes.resize_with(plan.tensors.len(), Changes::default);
        for (input, port) in plan.inputs.iter().enumerate() {
            let side = whole.side(port.tensor);
            if let Some(used) = free.pop() {
                changes[port.tensor].data = used;
            }
            self.change_input(task.edits, chunk, rows, input, port, &side, &mut changes[port.tensor]);
        }
        for (at, step) in self.steps.iter().enumerate() {
            let output = step.step.output;
            if task.cone.of(output).is_empty() {
                changes[output].spans.clear();
                changes[output].spans.resize(chunk.len(), Span::default());
                continue;
            }
            let mut out = std::mem::take(&mut changes[output]);
            if let Some(used) = free.pop() {
                out.data = used;
            }
            let frame = Edited { rows, whole, changes, is_new: &plan.is_new };
            step.change(&frame, &mut out, &reference.running[at], scratch);
            changes[output] = out;
            for &input in self.last_read[at].iter().filter(|&&input| !plan.is_output(input)) {
                free.push(std::mem::take(&mut changes[input].data));
            }
        }
        let frame = Edited { rows, whole, changes, is_new: &plan.is_new };
        let mut outputs = task.outputs.lock().unwrap_or_else(PoisonError::into_inner);
        for (at, port) in plan.outputs.iter().enumerate().filter(|(at, _)| task.wanted[*at]) {
            let side = frame.side(port.tensor);
            let width = port.shape.iter().product::<usize>();
            for (index, (&edit, &row)) in chunk.iter().zip(rows.iter()).enumerate() {
                let out = &mut outputs[1][at][edit * width..][..width];
                outputs::write_edit(port, &side, index, row as usize, out);
            }
        }
        drop(outputs);
        for port in &plan.outputs {
            let data = std::mem::take(&mut changes[port.tensor].data);
            if data.bytes() > 0 {
                free.push(data);
            }
        }
    }

    /// What edits change of an input.
    #[allow(clippy::too_many_arguments, reason = "it is the inner part of a loop")]
    fn change_input(
        &self,
        edits: &Edits,
        chunk: &[usize],
        rows: &[u32],
        input: usize,
        port: &Port,
        side: &Side<'_>,
        out: &mut Changes,
    ) {
        let is_new = self.plan.is_new[port.tensor];
        out.spans.clear();
        let mut offset = 0;
        for &edit in chunk {
            let own = edits.substitutions_of(edit).iter().filter(|one| one.input == input).map(|one| one.position);
            let (low, high) = own.fold((usize::MAX, 0), |(low, high), at| (low.min(at), high.max(at + 1)));
            let range = if is_new { 0..1 } else { overlap(&(low.min(high)..high), side.needed) };
            out.spans.push(Span { start: range.start as u32, width: range.len() as u32, offset: offset as u32 });
            offset += range.len();
        }
        out.data.reserve(offset * side.cell);
        for ((&edit, &row), span) in chunk.iter().zip(rows).zip(&out.spans) {
            let cells = &mut out.data[span.numbers(side.cell)];
            if is_new {
                cells.copy_from_slice(side.reference(row as usize, 0..1));
                continue;
            }
            cells.fill(0.0);
            let is_needed = |one: &&Substitution| one.input == input && span.range().contains(&one.position);
            for one in edits.substitutions_of(edit).iter().filter(is_needed) {
                let reference = side.reference(row as usize, one.position..one.position + 1);
                let cell = &mut cells[(one.position - span.start as usize) * side.cell..][..side.cell];
                for (channel, (out, before)) in cell.iter_mut().zip(reference).enumerate() {
                    *out = if one.channel == Some(channel) { 1.0 } else { 0.0 } - before;
                }
            }
        }
    }
}

/// Large weights are worth large chunks; small ones leave the cache to what changes.
fn edits_at_once(cost: &Cost) -> usize {
    let numbers = (FEWEST_NUMBERS + cost.weights / 16).min(MOST_NUMBERS);
    (numbers / cost.widest.max(1)).clamp(4, MOST_EDITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{OfGraph, network, plan};
    use crate::trial::Trial;

    #[test]
    fn a_thread_keeps_as_much_memory_however_often_it_is_asked() {
        let graph = network();
        let evaluator = Evaluator::load(plan(&graph, 40).unwrap(), &OfGraph(&graph), 1).unwrap().with_limits(2, 3);
        let trial = Trial::of(evaluator.plan(), 3).unwrap();
        let mut kept = Vec::new();
        for _ in 0..4 {
            evaluator.predict(&trial.views(), &trial.edits, 1).unwrap();
            let workers = evaluator.workers.lock().unwrap();
            kept.push((workers.len(), workers[0].free.iter().map(Buffer::bytes).sum::<usize>()));
        }
        assert!(kept[0].1 > 0 && kept.iter().all(|own| *own == kept[0]), "{kept:?}");
    }
}
