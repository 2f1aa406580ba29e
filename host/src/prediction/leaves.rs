//! The arrays of inputs and predictions.

use kipos_plugin_api::{DType, OutputSpec, OutputSpecs, Structure};

use crate::description::{ArraySpec, ModelSpec};
use crate::internal::OrInternal;
use crate::output_selection::OutputGeometry;
use crate::predict::{PredictError, views};
use crate::sequence::SampleRows;
use crate::sink::{LeafKind, OutputArray};

/// The inputs of a model, under these names.
///
/// # Errors
/// Rows that do not make a tensor.
pub(super) fn input_leaves(prototype: &SampleRows, names: &[String]) -> Result<Vec<OutputArray>, PredictError> {
    let shaped = prototype.shaped();
    let leaf = |(view, name): (kipos_plugin_api::TensorView<'_>, &String)| OutputArray {
        kind: LeafKind::Inputs,
        name: name.clone(),
        dtype: view.dtype(),
        shape: view.shape().get(1..).or_internal("rows have an axis that counts them").to_vec(),
        special_type: None,
        positions: None,
        tasks: None,
    };
    Ok(views(&shaped)?.into_iter().zip(names).map(leaf).collect())
}

/// The outputs of a model: `preds` if it has a single one, else each under its name.
pub(super) fn prediction_leaves(spec: &ModelSpec, outputs: &OutputSpecs) -> Vec<OutputArray> {
    let is_single = spec.targets_structure == Structure::One;
    let name = |name: &String| if is_single { String::new() } else { name.clone() };
    let leaf = |(output, target): (&OutputSpec, &ArraySpec)| OutputArray {
        kind: LeafKind::Predictions,
        name: name(&output.name),
        dtype: DType::F32,
        shape: output.shape.clone(),
        special_type: None,
        positions: output.position_axis.zip(OutputGeometry::of(output)),
        tasks: task_axis(target, output).map(|axis| (axis, target.column_labels.as_slice().into())),
    };
    outputs.0.iter().zip(&spec.targets).map(leaf).collect()
}

/// The axis of an output, of an index into a row's shape, whose elements its column labels name: the only one that has as
/// many as there are labels, the axis of positions left out.
pub(super) fn task_axis(target: &ArraySpec, output: &OutputSpec) -> Option<usize> {
    let labels = target.column_labels.len();
    let holds_tasks = |axis: &usize| output.shape[*axis] == labels && output.position_axis != Some(*axis);
    match (0..output.shape.len()).filter(holds_tasks).collect::<Vec<_>>()[..] {
        [axis] if labels > 0 => Some(axis),
        _ => None,
    }
}
