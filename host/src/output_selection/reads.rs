//! What is read of a model's outputs, as a backend that evaluates edits is told: it need not compute the rest.

use kipos_plugin_api::{Edits, OutputSpan};

use super::{OutputSelection, Part};

/// The outputs that are read, and their positions where not all are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputReads {
    outputs: Vec<usize>,
    spans: Vec<OutputSpan>,
}

impl OutputReads {
    /// Edits of whose outputs no more is read.
    pub fn limit(&self, edits: Edits) -> Edits {
        edits.with_outputs(self.outputs.clone()).with_reads(self.spans.clone())
    }
}

impl OutputSelection {
    /// What is read of the outputs.
    pub fn reads(&self) -> OutputReads {
        let read = || self.parts.iter().filter(|part| part.is_read());
        let mut outputs: Vec<usize> = read().map(|part| part.source).collect();
        outputs.sort_unstable();
        OutputReads { outputs, spans: read().filter_map(Part::span).collect() }
    }
}

impl Part {
    /// Whether anything is read of the output.
    pub(super) fn is_read(&self) -> bool {
        self.len > 0
    }

    /// The positions that are read, if not all are.
    fn span(&self) -> Option<OutputSpan> {
        self.fold.as_ref().and_then(|fold| fold.span(self.source))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::model;
    use super::super::{OutputReduction, OutputRequest, TaskKey, WindowLength};
    use super::*;

    const TWO: &str = "{y: {shape: '(10, 2)', column_labels: [a, b]}, z: {shape: '(2, 10)', column_labels: [a, b]}}";

    fn selection(kipos: &str, reductions: &[&str], tasks: &[&str]) -> OutputSelection {
        let (spec, outputs) = model(&format!("{TWO}\nkipos: {kipos}"));
        let reductions: Vec<OutputReduction> = reductions.iter().map(|typed| typed.parse().unwrap()).collect();
        let tasks: Vec<TaskKey> = tasks.iter().map(|&typed| typed.into()).collect();
        let request = OutputRequest { reductions: &reductions, tasks: &tasks, position_axes: &[], with_defaults: true };
        OutputSelection::new(&spec, &outputs, &request, &mut WindowLength(Some(10))).unwrap()
    }

    /// The outputs that are read, and the elements of each.
    fn reads(selection: &OutputSelection) -> Vec<(usize, Vec<usize>)> {
        let edits = selection.reads().limit(Edits::default());
        let elements = |output: usize| {
            let mut spans = edits.reads.iter().filter(|span| span.output == output);
            let span = spans.next();
            assert!(spans.next().is_none());
            (0..20).filter(|&element| span.is_none_or(|span| span.holds(element))).collect()
        };
        edits.outputs.iter().map(|&output| (output, elements(output))).collect()
    }

    #[test]
    fn positions_around_the_middle_are_read_alone() {
        let all: Vec<usize> = (0..20).collect();
        let read = selection("{}", &["y=center:2", "z=max"], &[]);
        assert_eq!(reads(&read), [(0, vec![8, 9, 10, 11]), (1, all.clone())]);
        let read = selection("{}", &["y=sum", "z=center:3"], &[]);
        assert_eq!(reads(&read), [(0, all.clone()), (1, vec![3, 4, 5, 13, 14, 15])]);
        // On the reverse complement, where the positions run the other way, they are those of the other side.
        assert_eq!(reads(&read.on_reverse_complement()), [(0, all), (1, vec![4, 5, 6, 14, 15, 16])]);
    }

    #[test]
    fn outputs_without_a_chosen_task_are_not_read() {
        let read = selection("{}", &["y=center:2", "z=sum"], &["y.b"]);
        assert_eq!(reads(&read), [(0, vec![8, 9, 10, 11])]);
    }

    #[test]
    fn outputs_that_change_places_are_read_in_each_other_s() {
        let (spec, outputs) = model(
            "{a: {shape: '(10, 2)'}, b: {shape: '(10, 2)'}}\n\
             kipos: {swap_outputs: [[a, b]], outputs: {a: {position_axis: 0}, b: {position_axis: 0}}}",
        );
        let reductions = ["a=center:2".parse().unwrap(), "b=sum".parse().unwrap()];
        let tasks = [TaskKey::from("a.0")];
        let request =
            OutputRequest { reductions: &reductions, tasks: &tasks, position_axes: &[], with_defaults: false };
        let read = OutputSelection::new(&spec, &outputs, &request, &mut WindowLength(Some(10))).unwrap();
        assert_eq!(reads(&read), [(0, vec![8, 9, 10, 11])]);
        assert_eq!(reads(&read.on_reverse_complement()), [(1, vec![8, 9, 10, 11])]);
    }

    #[test]
    fn whole_outputs_are_read_whole() {
        let (_, outputs) = model(TWO);
        let edits = OutputSelection::whole(outputs).reads().limit(Edits::default());
        assert_eq!((edits.outputs, edits.reads), (vec![0, 1], vec![]));
    }
}
