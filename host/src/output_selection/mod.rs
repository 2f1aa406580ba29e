//! What scorers read of a model's outputs: positions become tasks, and unwanted tasks go.
//!
//! A model's *raw row* holds all its outputs. A [`OutputSelection`] makes the *read row* of it, before anything is kept in
//! memory: outputs with a position axis (profiles) are reduced where the user says so, and only chosen tasks stay. On the
//! reverse complement, where positions run the other way and stranded tasks change places, it makes a row of the same
//! meaning.

mod described;
mod error;
mod fold;
mod geometry;
mod output_axis;
mod position_axis;
mod reads;
mod reduction;
mod reverse;
mod rows;
mod tasks;

use kipos_plugin_api::{OutputSpec, OutputSpecs, Scale};

use crate::description::{ModelSpec, make_distinct};
use crate::provenance::Provenance;
use crate::sha256::sha256;
pub use error::OutputSelectionError;
use fold::Fold;
pub use geometry::{OutputGeometry, PositionsError, wrong_positions};
pub use output_axis::{OutputAxis, OutputAxisError};
pub use position_axis::{Lengths, WindowLength};
pub use reduction::{OutputReduction, Reduction, ReductionError};
pub use rows::OutputError;
pub use tasks::TaskKey;
pub(crate) use tasks::choose as choose_tasks;
#[cfg(test)]
pub(crate) use tests::model as model_of_targets;

const REDUCE_FLAG: &str = "--reduce";
const AXIS_FLAG: &str = "--position-axis";

/// More chosen tasks are not listed by name.
const MOST_LISTED: usize = 50;

/// How a model's outputs are read.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputSelection {
    parts: Vec<Part>,
    outputs: OutputSpecs,
    picks_tasks: bool,
    /// The pairs of outputs that change places on the reverse complement.
    swapped_outputs: Vec<(usize, usize)>,
    /// The names of the tasks that are no signal.
    background: Vec<String>,
}

/// How one output is read.
#[derive(Debug, Clone, PartialEq)]
struct Part {
    /// The number of the output among those that the model gives.
    source: usize,
    /// The output as the model gives it; it has no tasks if it has an axis of positions.
    raw: OutputSpec,
    /// The axis of its positions, if the user or the description names it.
    axis: Option<usize>,
    /// The pairs of its tasks that change places on the reverse complement.
    swapped: Vec<(usize, usize)>,
    /// Positions become tasks.
    fold: Option<Fold>,
    /// The tasks that stay, in their order; all values if `None`.
    picked: Option<Vec<usize>>,
    /// Where its values stand in the read row.
    offset: usize,
    /// How many there are.
    len: usize,
}

/// What the user wants to be read of a model's outputs, over its description.
#[derive(Debug, Clone, Copy, Default)]
pub struct OutputRequest<'a> {
    /// Outputs whose positions become tasks.
    pub reductions: &'a [OutputReduction],
    /// The axes of positions, over those of the description.
    pub position_axes: &'a [OutputAxis],
    /// The tasks that stay; all if empty.
    pub tasks: &'a [TaskKey],
    /// Whether the reductions and tasks of the description hold where none are named here.
    pub with_defaults: bool,
}

impl OutputSelection {
    /// Every output as the model gives it.
    pub fn whole(outputs: OutputSpecs) -> Self {
        let part = |(source, raw): (usize, &OutputSpec)| Part {
            source,
            raw: raw.clone(),
            axis: None,
            swapped: Vec::new(),
            fold: None,
            picked: None,
            offset: raw.offset,
            len: raw.len(),
        };
        let parts = outputs.0.iter().enumerate().map(part).collect();
        Self { parts, outputs, picks_tasks: false, swapped_outputs: Vec::new(), background: Vec::new() }
    }

