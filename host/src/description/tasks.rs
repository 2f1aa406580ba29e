//! The names of the numbers that a model predicts.

use std::collections::{HashMap, HashSet};

use super::array::{ArraySpec, Structure};
use super::error::SpecError;

/// What one target holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetTasks {
    /// One number per name and row.
    Tasks(Vec<String>),
    /// An axis of positions that the description names, more than one axis, or one of unknown length: positions must be
    /// reduced before there are tasks.
    Profile,
}

/// Tasks of all targets of a model: a shape may state any length, and every task gets a name in memory.
pub(super) const MOST_TASKS: usize = 1 << 20;

/// The tasks of one target: its labels, else the numbers from 0; behind the name of the target and a dot where targets
/// are a list or a map. Axes of length 1 do not count. `position_axis` is the axis of positions, if the description names
/// one. `room` is how many tasks there may be yet.
pub(super) fn target_tasks(
    target: &ArraySpec,
    structure: Structure,
    position_axis: Option<usize>,
    room: &mut usize,
) -> Result<TargetTasks, SpecError> {
    if let Some(unread) = &target.unread_labels {
        return Err(SpecError::LabelFile(unread.clone()));
    }
    let labels = target.column_labels.len();
    let wrong_count =
        |tasks| SpecError::LabelCount { at: target.at.clone(), labels, tasks, shape: target.shape.clone() };
    if let Some(positions) = position_axis {
        let others = target.shape.iter().enumerate().filter(|(axis, _)| *axis != positions);
        let tasks: Option<usize> = others.map(|(_, length)| *length).product();
        return match tasks {
            Some(tasks) if labels != 0 && labels != tasks => Err(wrong_count(tasks)),
            _ => Ok(TargetTasks::Profile),
        };
    }
    let mut tasks = 1;
    let mut axes = 0;
    for axis in target.shape.iter() {
        match axis {
            Some(1) => {}
            Some(length) => (tasks, axes) = (*length, axes + 1),
            None => return Ok(TargetTasks::Profile),
        }
    }
    if axes > 1 {
        return Ok(TargetTasks::Profile);
    }
    match labels {
        0 => {}
        n if n == tasks => {}
        // The label of the only task; the other axis holds positions.
        1 if target.shape.len() > 1 => return Ok(TargetTasks::Profile),
        _ => return Err(wrong_count(tasks)),
    }
    let too_many = || SpecError::TooManyTasks { at: target.at.clone(), tasks, most: MOST_TASKS };
    *room = room.checked_sub(tasks).ok_or_else(too_many)?;
    Ok(TargetTasks::Tasks(task_names(target, structure, tasks)))
}

/// Names for this many tasks of a target: its labels if there are as many, else the numbers from 0; behind the name of
/// the target and a dot where targets are a list or a map.
pub(super) fn task_names(target: &ArraySpec, structure: Structure, tasks: usize) -> Vec<String> {
    let labels = match target.column_labels.len() == tasks {
        true => target.column_labels.clone(),
        false => (0..tasks).map(|i| i.to_string()).collect(),
    };
    match structure {
        Structure::One => labels,
        Structure::List | Structure::Map => labels.iter().map(|label| format!("{}.{label}", target.name)).collect(),
    }
}

