//! What a model reads and gives, as its description, its loader and its graph agree on it.

use kipos_plugin_api::{DType, OutputSpec, OutputSpecs, Signature, TensorSpec};

use super::error::ModelError;
use super::prepared_input::PreparedInput;
use super::shapes::known_shape;
use super::{Loader, native_input, output_specs, plain_input, prepared_input};
use crate::dataloader::{Batches, SeqInterval};
use crate::description::{ArrayShape, ArraySpec, DnaInput, ModelDir};
use crate::output_selection::wrong_positions;
use crate::sequence::{InputRows, SampleRows};

/// What a model reads, as description, loader and graph agree on it.
#[derive(Debug, Clone)]
pub struct ModelInputs {
    /// An empty block of the rows that it reads.
    pub rows: SampleRows,
    /// The length of its windows in bases; `None` if it reads any.
    pub window_length: Option<usize>,
    /// Where the inputs lie among prepared samples; empty if there are none.
    pub prepared: Vec<PreparedInput>,
}

/// What a model reads and gives.
#[derive(Debug, Clone)]
pub struct ModelArrays {
    /// What it reads.
    pub inputs: ModelInputs,
    /// Its outputs as parts of a flat row.
    pub outputs: OutputSpecs,
}

/// The inputs of a model, as far as its files alone tell.
enum DescribedInputs<'a> {
    Native(&'a SeqInterval, &'a ArraySpec),
    Prepared(&'a dyn Batches, Vec<DnaInput>),
    Plain(&'a dyn Batches),
}

/// The arrays of a model, as far as its files alone tell. They are checked before the graph is loaded, which may take
/// long.
pub(super) struct DescribedArrays<'a> {
    dir: &'a ModelDir,
    inputs: DescribedInputs<'a>,
    /// The outputs, and the length of the window that they are for; `None` as long as they cannot be told.
    outputs: Option<(Option<usize>, OutputSpecs)>,
}

impl<'a> DescribedInputs<'a> {
    fn of(dir: &'a ModelDir, seq_input: &[String], loader: Loader<'a>) -> Result<Self, ModelError> {
        Ok(match loader {
            Loader::Native(loader) => Self::Native(loader, native_input::dna_input(dir, seq_input)?),
            Loader::Prepared(file) => Self::Prepared(file, prepared_input::dna_inputs(dir, seq_input)?),
            Loader::Plain(file) => Self::Plain(file),
        })
    }

    /// Checks the inputs against those of the graph, if there is a graph.
    fn with_graph(&self, dir: &ModelDir, graph: &[TensorSpec]) -> Result<ModelInputs, ModelError> {
        let (rows, window_length, prepared) = match self {
            Self::Native(loader, input) => {
                let (rows, length) =
                    native_input::check_input(input, loader, graph.first().cloned().unwrap_or_default())?;
                (SampleRows::new(vec![rows]), length, Vec::new())
            }
            Self::Prepared(file, dna) => {
                let (rows, prepared) = prepared_input::check_prepared(dir, dna, *file, graph)?;
                (rows, None, prepared)
            }
            Self::Plain(file) => {
                let (rows, prepared) = plain_input::check_plain(dir, *file, graph)?;
                (rows, None, prepared)
            }
        };
        Ok(ModelInputs { rows, window_length, prepared })
    }
}

impl<'a> DescribedArrays<'a> {
    /// Checks what needs no graph. `seq_input` names the inputs that hold DNA; if it is empty, the description does.
    ///
    /// # Errors
    /// A description that does not fit the loader.
    pub(super) fn of(dir: &'a ModelDir, seq_input: &[String], loader: Loader<'a>) -> Result<Self, ModelError> {
        let inputs = DescribedInputs::of(dir, seq_input, loader)?;
        // What does not fit without the graph does not with it either, and is told then.
        let window = inputs.with_graph(dir, &[]).ok().and_then(|inputs| inputs.sequence_length());
        let outputs = match output_specs(dir.model(), window) {
            Ok(outputs) => Some((window, outputs)),
            // The graph may know the length.
            Err(ModelError::OpenOutput { .. }) if window.is_none() => None,
            Err(error) => return Err(error),
        };
        Ok(Self { dir, inputs, outputs })
    }

