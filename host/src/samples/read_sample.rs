//! Reading a prepared sample for a model.

use crate::dataloader::{BatchError, Batches};
use crate::model::PreparedInput;
use crate::sequence::{SampleRows, cast};

/// Appends a sample of `file` to `rows`, cast to the types that the model's `inputs` have.
///
/// # Errors
/// A file that cannot be read, or a type that cannot be cast.
pub(crate) fn read_sample(
    file: &mut dyn Batches,
    inputs: &[PreparedInput],
    sample: usize,
    rows: &mut SampleRows,
) -> Result<(), BatchError> {
    for (PreparedInput { source, dtype, .. }, rows) in inputs.iter().zip(rows.inputs_mut()) {
        let tensor = file.read(*source, sample)?;
        let place = file.inputs()[*source].name.clone();
        let fault = |problem: String| BatchError::Content { path: file.path().to_owned(), place, problem };
        let Some(tensor) = cast(tensor, *dtype) else {
            return Err(fault(format!("cannot be converted to {dtype}")));
        };
        rows.push_encoded(&tensor).map_err(|error| fault(error.to_string()))?;
    }
    Ok(())
}
