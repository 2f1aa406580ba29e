//! The one place that decides which forward passes are needed, and runs them.

use kipos_plugin_api::{BatchAxis, DataView, OutputSpecs, PluginError, Tensor, TensorView};
use thiserror::Error;

use crate::edits::EditBatch;
use crate::plugin::{PluginModel, PluginRoomError};
use crate::sequence::{SampleRows, ShapedRows};

/// Which predictions are wanted for every allele.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Passes {
    /// The reference rows.
    pub reference: bool,
    /// The edited rows.
    pub alternate: bool,
    /// Also the reverse complements of the above.
    pub reference_rc: bool,
    /// Also the reverse complements of the edited rows.
    pub alternate_rc: bool,
}

/// Predictions for an [`EditBatch`]: flat rows of `width` elements; what was not wanted is `None`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AllelePredictions {
    /// Elements of one row.
    pub width: usize,
    /// One row per distinct reference row.
    pub reference: Option<Vec<f32>>,
    /// One row per allele.
    pub alternate: Option<Vec<f32>>,
    /// Like `reference`, for the reverse complement.
    pub reference_rc: Option<Vec<f32>>,
    /// Like `alternate`, for the reverse complement.
    pub alternate_rc: Option<Vec<f32>>,
}

/// Why a prediction failed.
#[derive(Debug, Error)]
pub enum PredictError {
    /// The backend said so.
    #[error(transparent)]
    Plugin(#[from] PluginRoomError),
    /// The model gave another number of values than its description says.
    #[error(
        "output `{output}` has {found} values per sequence, but the model's description says {expected}; \
         correct `schema.targets` in model.yaml"
    )]
    Width {
        /// The output.
        output: String,
        /// Values that the description says.
        expected: usize,
        /// Values that came.
        found: usize,
    },
    /// The model gave text.
    #[error("output `{output}` is text; only numbers can be scored")]
    Text {
        /// The output.
        output: String,
    },
    /// The rows do not make a tensor.
    #[error("the encoded sequences do not make a tensor: {0}")]
    Input(PluginError),
}

/// Runs a model on edit batches.
pub struct Predictor<'a> {
    model: &'a PluginModel,
    outputs: &'a OutputSpecs,
    /// Rows per engine call.
    batch_size: usize,
    /// Whether every call must have exactly `batch_size` rows.
    fixed: bool,
    evaluates_edits: bool,
    passes: Passes,
    /// The rows of one call; its memory is kept between calls.
    block: SampleRows,
}

/// One row of an engine call.
#[derive(Debug, Clone, Copy)]
enum Row {
    Reference(usize),
    Alternate(usize),
    ReferenceRc(usize),
    AlternateRc(usize),
}

impl<'a> Predictor<'a> {
    /// A predictor that gives `passes`, calling the engine with `batch_size` rows (at least 1) at a time, or with as
    /// many as the model insists on. `prototype` is a block of the rows that the model reads.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn new(
        model: &'a PluginModel,
        outputs: &'a OutputSpecs,
        prototype: &SampleRows,
        batch_size: usize,
        passes: Passes,
    ) -> Result<Self, PredictError> {
        let (batch_size, fixed) = match model.signature()?.batch {
            BatchAxis::Dynamic => (batch_size.max(1), false),
            BatchAxis::Fixed(rows) => (rows.max(1), true),
        };
        let evaluates_edits = model.capabilities()?.edits;
        Ok(Self { model, outputs, batch_size, fixed, evaluates_edits, passes, block: prototype.empty_like() })
    }

    /// Predicts everything that is wanted for a batch.
    ///
    /// # Errors
    /// A failure of the backend, or outputs that do not fit the model's description.
    pub fn predict(&mut self, batch: &EditBatch) -> Result<AllelePredictions, PredictError> {
        if self.evaluates_edits && batch.only_substitutions() {
            self.predict_edits(batch)
        } else {
            self.predict_rows(batch)
        }
    }

    /// Every wanted row is materialised; the rows of all passes fill up the engine calls together.
    fn predict_rows(&mut self, batch: &EditBatch) -> Result<AllelePredictions, PredictError> {
        let (sources, alleles) = (batch.rows().len(), batch.len());
        let wanted = |wanted: bool, rows: usize| 0..if wanted { rows } else { 0 };
        let rows = (wanted(self.passes.reference, sources).map(Row::Reference))
            .chain(wanted(self.passes.alternate, alleles).map(Row::Alternate))
            .chain(wanted(self.passes.reference_rc, sources).map(Row::ReferenceRc))
            .chain(wanted(self.passes.alternate_rc, alleles).map(Row::AlternateRc));
        let mut flat = Vec::new();
        for row in rows {
            match row {
                Row::Reference(row) => self.block.push_copy(batch.rows(), row),
                Row::ReferenceRc(row) => self.block.push_reverse_complement(batch.rows(), row),
                Row::Alternate(allele) => batch.materialise(allele, &mut self.block),
                Row::AlternateRc(allele) => {
                    batch.materialise(allele, &mut self.block);
                    self.block.reverse_complement_last();
                }
            }
            if self.block.len() == self.batch_size {
                self.run_block(&mut flat)?;
            }
        }
        if !self.block.is_empty() {
            self.run_block(&mut flat)?;
        }
        Ok(self.split(flat, sources, alleles))
    }

    /// One engine call; appends the predictions to `flat` and empties the block.
    fn run_block(&mut self, flat: &mut Vec<f32>) -> Result<(), PredictError> {
        let rows = self.block.len();
        if self.fixed {
            (rows..self.batch_size).for_each(|_| self.block.repeat_last());
        }
        let shaped = self.block.shaped();
        let outputs = self.model.predict(&views(&shaped)?)?;
        flatten(self.outputs, &outputs, rows, flat)?;
        self.block.clear();
        Ok(())
    }

    /// The backend evaluates the edits itself.
    fn predict_edits(&mut self, batch: &EditBatch) -> Result<AllelePredictions, PredictError> {
        let mut predictions = AllelePredictions { width: self.outputs.width(), ..AllelePredictions::default() };
        if self.passes.reference || self.passes.alternate {
            let (reference, alternate) = self.run_edits(batch, batch.rows(), false)?;
            predictions.reference = self.passes.reference.then_some(reference);
            predictions.alternate = self.passes.alternate.then_some(alternate);
        }
        if self.passes.reference_rc || self.passes.alternate_rc {
            let mut complements = std::mem::replace(&mut self.block, batch.rows().empty_like());
            (0..batch.rows().len()).for_each(|row| complements.push_reverse_complement(batch.rows(), row));
            let (reference, alternate) = self.run_edits(batch, &complements, true)?;
            predictions.reference_rc = self.passes.reference_rc.then_some(reference);
            predictions.alternate_rc = self.passes.alternate_rc.then_some(alternate);
        }
        Ok(predictions)
    }

    fn run_edits(
        &self,
        batch: &EditBatch,
        rows: &SampleRows,
        reverse_complement: bool,
    ) -> Result<(Vec<f32>, Vec<f32>), PredictError> {
        let shaped = rows.shaped();
        let outputs = self.model.predict_edits(&views(&shaped)?, &batch.as_edits(reverse_complement))?;
        let (mut reference, mut edited) = (Vec::new(), Vec::new());
        flatten(self.outputs, &outputs.reference, rows.len(), &mut reference)?;
        flatten(self.outputs, &outputs.edited, batch.len(), &mut edited)?;
        Ok((reference, edited))
    }

    /// Cuts the flat rows of all passes apart, in the order in which they were run.
    fn split(&self, flat: Vec<f32>, sources: usize, alleles: usize) -> AllelePredictions {
        let width = self.outputs.width();
        let mut rest = flat.as_slice();
        let mut take = |wanted: bool, rows: usize| {
            wanted.then(|| {
                let (taken, left) = rest.split_at(rows * width);
                rest = left;
                taken.to_vec()
            })
        };
        AllelePredictions {
            width,
            reference: take(self.passes.reference, sources),
            alternate: take(self.passes.alternate, alleles),
            reference_rc: take(self.passes.reference_rc, sources),
            alternate_rc: take(self.passes.alternate_rc, alleles),
        }
    }
}