    /// Checks the rest against the graph.
    ///
    /// # Errors
    /// What does not fit.
    pub(super) fn with_graph(self, signature: &Signature) -> Result<ModelArrays, ModelError> {
        let Self { dir, inputs, outputs } = self;
        let inputs = inputs.with_graph(dir, &signature.inputs)?;
        let window = inputs.sequence_length();
        let outputs = match outputs {
            Some((known, outputs)) if known == window => outputs,
            _ => output_specs(dir.model(), window)?,
        };
        check_outputs(&outputs, signature)?;
        Ok(ModelArrays { inputs, outputs })
    }
}

impl ModelInputs {
    /// The length of the sequences that it reads, in bases; `None` if they have no single one.
    pub fn sequence_length(&self) -> Option<usize> {
        let mut lengths = self.rows.inputs().iter().filter_map(InputRows::one_hot).map(|rows| rows.layout().length());
        let first = lengths.next();
        self.window_length.or_else(|| first.filter(|first| lengths.all(|length| length == *first)))
    }

    /// What description and loader agree on, whatever the graph says.
    ///
    /// # Errors
    /// What does not fit.
    pub fn described(dir: &ModelDir, seq_input: &[String], loader: Loader<'_>) -> Result<Self, ModelError> {
        DescribedInputs::of(dir, seq_input, loader)?.with_graph(dir, &[])
    }
}

impl ModelArrays {
    /// Checks that description, loader and the graph's `signature` fit together. `seq_input` names the inputs that hold
    /// DNA; if it is empty, the description does.
    ///
    /// # Errors
    /// What does not fit.
    pub fn check(
        dir: &ModelDir,
        seq_input: &[String],
        loader: Loader<'_>,
        signature: &Signature,
    ) -> Result<Self, ModelError> {
        DescribedArrays::of(dir, seq_input, loader)?.with_graph(signature)
    }
}

/// Checks the description's outputs against the graph.
fn check_outputs(outputs: &OutputSpecs, signature: &Signature) -> Result<(), ModelError> {
    outputs.0.iter().zip(&signature.outputs).try_for_each(|(output, graph)| check_output(output, graph))
}

/// Checks an output against the graph, as far as the graph knows its own. Only the number of values of a row must agree:
/// graphs drop axes of length 1, or have some more.
pub(super) fn check_output(output: &OutputSpec, graph: &TensorSpec) -> Result<(), ModelError> {
    if graph.dtype == Some(DType::String) {
        return Err(ModelError::TextOutput { output: output.name.clone() });
    }
    let Some(shape) = graph.shape.clone().map(ArrayShape::from) else { return Ok(()) };
    let mut lengths = shape.iter().copied();
    // A product that no machine can count is another than the description's, too.
    let values = lengths.try_fold(1_usize, |values, length| Some(values.saturating_mul(length?)));
    if let Some(values) = values.filter(|values| *values != output.len()) {
        if let Some(wrong) = wrong_positions(output, values) {
            return Err(wrong.into());
        }
        return Err(ModelError::OutputShape {
            output: output.name.clone(),
            described: known_shape(&output.shape).to_string(),
            found: shape.to_string(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of an output of shape `(2,)` whose graph tells these facts.
    fn check(dtype: Option<DType>, shape: Option<Vec<Option<usize>>>) -> Result<(), String> {
        let output = OutputSpec::new("out", vec![2]).with_tasks(vec!["a".into(), "b".into()]);
        let graph = TensorSpec::default().with_dtype(dtype).with_shape(shape);
        let signature = Signature::new(Vec::new(), vec![graph]);
        check_outputs(&OutputSpecs(vec![output]), &signature).map_err(|error| error.to_string())
    }

    #[test]
    fn outputs_must_have_as_many_values_as_described() {
        for fitting in
            [None, Some(vec![Some(2)]), Some(vec![Some(1), Some(2)]), Some(vec![None]), Some(vec![None, Some(3)])]
        {
            assert_eq!(check(Some(DType::F64), fitting.clone()), Ok(()), "{fitting:?}");
        }
        insta::assert_snapshot!(check(None, Some(vec![Some(2), Some(2)])).unwrap_err(), @"output `out`: model.yaml says shape (2,), but the graph gives (2, 2); correct `schema.targets` in model.yaml");
    }

    #[test]
    fn text_cannot_be_scored() {
        insta::assert_snapshot!(check(Some(DType::String), None).unwrap_err(), @"output `out` of the graph holds strings; only numbers can be scored");
    }
}
