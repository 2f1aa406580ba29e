//! The inputs of a model, taken from prepared samples as they are.

use kipos_plugin_api::TensorSpec;

use super::error::ModelError;
use super::prepared_input::{PreparedInput, check_array, find};
use crate::dataloader::Batches;
use crate::description::{ArrayShape, ModelDir};
use crate::sequence::{InputRows, SampleRows, SideRows};

/// Finds every input of the model among the samples of `file`, whatever it holds: an empty block of the model's rows,
/// and where they lie.
pub(super) fn check_plain(
    dir: &ModelDir,
    file: &dyn Batches,
    graph: &[TensorSpec],
) -> Result<(SampleRows, Vec<PreparedInput>), ModelError> {
    let mut rows = Vec::new();
    let mut prepared = Vec::new();
    for (index, input) in dir.model().inputs.iter().enumerate() {
        let source = find(dir, index, input, file)?;
        let given = &file.inputs()[source];
        let graph = graph.get(index).cloned().unwrap_or_default();
        let dtype = graph.dtype.unwrap_or(given.dtype);
        check_array(input, given, dtype, graph.shape.map(ArrayShape::from), file)?;
        rows.push(InputRows::Side(SideRows::empty(dtype, given.shape.clone())));
        prepared.push(PreparedInput { source, dtype, ranges: None });
    }
    Ok((SampleRows::new(rows), prepared))
}
