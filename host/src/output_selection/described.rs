//! What the description says of how outputs are read.

use super::{Lengths, OutputSelection, OutputSelectionError, TaskKey};
use crate::description::{ModelSpec, SpecPlace};

impl OutputSelection {
    /// Takes over what the description says of axes and strands.
    pub(super) fn describe(&mut self, spec: &ModelSpec) {
        for (part, keys) in self.parts.iter_mut().zip(&spec.kipos.outputs) {
            part.axis = keys.position_axis.or(part.raw.position_axis);
            part.swapped = keys.swapped_tasks.clone().unwrap_or_default();
        }
        self.swapped_outputs = spec.kipos.swap_outputs.clone().unwrap_or_default();
    }

    /// Reduces the outputs of which the description says how, and that are not reduced yet.
    pub(super) fn reduce_as_described(
        &mut self,
        spec: &ModelSpec,
        lengths: &mut dyn Lengths,
    ) -> Result<(), OutputSelectionError> {
        for (index, keys) in spec.kipos.outputs.iter().enumerate().take(self.parts.len()) {
            if let Some(said) = keys.reduce.as_ref().filter(|_| self.parts[index].fold.is_none()) {
                let reduced = self.reduce_output(spec, index, said.reduction, lengths);
                reduced.map_err(|error| described(&said.at, error))?;
            }
        }
        Ok(())
    }

    /// Takes over which tasks the description calls background, by their final names. An output of which positions are
    /// read has no tasks.
    pub(super) fn find_background(&mut self, spec: &ModelSpec) -> Result<(), OutputSelectionError> {
        for (keys, output) in
            spec.kipos.outputs.iter().zip(&self.outputs.0).filter(|(_, output)| !output.tasks.is_empty())
        {
            for &task in &keys.background {
                let name = output.tasks.get(task).ok_or_else(|| OutputSelectionError::BackgroundTask {
                    output: output.name.clone(),
                    task,
                    tasks: output.tasks.len(),
                })?;
                self.background.push(name.clone());
            }
        }
        Ok(())
    }

    /// Keeps the tasks that the description names, if it does.
    pub(super) fn pick_as_described(&mut self, spec: &ModelSpec) -> Result<(), OutputSelectionError> {
        let Some(said) = &spec.kipos.default_tasks else { return Ok(()) };
        let keys: Vec<TaskKey> = said.names.iter().cloned().map(TaskKey::Named).collect();
        self.pick(&keys).map_err(|error| described(&said.at, error))
    }
}

fn described(at: &SpecPlace, source: OutputSelectionError) -> OutputSelectionError {
    OutputSelectionError::Described { at: at.clone(), source: Box::new(source) }
}

#[cfg(test)]
mod tests {
    use super::super::tests::model;
    use super::super::{OutputReduction, OutputRequest, WindowLength};
    use super::*;

    /// The names of the tasks that are read of a model with these targets and this section `kipos`.
    fn tasks(targets: &str, kipos: &str, reductions: &[&str], tasks: &[&str]) -> Result<String, String> {
        let (spec, outputs) = model(&format!("{targets}\nkipos: {kipos}"));
        let reductions: Vec<OutputReduction> = reductions.iter().map(|typed| typed.parse().unwrap()).collect();
        let tasks: Vec<TaskKey> = tasks.iter().map(|&typed| typed.into()).collect();
        let request = OutputRequest { reductions: &reductions, tasks: &tasks, position_axes: &[], with_defaults: true };
        let read = OutputSelection::new(&spec, &outputs, &request, &mut WindowLength(Some(10)));
        // The directory of the model goes with its name.
        let short = |message: String| message[message.find("model.yaml").unwrap_or(0)..].to_owned();
        read.map(|read| read.outputs().task_names().join("|")).map_err(|error| short(error.to_string()))
    }

    const PROFILE: &str = "{name: y, shape: '(10, 2)', column_labels: [a, b]}";
    const TWO: &str = "{y: {shape: '(10, 2)', column_labels: [a, b]}, z: {shape: '(3,)'}}";

    #[test]
    fn reductions_hold_where_none_is_typed() {
        let said = "{outputs: {y: {reduce: sum}}}";
        assert_eq!(tasks(PROFILE, said, &[], &[]).as_deref(), Ok("a|b"));
        assert_eq!(tasks(PROFILE, said, &["center:2"], &[]).as_deref(), Ok("a|b"));
        assert_eq!(tasks(TWO, said, &[], &[]).as_deref(), Ok("y.a|y.b|z.0|z.1|z.2"));
        assert_eq!(
            tasks("{name: y, shape: '(10, 2)'}", "{outputs: {y: {reduce: sum, position_axis: 1}}}", &[], &[])
                .as_deref(),
            Ok("0|1|2|3|4|5|6|7|8|9")
        );
    }

