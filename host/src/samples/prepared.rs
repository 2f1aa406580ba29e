//! Prepared samples, for a model.

use crate::dataloader::{BatchError, Batches};
use crate::model::PreparedInput;
use crate::sequence::{SampleRows, cast};

/// A file of prepared samples, and where the inputs of a model are in it.
pub(super) struct PreparedSamples {
    pub(super) file: Box<dyn Batches>,
    pub(super) inputs: Vec<PreparedInput>,
}

impl PreparedSamples {
    /// Appends a sample to `rows`, cast to the types that the model's inputs have.
    ///
    /// # Errors
    /// A file that cannot be read, or a type that cannot be cast.
    pub(super) fn read(&mut self, sample: usize, rows: &mut SampleRows) -> Result<(), BatchError> {
        for (PreparedInput { source, dtype, .. }, rows) in self.inputs.iter().zip(rows.inputs_mut()) {
            let tensor = self.file.read(*source, sample)?;
            let Some(tensor) = cast(tensor, *dtype) else {
                return Err(fault(&*self.file, *source, format!("cannot be converted to {dtype}")));
            };
            rows.push_encoded(&tensor).map_err(|error| fault(&*self.file, *source, error.to_string()))?;
        }
        Ok(())
    }

    /// Something that is wrong with an input of the model.
    pub(super) fn fault(&self, input: usize, problem: String) -> BatchError {
        fault(&*self.file, self.inputs[input].source, problem)
    }
}

fn fault(file: &dyn Batches, source: usize, problem: String) -> BatchError {
    BatchError::Content { path: file.path().to_owned(), place: file.inputs()[source].name.clone(), problem }
}