fn views<'a>(shaped: &'a [ShapedRows<'_>]) -> Result<Vec<TensorView<'a>>, PredictError> {
    shaped.iter().map(|rows| rows.view().map_err(PredictError::Input)).collect()
}

/// Appends the first `rows` rows of all outputs to `flat`, narrowed to `f32`, the outputs of one row side by side.
fn flatten(specs: &OutputSpecs, outputs: &[Tensor], rows: usize, flat: &mut Vec<f32>) -> Result<(), PredictError> {
    let width = specs.width();
    let start = flat.len();
    flat.resize(start + rows * width, 0.0);
    for (spec, tensor) in specs.0.iter().zip(outputs) {
        let found = tensor.shape().iter().skip(1).product::<usize>();
        if found != spec.len() {
            return Err(PredictError::Width { output: spec.name.clone(), expected: spec.len(), found });
        }
        let view = tensor.data().view();
        macro_rules! copy {
            ($elements:expr) => {
                for (row, values) in $elements.chunks_exact(found.max(1)).take(rows).enumerate() {
                    let target = start + row * width + spec.offset;
                    for (out, &value) in flat[target..target + found].iter_mut().zip(values) {
                        *out = value as f32;
                    }
                }
            };
        }
        match view {
            DataView::F32(elements) => copy!(elements),
            DataView::F64(elements) => copy!(elements),
            DataView::I64(elements) => copy!(elements),
            DataView::I32(elements) => copy!(elements),
            DataView::U8(elements) => copy!(elements),
            DataView::Bool(elements) => copy!(elements.iter().map(|&b| u8::from(b)).collect::<Vec<_>>()),
            DataView::Strings(_) => return Err(PredictError::Text { output: spec.name.clone() }),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use kipos_plugin_api::OutputSpec;

    use super::*;

    fn specs() -> OutputSpecs {
        let spec = |name: &str, tasks: usize, offset| OutputSpec {
            name: name.into(),
            shape: vec![tasks],
            offset,
            tasks: (0..tasks).map(|task| task.to_string()).collect(),
        };
        OutputSpecs(vec![spec("a", 2, 0), spec("b", 1, 2)])
    }

    #[test]
    fn outputs_of_one_row_lie_side_by_side() {
        let a = Tensor::new(vec![3, 2], vec![1f32, 2., 3., 4., 5., 6.]).unwrap();
        let b = Tensor::new(vec![3, 1, 1], vec![7i64, 8, 9]).unwrap();
        let mut flat = vec![0.5];
        // The third row fills up a fixed batch and is dropped.
        flatten(&specs(), &[a, b], 2, &mut flat).unwrap();
        assert_eq!(flat, [0.5, 1., 2., 7., 3., 4., 8.]);
    }

    #[test]
    fn another_width_than_described_is_an_error() {
        let a = Tensor::new(vec![1, 3], vec![1f32, 2., 3.]).unwrap();
        let error = flatten(&specs(), &[a], 1, &mut Vec::new()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "output `a` has 3 values per sequence, but the model's description says 2; \
             correct `schema.targets` in model.yaml"
        );
    }
}
