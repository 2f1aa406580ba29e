//! The names of the numbers that a model predicts.

use super::array::{ArraySpec, Structure};
use super::error::SpecError;

/// What one target holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetTasks {
    /// One number per name and row.
    Tasks(Vec<String>),
    /// More than one axis, or one of unknown length: positions that must be reduced before they are tasks.
    Profile,
}

/// The tasks of one target: its labels, else the numbers from 0; behind the name of the target and a dot where targets
/// are a list or a map. Axes of length 1 do not count.
pub(super) fn target_tasks(target: &ArraySpec, structure: Structure) -> Result<TargetTasks, SpecError> {
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
    let labels = match target.column_labels.len() {
        0 => (0..tasks).map(|i| i.to_string()).collect(),
        n if n == tasks => target.column_labels.clone(),
        n => {
            return Err(SpecError::LabelCount { at: target.at.clone(), labels: n, tasks, shape: target.shape.clone() });
        }
    };
    Ok(TargetTasks::Tasks(match structure {
        Structure::One => labels,
        Structure::List | Structure::Map => labels.iter().map(|label| format!("{}.{label}", target.name)).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use crate::spec::document::Document;
    use crate::spec::model::read_model;
    use std::path::Path;

    fn tasks(targets: &str) -> Result<String, String> {
        let text =
            format!("type: onnx\nargs: {{}}\ninfo: {{}}\nschema:\n  inputs: {{shape: ()}}\n  targets: {targets}\n");
        let document = Document::parse(Path::new("model.yaml"), text.into()).unwrap();
        let model = read_model(&document, &mut Vec::new()).unwrap();
        model.task_names().map(|names| names.join("|")).map_err(|error| error.to_string())
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
            ("{B: {shape: '(1,)'}, A: {shape: '(2,)'}}", "B.0|A.0|A.1"),
        ] {
            assert_eq!(tasks(targets).as_deref(), Ok(expected), "{targets}");
        }
    }

    #[test]
    fn profiles_and_wrong_labels_are_refused() {
        insta::assert_snapshot!(tasks("{shape: '(1000, 2)', name: bins}").unwrap_err(), @"model.yaml:6: target `bins` of shape (1000, 2) is a profile, not a list of tasks; reduce its positions with `--reduce bins=sum` (or mean, max, center:N)");
        insta::assert_snapshot!(tasks("{a: {shape: '(None, 1)'}}").unwrap_err(), @"model.yaml:6: target `a` of shape (None, 1) is a profile, not a list of tasks; reduce its positions with `--reduce a=sum` (or mean, max, center:N)");
        insta::assert_snapshot!(tasks("{shape: '(3,)', column_labels: [x, y]}").unwrap_err(), @"model.yaml:6: `schema.targets` has 2 column labels for 3 tasks of shape (3,)");
    }
}