/// Makes the names of tasks differ: those that repeat an earlier one get `_2`, `_3` and so on, whichever is free.
pub(crate) fn make_distinct<'a>(names: impl Iterator<Item = &'a mut String>) {
    let mut names: Vec<&mut String> = names.collect();
    let mut taken: HashSet<String> = names.iter().map(|name| (**name).clone()).collect();
    let mut repeats: HashMap<String, usize> = HashMap::new();
    for name in &mut names {
        let Some(number) = repeats.get_mut(name.as_str()) else {
            repeats.insert((**name).clone(), 1);
            continue;
        };
        let free = loop {
            *number += 1;
            let candidate = format!("{name}_{number}");
            if taken.insert(candidate.clone()) {
                break candidate;
            }
        };
        **name = free;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::document::Document;
    use crate::description::model::read_model;
    use std::path::Path;

    fn tasks(targets: &str) -> Result<String, String> {
        tasks_with(targets, "{}")
    }

    /// The tasks of targets of which the section `kipos` says more.
    fn tasks_with(targets: &str, kipos: &str) -> Result<String, String> {
        let text = format!(
            "type: onnx\nargs: {{}}\ninfo: {{}}\nkipos: {kipos}\nschema:\n  inputs: {{shape: ()}}\n  targets: {targets}\n"
        );
        let document = Document::parse(Path::new("model.yaml"), text.into()).unwrap();
        let model = read_model(&document, &mut Vec::new()).unwrap();
        let tasks = model.target_tasks().map_err(|error| error.to_string())?;
        let names = tasks.into_iter().map(|tasks| match tasks {
            TargetTasks::Tasks(names) => names.join("|"),
            TargetTasks::Profile => "profile".into(),
        });
        Ok(names.collect::<Vec<_>>().join("|"))
    }

    #[test]
    fn tasks_are_named_by_label_or_number() {
        for (targets, expected) in [
            ("{shape: '(2,)', column_labels: [x, y]}", "x|y"),
            ("{shape: '(1,)', column_labels: rbp_prb}", "rbp_prb"),
            ("{shape: '(3,)'}", "0|1|2"),
            ("{shape: ()}", "0"),
            ("{shape: '(1, 2, 1)'}", "0|1"),
            ("[{shape: '(1,)'}, {name: g, shape: '(2,)', column_labels: [x, y]}]", "0.0|g.x|g.y"),
            ("{shape: '(1000, 2)', name: bins}", "profile"),
            ("{shape: '(1000, 1)', column_labels: x}", "profile"),
            ("{shape: '(1, 1000)', column_labels: [x]}", "profile"),
            ("{a: {shape: '(None, 1)'}, b: {shape: '(1,)'}}", "profile|b.0"),
            ("{B: {shape: '(1,)'}, A: {shape: '(2,)'}}", "B.0|A.0|A.1"),
        ] {
            assert_eq!(tasks(targets).as_deref(), Ok(expected), "{targets}");
        }
    }

    #[test]
    fn repeated_labels_are_told_apart() {
        for (targets, expected) in [
            ("{shape: '(4,)', column_labels: [x, y, x, x]}", "x|y|x_2|x_3"),
            ("{shape: '(4,)', column_labels: [x, x, x_2, x]}", "x|x_3|x_2|x_4"),
            ("{a: {shape: '(2,)', column_labels: [x, x]}, b: {shape: '(1,)', column_labels: x}}", "a.x|a.x_2|b.x"),
            ("{a: {shape: '(1,)', column_labels: b.c}, a.b: {shape: '(1,)', column_labels: c}}", "a.b.c|a.b.c_2"),
        ] {
            assert_eq!(tasks(targets).as_deref(), Ok(expected), "{targets}");
        }
    }

    #[test]
    fn an_output_with_an_axis_of_positions_has_no_tasks_yet() {
        let with_axis =
            |targets, axis| tasks_with(targets, &format!("{{outputs: {{output: {{position_axis: {axis}}}}}}}"));
        for (targets, axis) in [
            ("{shape: '(1000,)'}", 0),
            ("{shape: '(1000,)', column_labels: x}", 0),
            ("{shape: '(1000, 1)', column_labels: x}", 0),
            ("{shape: '(3, 2)', column_labels: [x, y, z]}", 1),
        ] {
            assert_eq!(with_axis(targets, axis).as_deref(), Ok("profile"), "{targets}");
        }
        insta::assert_snapshot!(with_axis("{shape: '(3, 2)', column_labels: [x, y, z]}", 0).unwrap_err(), @"model.yaml:7: `schema.targets` has 3 column labels for 2 tasks of shape (3, 2)");
    }

    #[test]
    fn tasks_of_any_number_are_refused_before_they_have_names() {
        for targets in ["{shape: '(1000000000000,)'}", "[{shape: '(1000000,)'}, {shape: '(1000000,)'}]"] {
            let error = tasks(targets).unwrap_err();
            assert!(
                error.contains("000 tasks there are more than the 1048576 that can be told apart; correct"),
                "{error}"
            );
        }
        assert!(tasks("{shape: '(100000,)'}").unwrap().ends_with("|99999"));
    }

    #[test]
    fn wrong_labels_are_refused() {
        insta::assert_snapshot!(tasks("{shape: '(3,)', column_labels: [x, y]}").unwrap_err(), @"model.yaml:7: `schema.targets` has 2 column labels for 3 tasks of shape (3,)");
        insta::assert_snapshot!(tasks("{shape: '(3,)', column_labels: x}").unwrap_err(), @"model.yaml:7: `schema.targets` has 1 column labels for 3 tasks of shape (3,)");
    }
}
