//! Tasks of an output as the filter of a gradient.

use kipos_plugin_api::{FilterItem, OutputSpec};

use super::GradientError;
use crate::description::ArraySpec;
use crate::output_selection::{TaskKey, choose_tasks};
use crate::prediction::leaves::task_axis;

/// The elements of an output that are these tasks: by column label, else by number from 0 where the output has one axis.
///
/// # Errors
/// An output whose values have no names, an unknown task, or several that no slice can tell.
pub(super) fn task_filter(
    target: &ArraySpec,
    output: &OutputSpec,
    keys: &[TaskKey],
) -> Result<Vec<FilterItem>, GradientError> {
    let unnamed = || GradientError::NoTasks { output: target.name.clone() };
    let (axis, names) = match (task_axis(target, output), output.shape.as_slice()) {
        (Some(axis), _) => (axis, target.column_labels.clone()),
        (None, [tasks]) if output.position_axis.is_none() => (0, (0..*tasks).map(|task| task.to_string()).collect()),
        _ => return Err(unnamed()),
    };
    let chosen = choose_tasks(&names, keys, None).map_err(|error| GradientError::Tasks(Box::new(error)))?;
    let chosen: Vec<usize> = (0..names.len()).filter(|&task| chosen[task]).collect();
    let uneven = || GradientError::UnevenTasks {
        tasks: chosen.iter().map(|&task| names[task].clone()).collect::<Vec<_>>().join(", "),
    };
    let mut filter = vec![FilterItem::ALL; axis];
    filter.push(slice(&chosen).ok_or_else(uneven)?);
    Ok(filter)
}

/// The index, or the slice, that gives these numbers, which grow.
fn slice(numbers: &[usize]) -> Option<FilterItem> {
    let number = |number: usize| i64::try_from(number).ok();
    match *numbers {
        [] => None,
        [only] => Some(FilterItem::Index(number(only)?)),
        [first, second, ..] => {
            let step = second - first;
            let even = numbers.windows(2).all(|pair| pair[1] - pair[0] == step);
            let (start, stop) = (number(first), number(*numbers.last()? + 1));
            even.then_some(FilterItem::Slice { start, stop, step: number(step).filter(|&step| step != 1) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output_selection::model_of_targets as model;

    fn filter(shape: &[usize], labels: &[&str], keys: &[&str]) -> Result<String, String> {
        let (shape_text, labels) = (format!("{shape:?}").replace(['[', ']'], ""), labels.join(", "));
        let (spec, _) = model(&format!("{{name: y, shape: '({shape_text},)', column_labels: [{labels}]}}"));
        let target = &spec.targets[0];
        let keys: Vec<TaskKey> = keys.iter().map(|&key| key.into()).collect();
        let filter = task_filter(target, &OutputSpec::new("y", shape.to_vec()), &keys);
        let text = |items: Vec<FilterItem>| items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        filter.map(text).map_err(|error| error.to_string())
    }

    #[test]
    fn tasks_become_an_index_or_a_slice() {
        let labels = ["CTCF_1", "DNASE", "CTCF_2", "H3K4me3"];
        for (keys, expected) in
            [(&["DNASE"][..], "1"), (&["CTCF_*"], "0:3:2"), (&["3", "CTCF_2"], "2:4"), (&["*"], "0:4")]
        {
            assert_eq!(filter(&[4], &labels, keys).as_deref(), Ok(expected), "{keys:?}");
            assert_eq!(filter(&[10, 4], &labels, keys), Ok(format!(":, {expected}")));
        }
        assert_eq!(filter(&[5], &[], &["3"]).as_deref(), Ok("3"));
        insta::assert_snapshot!(filter(&[4], &labels, &["0", "1", "3"]).unwrap_err(), @"--tasks: CTCF_1, DNASE, H3K4me3 do not lie at equal distances in the output, so that no one gradient can be taken of them; run once for each");
        insta::assert_snapshot!(filter(&[4], &labels, &["dnase"]).unwrap_err(), @"unknown task `dnase` (known: CTCF_1, DNASE, CTCF_2, H3K4me3); did you mean DNASE?");
        insta::assert_snapshot!(filter(&[10, 4], &[], &["0"]).unwrap_err(), @"--tasks: the values of output `y` have no names, as model.yaml gives it no column_labels; choose them with --filter");
    }
}
