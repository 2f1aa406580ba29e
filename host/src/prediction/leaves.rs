//! The arrays of inputs and predictions.

use kipos_plugin_api::{OutputSpecs, Structure};

use crate::internal::OrInternal;
use crate::output_selection::OutputGeometry;
use crate::predict::{PredictError, views};
use crate::sequence::SampleRows;
use crate::sink::{LeafKind, OutputArray};
use kipos_plugin_api::DType;

use crate::description::ModelSpec;

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
    };
    Ok(views(&shaped)?.into_iter().zip(names).map(leaf).collect())
}

/// The outputs of a model: `preds` if it has a single one, else each under its name.
pub(super) fn prediction_leaves(spec: &ModelSpec, outputs: &OutputSpecs) -> Vec<OutputArray> {
    let is_single = spec.targets_structure == Structure::One;
    let name = |name: &String| if is_single { String::new() } else { name.clone() };
    let leaf = |output: &kipos_plugin_api::OutputSpec| OutputArray {
        kind: LeafKind::Predictions,
        name: name(&output.name),
        dtype: DType::F32,
        shape: output.shape.clone(),
        special_type: None,
        positions: output.position_axis.zip(OutputGeometry::of(output)),
    };
    outputs.0.iter().map(leaf).collect()
}
