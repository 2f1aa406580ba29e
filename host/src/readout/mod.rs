//! What scorers read of a model's outputs: positions become tasks, and unwanted tasks go.
//!
//! A model's *raw row* holds all its outputs. A [`Readout`] makes the *read row* of it, before anything is kept in
//! memory: outputs with a position axis (profiles) are reduced where the user says so, and only chosen tasks stay.

mod error;
mod fold;
mod reduction;
mod rows;
mod tasks;

use kipos_plugin_api::{OutputSpec, OutputSpecs};

use crate::spec::{ModelSpec, make_distinct};
pub use error::ReadoutError;
use fold::Fold;
pub use reduction::{OutputReduction, Reduction, ReductionError};
pub use rows::OutputError;
pub use tasks::TaskKey;

/// How a model's outputs are read.
#[derive(Debug, Clone, PartialEq)]
pub struct Readout {
    parts: Vec<Part>,
    outputs: OutputSpecs,
    picks_tasks: bool,
}

/// How one output is read.
#[derive(Debug, Clone, PartialEq)]
struct Part {
    /// The output as the model gives it.
    raw: OutputSpec,
    /// Positions become tasks.
    fold: Option<Fold>,
    /// The tasks that stay, in their order; all values if `None`.
    picked: Option<Vec<usize>>,
    /// Where its values stand in the read row.
    offset: usize,
    /// How many there are.
    len: usize,
}

impl Readout {
    /// Every output as the model gives it.
    pub fn whole(outputs: OutputSpecs) -> Self {
        let part =
            |raw: &OutputSpec| Part { raw: raw.clone(), fold: None, picked: None, offset: raw.offset, len: raw.len() };
        Self { parts: outputs.0.iter().map(part).collect(), outputs, picks_tasks: false }
    }

    /// Reduces outputs, then keeps the tasks that `tasks` asks for, in the model's order; all if it is empty.
    /// `outputs` are those of the targets of `spec`, in their order.
    ///
    /// The position axis is the first axis longer than 1, if another axis follows it; what follows are the tasks. They
    /// have the target's column labels if there is one for each, else numbers.
    ///
    /// # Errors
    /// Outputs or tasks that do not exist, outputs without positions or with too few.
    pub fn new(
        spec: &ModelSpec,
        outputs: &OutputSpecs,
        reductions: &[OutputReduction],
        tasks: &[TaskKey],
    ) -> Result<Self, ReadoutError> {
        let mut readout = Self::whole(outputs.clone());
        for reduction in reductions {
            readout.reduce(spec, reduction)?;
        }
        make_distinct(readout.outputs.0.iter_mut().flat_map(|output| &mut output.tasks));
        if !tasks.is_empty() {
            readout.pick(tasks)?;
        }
        let mut offset = 0;
        for (part, output) in readout.parts.iter_mut().zip(&mut readout.outputs.0) {
            (part.offset, part.len, output.offset) = (offset, output.len(), offset);
            offset += part.len;
        }
        if readout.picks_tasks {
            readout.outputs.0.retain(|output| !output.tasks.is_empty());
        }
        Ok(readout)
    }

    fn reduce(
        &mut self,
        spec: &ModelSpec,
        OutputReduction { output, reduction }: &OutputReduction,
    ) -> Result<(), ReadoutError> {
        let known = || self.parts.iter().map(|part| part.raw.name.as_str()).collect::<Vec<_>>().join(", ");
        let index = match output {
            Some(name) => self.parts.iter().position(|part| part.raw.name == *name),
            None if self.parts.len() == 1 => Some(0),
            None => return Err(ReadoutError::WhichOutput { reduction: *reduction, known: known() }),
        };
        let Some(index) = index else {
            return Err(ReadoutError::UnknownOutput { output: output.clone().unwrap_or_default(), known: known() });
        };
        let (part, read) = (&mut self.parts[index], &mut self.outputs.0[index]);
        if part.fold.is_some() {
            return Err(ReadoutError::Twice { output: read.name.clone() });
        }
        let fold = Fold::new(*reduction, &part.raw)?;
        read.shape = vec![fold.tasks()];
        read.tasks = spec.task_names(index, fold.tasks());
        part.fold = Some(fold);
        Ok(())
    }

    fn pick(&mut self, keys: &[TaskKey]) -> Result<(), ReadoutError> {
        let profile = self.outputs.0.iter().find(|output| output.tasks.is_empty());
        let chosen = tasks::choose(&self.outputs.task_names(), keys, profile.map(|output| output.name.as_str()))?;
        let mut chosen = chosen.into_iter();
        for (part, read) in self.parts.iter_mut().zip(&mut self.outputs.0) {
            let count = read.tasks.len();
            let picked: Vec<usize> =
                chosen.by_ref().take(count).enumerate().filter_map(|(task, is)| is.then_some(task)).collect();
            if count > 0 && picked.len() == count {
                continue;
            }
            read.tasks = picked.iter().map(|&task| std::mem::take(&mut read.tasks[task])).collect();
            read.shape = vec![picked.len()];
            part.picked = Some(picked);
        }
        self.picks_tasks = true;
        Ok(())
    }

    /// The outputs as scorers see them: parts of a read row. Those of which no task was chosen are not among them.
    pub fn outputs(&self) -> &OutputSpecs {
        &self.outputs
    }

    /// Elements of a read row.
    pub fn width(&self) -> usize {
        self.outputs.width()
    }

    /// Whether only chosen tasks are read.
    pub fn picks_tasks(&self) -> bool {
        self.picks_tasks
    }

    /// Refuses what means something else on the reverse complement, where positions run the other way.
    ///
    /// # Errors
    /// An output that is read with its positions, or of which more positions count on one side of the middle.
    pub fn check_reverse_complement(&self) -> Result<(), ReadoutError> {
        if let Some(output) = self.outputs.0.iter().find(|output| output.tasks.is_empty()) {
            return Err(ReadoutError::BothStrands { output: output.name.clone() });
        }
        for part in self.parts.iter().filter(|part| part.len > 0) {
            if let Some(fold) = part.fold.as_ref().filter(|fold| !fold.is_symmetric()) {
                return Err(fold.off_centre(&part.raw.name));
            }
        }
        Ok(())
    }

    /// What to say of outputs that would be merged wrongly on both strands if their tasks were positions: those of shape
    /// `(n, 1)`, which nothing else tells from tasks.
    pub fn doubtful_on_both_strands(&self) -> Vec<String> {
        let doubtful = self.outputs.0.iter().filter(|output| matches!(output.shape[..], [tasks, 1] if tasks > 1));
        let message = |output: &OutputSpec| {
            format!(
                "output `{name}` of shape ({tasks}, 1) is scored on both strands as {tasks} tasks; if they are positions, reduce them with \
                 --reduce or give --use-rc false",
                name = output.name,
                tasks = output.shape[0]
            )
        };
        doubtful.map(message).collect()
    }
}

#[cfg(test)]
mod tests;