    /// Reduces outputs, then keeps the tasks that were asked for, in the model's order. `outputs` are those of the targets
    /// of `spec`, in their order.
    ///
    /// The axis of positions is the one that the request or the description names, else what column labels and `lengths`
    /// tell; all others hold the tasks. They have the target's column labels if there is one for each, else numbers.
    ///
    /// # Errors
    /// Outputs, axes or tasks that do not exist, outputs without positions or with too few, or that do not tell which
    /// axis holds them.
    pub fn new(
        spec: &ModelSpec,
        outputs: &OutputSpecs,
        request: &OutputRequest<'_>,
        lengths: &mut dyn Lengths,
    ) -> Result<Self, OutputSelectionError> {
        let mut selection = Self::whole(outputs.clone());
        selection.describe(spec);
        let mut given = vec![false; selection.parts.len()];
        for OutputAxis { output, axis } in request.position_axes {
            let index = selection.find(spec, AXIS_FLAG, &axis.to_string(), output.as_deref())?;
            if std::mem::replace(&mut given[index], true) {
                return Err(OutputSelectionError::Twice {
                    flag: AXIS_FLAG,
                    output: selection.parts[index].raw.name.clone(),
                });
            }
            selection.set_axis(index, *axis)?;
        }
        for reduction in request.reductions {
            selection.reduce(spec, reduction, lengths)?;
        }
        if request.with_defaults {
            selection.reduce_as_described(spec, lengths)?;
        }
        selection.parts.iter().try_for_each(Part::check_swapped)?;
        make_distinct(selection.outputs.0.iter_mut().flat_map(|output| &mut output.tasks));
        selection.find_background(spec)?;
        if !request.tasks.is_empty() {
            selection.pick(request.tasks)?;
        } else if request.with_defaults {
            selection.pick_as_described(spec)?;
        }
        let mut offset = 0;
        for (part, output) in selection.parts.iter_mut().zip(&mut selection.outputs.0) {
            (part.offset, part.len, output.offset) = (offset, output.len(), offset);
            offset += part.len;
        }
        selection.check_positions(lengths.window())?;
        selection.tell_axes_and_strands(spec, lengths.window());
        if selection.picks_tasks {
            selection.outputs.0.retain(|output| !output.tasks.is_empty());
        }
        Ok(selection)
    }

    /// The number of the output that `flag` means with a value.
    fn find(
        &self,
        spec: &ModelSpec,
        flag: &'static str,
        value: &str,
        output: Option<&str>,
    ) -> Result<usize, OutputSelectionError> {
        let known = || self.parts.iter().map(|part| part.raw.name.as_str()).collect::<Vec<_>>().join(", ");
        match output {
            Some(name) => spec.target_index(name).ok_or_else(|| OutputSelectionError::UnknownOutput {
                flag,
                output: name.into(),
                known: known(),
            }),
            None if self.parts.len() == 1 => Ok(0),
            None => Err(OutputSelectionError::WhichOutput { flag, value: value.into(), known: known() }),
        }
    }

    /// Says which axis of an output holds its positions; it has no tasks then until it is reduced.
    fn set_axis(&mut self, index: usize, axis: usize) -> Result<(), OutputSelectionError> {
        let part = &mut self.parts[index];
        if axis >= part.raw.shape.len() {
            let (output, shape) = (part.raw.name.clone(), position_axis::known(&part.raw.shape));
            return Err(OutputSelectionError::NoSuchAxis { output, axis, shape });
        }
        part.axis = Some(axis);
        part.raw.tasks.clear();
        self.outputs.0[index].tasks.clear();
        Ok(())
    }

    fn reduce(
        &mut self,
        spec: &ModelSpec,
        OutputReduction { output, reduction }: &OutputReduction,
        lengths: &mut dyn Lengths,
    ) -> Result<(), OutputSelectionError> {
        let index = self.find(spec, REDUCE_FLAG, &reduction.to_string(), output.as_deref())?;
        if self.parts[index].fold.is_some() {
            let output = self.outputs.0[index].name.clone();
            return Err(OutputSelectionError::Twice { flag: REDUCE_FLAG, output });
        }
        self.reduce_output(spec, index, *reduction, lengths)
    }

    fn reduce_output(
        &mut self,
        spec: &ModelSpec,
        index: usize,
        reduction: Reduction,
        lengths: &mut dyn Lengths,
    ) -> Result<(), OutputSelectionError> {
        let (part, read) = (&mut self.parts[index], &mut self.outputs.0[index]);
        let labels = spec.targets.get(index).map_or(0, |target| target.column_labels.len());
        let axis = match part.axis {
            Some(axis) => axis,
            None => position_axis::find_position_axis(reduction, &part.raw, index, labels, lengths)?,
        };
        let fold = Fold::new(reduction, &part.raw, axis)?;
        read.shape = vec![fold.tasks()];
        read.tasks = spec.task_names(index, fold.tasks());
        read.scale = read.scale.filter(|scale| fold.keeps(*scale));
        part.fold = Some(fold);
        Ok(())
    }