    #[test]
    fn what_is_typed_wins() {
        let (spec, outputs) = model(&format!("{PROFILE}\nkipos: {{outputs: {{y: {{reduce: sum}}}}}}"));
        let read = |typed: &[OutputReduction], with_defaults| {
            let request = OutputRequest { reductions: typed, tasks: &[], position_axes: &[], with_defaults };
            OutputSelection::new(&spec, &outputs, &request, &mut WindowLength(Some(10))).unwrap()
        };
        let typed = |reduction: &str| [reduction.parse().unwrap()];
        assert_eq!(read(&[], true), read(&typed("sum"), false));
        assert_eq!(read(&typed("y=max"), true), read(&typed("max"), false));
        assert!(read(&[], false).outputs().0[0].tasks.is_empty());
    }

    #[test]
    fn tasks_hold_where_none_are_typed() {
        let said = "{outputs: {y: {reduce: sum}}, tasks: {default: [z.1, 0]}}";
        assert_eq!(tasks(TWO, said, &[], &[]).as_deref(), Ok("y.a|z.1"));
        assert_eq!(tasks(TWO, said, &[], &["z.2"]).as_deref(), Ok("z.2"));
        assert_eq!(tasks(TWO, said, &[], &["all"]).as_deref(), Ok("y.a|y.b|z.0|z.1|z.2"));
    }

    #[test]
    fn errors_name_the_line() {
        let message = |targets: &str, kipos: &str| tasks(targets, kipos, &[], &[]).unwrap_err();
        insta::assert_snapshot!(message(PROFILE, "{outputs: {y: {reduce: 'center:11'}}}"), @"model.yaml:8: `kipos.outputs.y.reduce`: --reduce y=center:11: the output has only 10 positions; give N from 1 to 10");
        insta::assert_snapshot!(message("{name: y, shape: '(3,)'}", "{outputs: {y: {reduce: mean}}}"), @"model.yaml:8: `kipos.outputs.y.reduce`: --reduce: output `y` of shape (3,) has no position axis: its values are tasks; if they are positions, say so with --position-axis y=0, or in model.yaml with `kipos: {outputs: {y: {position_axis: 0}}}`");
        insta::assert_snapshot!(message(TWO, "{tasks: {default: [z.1, z.4]}}"), @"model.yaml:8: `kipos.tasks.default`: unknown task `z.4` (known: z.0, z.1, z.2); did you mean z.0, z.1 or z.2?");
        insta::assert_snapshot!(message("{shape: '(2,)', column_labels: ['x', 'y']}", "{tasks: {default: ['x,y']}}"), @"model.yaml:8: `kipos.tasks.default`: unknown task `x,y` (known: x, y)");
    }

    #[test]
    fn background_is_found_among_the_tasks_that_stay() {
        let background = |targets: &str, kipos: &str, reductions: &[&str], tasks: &[&str]| {
            let (spec, outputs) = model(&format!("{targets}\nkipos: {kipos}"));
            let reductions: Vec<OutputReduction> = reductions.iter().map(|typed| typed.parse().unwrap()).collect();
            let tasks: Vec<TaskKey> = tasks.iter().map(|&typed| typed.into()).collect();
            let request =
                OutputRequest { reductions: &reductions, tasks: &tasks, position_axes: &[], with_defaults: true };
            OutputSelection::new(&spec, &outputs, &request, &mut WindowLength(Some(10)))
                .map(|read| read.background_columns(&read.outputs().task_names()))
                .map_err(|error| error.to_string())
        };
        let flat = "{y: {shape: '(3,)', column_labels: [a, b, c]}}";
        let said = "{outputs: {y: {background: [c, 0]}}}";
        assert_eq!(background(flat, said, &[], &[]), Ok(vec![0, 2]));
        assert_eq!(background(flat, said, &[], &["y.b", "y.c"]), Ok(vec![1]));
        assert_eq!(background(flat, "{}", &[], &[]), Ok(vec![]));
        let profile = "{y: {shape: '(10, 2)'}}";
        assert_eq!(background(profile, "{outputs: {y: {background: [1]}}}", &["y=sum"], &[]), Ok(vec![1]));
        // Positions that are read as such are no tasks.
        assert_eq!(background(profile, "{outputs: {y: {background: [1]}}}", &[], &[]), Ok(vec![]));
        insta::assert_snapshot!(background(flat, "{outputs: {y: {background: [3]}}}", &[], &[]).unwrap_err(), @"model.yaml calls task 3 of output `y` background, but it has 3 tasks, numbered from 0; correct `kipos.outputs.y.background`");
    }
}
