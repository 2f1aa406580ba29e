//! The outputs of a description as parts of a flat row, where their length may follow that of the window.

use kipos_plugin_api::{OutputSpec, OutputSpecs};

use super::ModelError;
use crate::description::{ArraySpec, ModelSpec, OutputKeys, TargetTasks};
use crate::output_selection::OutputGeometry;

/// The targets of a description as parts of a flat row, for windows of `window` bases, if that is known.
///
/// An axis of unknown length is that of the positions if the description says which bases they stand for; its length then
/// follows that of the window.
///
/// # Errors
/// Targets whose tasks cannot be counted or named, axes of unknown length, or another number of positions than the
/// window has room for.
pub fn output_specs(spec: &ModelSpec, window: Option<usize>) -> Result<OutputSpecs, ModelError> {
    let mut specs = OutputSpecs::default();
    for ((target, keys), tasks) in spec.targets.iter().zip(&spec.kipos.outputs).zip(spec.target_tasks()?) {
        let (shape, axis) = shape_in(target, keys, window)?;
        let tasks = match tasks {
            TargetTasks::Tasks(names) if axis.is_none() => names,
            TargetTasks::Tasks(_) | TargetTasks::Profile => Vec::new(),
        };
        let geometry = OutputGeometry::said(keys);
        let output = OutputSpec::new(target.name.clone(), shape)
            .with_offset(specs.width())
            .with_tasks(tasks)
            .with_position_axis(axis)
            .with_crop(geometry.map(OutputGeometry::crop))
            .with_bin(geometry.map(OutputGeometry::bin))
            .with_scale(keys.scale);
        specs.0.push(output);
    }
    Ok(specs)
}