    fn pick(&mut self, keys: &[TaskKey]) -> Result<(), OutputSelectionError> {
        if tasks::means_all(&self.outputs.task_names(), keys) {
            return Ok(());
        }
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

    /// Refuses outputs that have another number of positions than the description leaves room for.
    fn check_positions(&self, window: Option<usize>) -> Result<(), OutputSelectionError> {
        let Some(window) = window else { return Ok(()) };
        for part in &self.parts {
            let axis = part.fold.as_ref().map(Fold::axis).or(part.axis);
            if let (Some(axis), Some(geometry)) = (axis, OutputGeometry::of(&part.raw)) {
                geometry.check(&part.raw.name, part.raw.shape[axis], window)?;
            }
        }
        Ok(())
    }

    /// The scale that the description says of an output, and what becomes of its positions, if that is on no scale.
    pub fn lost_scale(&self, output: &str) -> Option<(Scale, Reduction)> {
        let part = self.parts.iter().find(|part| part.raw.name == output)?;
        let (fold, scale) = (part.fold.as_ref()?, part.raw.scale?);
        (!fold.keeps(scale)).then_some((scale, fold.reduction()))
    }

    /// Which of the columns of a score are those of tasks that are no signal, as the description says; in ascending order.
    pub fn background_columns(&self, columns: &[String]) -> Vec<usize> {
        (0..columns.len()).filter(|&column| self.background.contains(&columns[column])).collect()
    }

    /// Whether only chosen tasks are read.
    pub fn picks_tasks(&self) -> bool {
        self.picks_tasks
    }

    /// How outputs are read that are not read as they are: the axis of positions and what becomes of it, and the tasks
    /// that stay. Many tasks have a digest instead: that of their names, a line each.
    pub fn provenance(&self) -> Provenance {
        let mut all = Provenance::new();
        for part in &self.parts {
            let axis = part.fold.as_ref().map(Fold::axis).or(part.axis);
            let about = Provenance::new()
                .with_known("position_axis", axis)
                .with_known("reduce", part.fold.as_ref().map(Fold::reduction));
            let about = match OutputGeometry::of(&part.raw) {
                Some(geometry) => {
                    let kipos_plugin_api::Crop { left, right } = geometry.crop();
                    about.with("crop", format!("{left}, {right}")).with("bin", geometry.bin())
                }
                None => about,
            };
            all = all.with_group(part.raw.name.as_str(), about);
        }
        let names = self.outputs.task_names();
        let tasks = self.picks_tasks.then(|| match names.len() > MOST_LISTED {
            true => {
                let lines: String = names.iter().map(|name| format!("{name}\n")).collect();
                format!("{} tasks, sha256:{}", names.len(), sha256(lines))
            }
            false => names.join(", "),
        });
        all.with_known("tasks", tasks)
    }
}

impl Part {
    /// The number of tasks; `None` if the axis of positions is not known, so that there are none.
    fn task_count(&self) -> Option<usize> {
        match (&self.fold, self.axis) {
            (Some(fold), _) => Some(fold.tasks()),
            (None, Some(axis)) => Some(self.raw.len() / self.raw.shape[axis].max(1)),
            (None, None) => (!self.raw.tasks.is_empty()).then_some(self.raw.tasks.len()),
        }
    }

    /// Refuses tasks that change places but do not exist.
    fn check_swapped(&self) -> Result<(), OutputSelectionError> {
        let Some(tasks) = self.task_count() else { return Ok(()) };
        let missing = self.swapped.iter().flat_map(|&(one, other)| [one, other]).find(|task| *task >= tasks);
        missing.map_or(Ok(()), |task| {
            Err(OutputSelectionError::SwappedTask { output: self.raw.name.clone(), task, tasks })
        })
    }
}

#[cfg(test)]
mod tests;
