//! Reading predictions for the reverse complement so that each element means what it means on the forward strand.

use super::fold::Fold;
use super::geometry::OutputGeometry;
use super::position_axis::how_to_say;
use super::{OutputSelection, OutputSelectionError, Part};
use crate::description::ModelSpec;

impl Part {
    /// The task that a task of the forward strand is on the reverse complement.
    fn partner(&self, task: usize) -> usize {
        let pair = self.swapped.iter().find_map(|&(one, other)| match task {
            _ if task == one => Some(other),
            _ if task == other => Some(one),
            _ => None,
        });
        pair.unwrap_or(task)
    }

    /// For which bases of a window its positions stand: as the description says, else those of an output that is as long as
    /// the window.
    fn geometry(&self, window: Option<usize>) -> Option<OutputGeometry> {
        let as_long = || self.axis.is_some_and(|axis| Some(self.raw.shape[axis]) == window);
        OutputGeometry::of(&self.raw).or_else(|| as_long().then(OutputGeometry::every_base))
    }

    /// Where each element of the output stands on the reverse complement: its positions, on `axis`, run the other way,
    /// and stranded tasks change places.
    fn turned(&self, axis: usize) -> Vec<usize> {
        let shape = &self.raw.shape;
        let (positions, inner) = (shape[axis], shape[axis + 1..].iter().product::<usize>());
        let element = |element: usize| {
            let (outer, position, after) = (element / inner / positions, element / inner % positions, element % inner);
            let task = self.partner(outer * inner + after);
            (task / inner * positions + (positions - 1 - position)) * inner + task % inner
        };
        (0..self.raw.len()).map(element).collect()
    }

    /// How the same elements are read on the reverse complement, from the output `raw` with this number.
    fn on_reverse_complement(&self, source: usize, raw: &Self) -> Self {
        let swapped = |tasks: &mut dyn Iterator<Item = usize>| Some(tasks.map(|task| self.partner(task)).collect());
        let picked = match (&self.fold, &self.picked, self.axis) {
            (_, Some(picked), _) => swapped(&mut picked.iter().copied()),
            (None, None, Some(axis)) => Some(self.turned(axis)),
            (_, None, _) if self.swapped.is_empty() => None,
            (Some(fold), None, _) => swapped(&mut (0..fold.tasks())),
            (None, None, None) => swapped(&mut (0..self.raw.len())),
        };
        let fold = self.fold.as_ref().map(|fold| fold.on_reverse_complement());
        Self { source, raw: raw.raw.clone(), fold, picked, ..self.clone() }
    }
}

impl OutputSelection {
    /// How predictions for the reverse complement are read: every element of the read row then means what it means on
    /// the forward strand. Outputs and tasks that the description says change places do so, and positions run the other
    /// way.
    pub fn on_reverse_complement(&self) -> Self {
        let parts = self.parts.iter().enumerate().map(|(index, part)| {
            let source = self.partner_output(index);
            part.on_reverse_complement(source, &self.parts[source])
        });
        Self { parts: parts.collect(), ..self.clone() }
    }

    /// The output that an output of the forward strand is on the reverse complement, by number.
    fn partner_output(&self, index: usize) -> usize {
        let pair = self.swapped_outputs.iter().find_map(|&(one, other)| match index {
            _ if index == one => Some(other),
            _ if index == other => Some(one),
            _ => None,
        });
        pair.unwrap_or(index)
    }

    /// Says of the outputs that scorers read which axis holds their positions, for which bases of the window these stand, and
    /// which tasks and outputs change places
    /// on the reverse complement, as far as the description says so. Chosen tasks have no partners.
    pub(super) fn tell_axes_and_strands(&mut self, spec: &ModelSpec, window: Option<usize>) {
        let partner = |index: usize| {
            let partner = self.partner_output(index);
            self.parts.get(partner).filter(|_| partner != index).map(|part| part.raw.name.clone())
        };
        let partners: Vec<Option<String>> = (0..self.parts.len()).map(partner).collect();
        for (index, ((part, output), partner)) in self.parts.iter().zip(&mut self.outputs.0).zip(partners).enumerate() {
            output.position_axis = part.axis.filter(|_| part.fold.is_none());
            let geometry = part.geometry(window).filter(|_| output.position_axis.is_some());
            (output.crop, output.bin) = (geometry.map(OutputGeometry::crop), geometry.map(OutputGeometry::bin));
            let keys = spec.kipos.outputs.get(index);
            if part.picked.is_none() && keys.is_some_and(|keys| keys.swapped_tasks.is_some()) {
                let partners = |tasks: usize| (0..tasks).map(|task| part.partner(task)).collect();
                output.strand_partners = part.task_count().map(partners);
            }
            output.partner_output = partner.filter(|_| part.picked.is_none());
        }
    }

    /// Refuses what cannot be turned for the reverse complement, where positions run the other way, as nobody says which
    /// axis holds them.
    ///
    /// # Errors
    /// An output that is read with its positions, or of which more positions count on one side of the middle, or of which they
    /// stand for other bases on the reverse complement.
    pub fn check_reverse_complement(&self) -> Result<(), OutputSelectionError> {
        for part in self.parts.iter().filter(|part| part.len > 0) {
            let geometry = OutputGeometry::of(&part.raw).unwrap_or(OutputGeometry::every_base());
            let has_same_bases = part.fold.as_ref().map_or(geometry.is_symmetric(), Fold::has_same_bases);
            if (part.fold.is_some() || part.axis.is_some()) && !has_same_bases {
                return Err(OutputSelectionError::OtherBases { output: part.raw.name.clone(), geometry });
            }
            if part.axis.is_some() {
                continue;
            }
            match &part.fold {
                None if part.raw.tasks.is_empty() => {
                    let output = part.raw.name.clone();
                    return Err(OutputSelectionError::BothStrands { how: how_to_say(&output, "N"), output });
                }
                Some(fold) if !fold.is_symmetric() => return Err(fold.off_centre(&part.raw.name)),
                _ => {}
            }
        }
        Ok(())
    }

    /// What to say of outputs that would be merged wrongly on both strands if their tasks were positions: those of shape
    /// `(n, 1)`, which nothing else tells from tasks, and those that are as long as the sequence, `window`.
    pub fn doubtful_on_both_strands(&self, window: Option<usize>) -> Vec<String> {
        let doubtful = self.parts.iter().filter_map(|part| {
            let read_whole = part.len > 0 && part.fold.is_none() && part.axis.is_none();
            let mut long = part.raw.shape.iter().copied().filter(|&length| length > 1);
            let tasks = long.next().filter(|_| read_whole && long.next().is_none())?;
            (matches!(part.raw.shape[..], [_, 1]) || Some(tasks) == window).then_some((part, tasks))
        });
        let message = |(part, tasks): (&Part, usize)| {
            format!(
                "output `{name}` of shape {shape} is scored on both strands as {tasks} tasks; if they are positions, reduce \
                 them with --reduce or give --use-rc false",
                name = part.raw.name,
                shape = super::position_axis::known(&part.raw.shape),
            )
        };
        doubtful.map(message).collect()
    }
}