/// The shape of a target for windows of this length, and the axis of its positions, if the description tells it.
fn shape_in(
    target: &ArraySpec,
    keys: &OutputKeys,
    window: Option<usize>,
) -> Result<(Vec<usize>, Option<usize>), ModelError> {
    let open = || ModelError::OpenOutput { output: target.name.clone(), shape: target.shape.to_string() };
    let known = |shape: &[Option<usize>]| shape.iter().copied().collect::<Option<Vec<usize>>>().ok_or_else(open);
    let mut shape = target.shape.to_vec();
    let (Some(geometry), Some(window)) = (OutputGeometry::said(keys), window) else {
        return Ok((known(&shape)?, keys.position_axis));
    };
    let expected = geometry.positions(window);
    let unknown = |length: &Option<usize>| length.is_none();
    let only = |is: &dyn Fn(&Option<usize>) -> bool| match (shape.iter().position(is), shape.iter().rposition(is)) {
        (Some(first), Some(last)) if first == last => Some(first),
        _ => None,
    };
    let axis = keys.position_axis.or_else(|| only(&unknown)).or_else(|| only(&|length| *length == expected));
    let Some(axis) = axis else {
        let of_length = shape.iter().filter(|length| **length == expected).count();
        if of_length > 1 {
            // Whoever reads positions asks which axis holds them.
            return Ok((known(&shape)?, None));
        }
        return Err(geometry.mismatch(&target.name, format!("has shape {}", target.shape), window).into());
    };
    match shape.get(axis).copied().flatten() {
        Some(found) => geometry.check(&target.name, found, window)?,
        None => {
            let mismatch = || geometry.mismatch(&target.name, format!("has shape {}", target.shape), window);
            let length = expected.ok_or_else(mismatch)?;
            shape.iter_mut().skip(axis).take(1).for_each(|open| *open = Some(length));
        }
    }
    Ok((known(&shape)?, Some(axis)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::ModelDir;

    /// The shapes and axes of positions of outputs in windows of 100 bases.
    fn shapes(targets: &str, kipos: &str, window: Option<usize>) -> Result<String, String> {
        let directory = tempfile::tempdir().unwrap();
        let text = format!(
            "type: onnx\nargs: {{}}\ninfo: {{}}\nschema: {{inputs: {{shape: '(None, 4)'}}, targets: {targets}}}\nkipos: {kipos}\n"
        );
        std::fs::write(directory.path().join("model.yaml"), text).unwrap();
        let spec = ModelDir::open(directory.path()).unwrap().model().clone();
        let specs = output_specs(&spec, window).map_err(|error| error.to_string())?;
        let shown = |output: &OutputSpec| format!("{:?} {:?} {:?}", output.shape, output.position_axis, output.tasks);
        Ok(specs.0.iter().map(shown).collect::<Vec<_>>().join("; "))
    }

    const BINS: &str = "{outputs: {y: {crop: [10, 2], bin: 8}}}";

    #[test]
    fn positions_follow_the_window() {
        for (shape, kipos, expected) in [
            ("(None, 2)", BINS, "[11, 2] Some(0) []"),
            ("(2, None)", BINS, "[2, 11] Some(1) []"),
            ("(11, 2)", BINS, "[11, 2] Some(0) []"),
            ("(2, 11)", BINS, "[2, 11] Some(1) []"),
            // Without the description of its bases, they would be eleven tasks.
            ("(11,)", BINS, "[11] Some(0) []"),
            ("(2,)", "{}", r#"[2] None ["0", "1"]"#),
            ("(11, 11)", BINS, "[11, 11] None []"),
            ("(11, 11)", "{outputs: {y: {position_axis: 1, bin: 8, crop: [12, 0]}}}", "[11, 11] Some(1) []"),
            ("(None, 2)", "{outputs: {y: {bin: 1}}}", "[100, 2] Some(0) []"),
        ] {
            let target = format!("{{name: y, shape: '{shape}'}}");
            assert_eq!(shapes(&target, kipos, Some(100)).as_deref(), Ok(expected), "{shape} {kipos}");
        }
    }

    #[test]
    fn another_number_of_positions_is_refused_with_all_numbers() {
        let message =
            |shape: &str, kipos: &str| shapes(&format!("{{name: y, shape: '{shape}'}}"), kipos, Some(100)).unwrap_err();
        insta::assert_snapshot!(message("(12, 2)", "{outputs: {y: {position_axis: 0, crop: [10, 2], bin: 8}}}"), @"output `y` has 12 positions, but a window of 100 bases without crop [10, 2], in bins of 8 bases, has 11; correct `crop` and `bin` in `kipos.outputs.y` of model.yaml, or the shape in `schema.targets`");
        insta::assert_snapshot!(message("(12, 2)", BINS), @"output `y` has shape (12, 2), but a window of 100 bases without crop [10, 2], in bins of 8 bases, has 11; correct `crop` and `bin` in `kipos.outputs.y` of model.yaml, or the shape in `schema.targets`");
        insta::assert_snapshot!(message("(None, 2)", "{outputs: {y: {bin: 8}}}"), @"output `y` has shape (None, 2), but a window of 100 bases without crop [0, 0], in bins of 8 bases, cannot be divided evenly; correct `crop` and `bin` in `kipos.outputs.y` of model.yaml, or the shape in `schema.targets`");
        insta::assert_snapshot!(message("(None, None)", BINS), @"output `y` has shape (None, None), but a window of 100 bases without crop [10, 2], in bins of 8 bases, has 11; correct `crop` and `bin` in `kipos.outputs.y` of model.yaml, or the shape in `schema.targets`");
    }

    #[test]
    fn a_length_that_nothing_tells_is_refused() {
        let target = "{name: y, shape: '(None, 2)'}";
        insta::assert_snapshot!(shapes(target, "{}", Some(100)).unwrap_err(), @"output `y` has shape (None, 2); every axis must be known: give its length in `schema.targets`, or `crop` and `bin` in `kipos.outputs` if it follows that of the window");
        assert!(shapes(target, BINS, None).is_err_and(|message| message.contains("every axis must be known")));
    }
}
