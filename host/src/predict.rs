//! The one place that decides which forward passes are needed, and runs them.

mod block_runner;
mod edit_ability;
mod edit_calls;

use kipos_plugin_api::{PluginError, Tensor, TensorView};
use thiserror::Error;

pub use block_runner::{BlockRunner, MOST_ROWS};
pub use edit_ability::{EditAbility, describe_edits};

use self::block_runner::MOST_BYTES;
use self::edit_calls::EditCalls;
use crate::edits::EditBatch;
use crate::internal::OrInternal;
use crate::output_selection::{OutputError, OutputSelection};
use crate::plugin::{PluginCallError, PluginModel};
use crate::sequence::{SampleRows, ShapedRows};
use crate::stop::{Stop, Stopped};

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
    /// Like `reference`, for the reverse complement; each element means what it means there.
    pub reference_rc: Option<Vec<f32>>,
    /// Like `alternate`, for the reverse complement.
    pub alternate_rc: Option<Vec<f32>>,
}

/// Predictions for an [`EditBatch`] by a model, and by each of its members where they were wanted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BatchPredictions {
    /// Those of the model.
    pub combined: AllelePredictions,
    /// Those of its members, in their order.
    pub members: Vec<AllelePredictions>,
}

/// Why a prediction failed.
#[derive(Debug, Error)]
pub enum PredictError {
    /// The backend said so.
    #[error(transparent)]
    Plugin(#[from] PluginCallError),
    /// Outputs that do not fit the model's description.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The model insists on more rows per call than there can be.
    #[error(
        "the model takes exactly {rows} rows per call, more than the {MOST_ROWS} that kipos makes; export it with a free \
         batch axis"
    )]
    FixedBatch {
        /// The rows.
        rows: usize,
    },
    /// A call that no memory has room for.
    #[error(
        "one call of {rows} rows of {row_bytes} bytes each needs more than {} GiB; choose a smaller --batch-size",
        MOST_BYTES >> 30
    )]
    LargeCall {
        /// The rows.
        rows: usize,
        /// The bytes of each.
        row_bytes: usize,
    },
    /// The rows do not make a tensor.
    #[error("the encoded sequences do not make a tensor: {0}")]
    Input(PluginError),
    /// The run was asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Flat predictions for the reference rows and for all alleles.
type StrandPredictions = (Vec<f32>, Vec<f32>);

/// The memory that the outputs for the edited rows of one call may take, unless a call of as many rows takes more.
const EDITED_BYTES: usize = 16 << 20;

/// Runs a model on edit batches.
pub struct Predictor<'a> {
    output_selection: &'a OutputSelection,
    /// How predictions for the reverse complement are read.
    reverse: OutputSelection,
    runner: BlockRunner<'a>,
    evaluates_edits: bool,
    /// Whether the predictions of each member are kept.
    keeps_members: bool,
    /// The bytes of the outputs for one edited row, once they are known.
    edited_bytes: Option<usize>,
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
    /// many as the model insists on. Of its outputs, `output_selection` is kept, on both strands in the same order. `prototype` is
    /// a block of the rows that the model reads. Edits are left to the backend if it `evaluates_edits`.
    ///
    /// # Errors
    /// A panic of the plugin.
    pub fn new(
        model: &'a PluginModel,
        output_selection: &'a OutputSelection,
        prototype: &SampleRows,
        batch_size: usize,
        passes: Passes,
        evaluates_edits: bool,
    ) -> Result<Self, PredictError> {
        let runner = BlockRunner::new(model, prototype, batch_size)?;
        let both_strands = passes.reference_rc || passes.alternate_rc;
        let reverse = if both_strands { output_selection.on_reverse_complement() } else { output_selection.clone() };
        let block = prototype.empty_like();
        let (keeps_members, edited_bytes) = (false, None);
        Ok(Self { output_selection, reverse, runner, evaluates_edits, keeps_members, edited_bytes, passes, block })
    }

    /// Keeps what each member of the model says, too.
    #[must_use]
    pub fn keeping_members(mut self, keeps_members: bool) -> Self {
        self.keeps_members = keeps_members;
        self
    }

    /// Makes no engine call any more once `stop` is asked.
    #[must_use]
    pub fn stopped_by(mut self, stop: &Stop) -> Self {
        self.runner = self.runner.stopped_by(stop);
        self
    }

    /// Predicts everything that is wanted for a batch.
    ///
    /// # Errors
    /// A failure of the backend, outputs that do not fit the model's description, or [`PredictError::Stopped`].
    pub fn predict(&mut self, batch: &EditBatch) -> Result<BatchPredictions, PredictError> {
        let all = if self.evaluates_edits { self.predict_edits(batch) } else { self.predict_rows(batch) };
        let mut all = all?.into_iter();
        let combined = all.next().or_internal("a model predicts");
        Ok(BatchPredictions { combined, members: all.collect() })
    }

    /// Every wanted row is materialised; the rows of all passes fill up the engine calls together.
    fn predict_rows(&mut self, batch: &EditBatch) -> Result<Vec<AllelePredictions>, PredictError> {
        let (sources, alleles) = (batch.rows().len(), batch.len());
        let wanted = |wanted: bool, rows: usize| 0..if wanted { rows } else { 0 };
        let rows = (wanted(self.passes.reference, sources).map(Row::Reference))
            .chain(wanted(self.passes.alternate, alleles).map(Row::Alternate))
            .chain(wanted(self.passes.reference_rc, sources).map(Row::ReferenceRc))
            .chain(wanted(self.passes.alternate_rc, alleles).map(Row::AlternateRc));
        let mut flats = vec![Vec::new(); self.answers()];
        let mut forward = 0;
        for row in rows {
            forward += usize::from(matches!(row, Row::Reference(_) | Row::Alternate(_)));
            match row {
                Row::Reference(row) => self.block.push_copy(batch.rows(), row),
                Row::ReferenceRc(row) => self.block.push_reverse_complement(batch.rows(), row),
                Row::Alternate(allele) => batch.materialise(allele, &mut self.block),
                Row::AlternateRc(allele) => {
                    batch.materialise(allele, &mut self.block);
                    self.block.reverse_complement_last();
                }
            }
            if self.block.len() == self.runner.rows() {
                self.run_block(std::mem::take(&mut forward), &mut flats)?;
            }
        }
        if !self.block.is_empty() {
            self.run_block(forward, &mut flats)?;
        }
        Ok(flats.into_iter().map(|flat| self.split(flat, sources, alleles)).collect())
    }

    /// One engine call with the rows of the block, of which the first `forward` are of the forward strand.
    fn run_block(&mut self, forward: usize, flats: &mut [Vec<f32>]) -> Result<(), PredictError> {
        let (rows, apart) = (self.block.len(), self.keeps_members);
        let answers = self.runner.call(&mut self.block, |model, inputs| match apart {
            true => model.predict_apart(inputs),
            false => Ok(vec![model.predict(inputs)?]),
        })?;
        for (outputs, flat) in answers.iter().zip(flats) {
            self.output_selection.read(outputs, 0..forward, flat)?;
            self.reverse.read(outputs, forward..rows, flat)?;
        }
        Ok(())
    }

    /// The answers of a call: that of the model, then those of its members, if they are kept.
    fn answers(&self) -> usize {
        1 + if self.keeps_members { self.runner.model().member_count() } else { 0 }
    }

    /// The backend evaluates the edits itself.
    fn predict_edits(&mut self, batch: &EditBatch) -> Result<Vec<AllelePredictions>, PredictError> {
        let none = AllelePredictions { width: self.output_selection.width(), ..AllelePredictions::default() };
        let mut all = vec![none; self.answers()];
        if self.passes.reference || self.passes.alternate {
            for (predictions, (reference, alternate)) in all.iter_mut().zip(self.run_edits(batch, false)?) {
                predictions.reference = self.passes.reference.then_some(reference);
                predictions.alternate = self.passes.alternate.then_some(alternate);
            }
        }
        if self.passes.reference_rc || self.passes.alternate_rc {
            for (predictions, (reference, alternate)) in all.iter_mut().zip(self.run_edits(batch, true)?) {
                predictions.reference_rc = self.passes.reference_rc.then_some(reference);
                predictions.alternate_rc = self.passes.alternate_rc.then_some(alternate);
            }
        }
        Ok(all)
    }

    /// Predictions on one strand: of the model, then of its members. An allele that is not told as substitutions is a row of the
    /// same calls, so that it is compared with a reference of the same kind.
    fn run_edits(
        &mut self,
        batch: &EditBatch,
        reverse_complement: bool,
    ) -> Result<Vec<StrandPredictions>, PredictError> {
        let (width, apart) = (self.output_selection.width(), self.keeps_members);
        let empty = (vec![0.0; batch.rows().len() * width], vec![0.0; batch.len() * width]);
        let mut all = vec![empty; self.answers()];
        let output_selection = if reverse_complement { &self.reverse } else { self.output_selection };
        let reads = output_selection.reads();
        let mut calls = EditCalls::new(batch);
        let mut flat = Vec::new();
        while let Some(call) = calls.next(self.runner.rows(), self.edits_of_a_call()) {
            for row in call.rows.clone() {
                match calls.whole_allele(row) {
                    Some(allele) => batch.materialise(allele, &mut self.block),
                    None => self.block.push_copy(batch.rows(), row),
                }
                if reverse_complement {
                    self.block.reverse_complement_last();
                }
            }
            let edits = reads
                .limit(batch.as_edits(&call.edited, call.rows.start, reverse_complement))
                .with_places(batch.places(call.rows.clone(), reverse_complement));
            let answers = self.runner.call(&mut self.block, |model, inputs| match apart {
                true => model.predict_edits_apart(inputs, &edits),
                false => Ok(vec![model.predict_edits(inputs, &edits)?]),
            })?;
            if !call.edited.is_empty() {
                let edited: usize = answers.iter().map(|answer| bytes(&answer.edited)).sum();
                self.edited_bytes = Some(edited / call.edited.len());
            }
            for (outputs, (reference, alternate)) in answers.iter().zip(&mut all) {
                flat.clear();
                output_selection.read(&outputs.reference, 0..call.rows.len(), &mut flat)?;
                output_selection.read(&outputs.edited, 0..call.edited.len(), &mut flat)?;
                let (of_rows, of_edits) = flat.split_at(call.rows.len() * width);
                for (index, row) in call.rows.clone().enumerate() {
                    let (target, at) = match calls.whole_allele(row) {
                        Some(allele) => (&mut *alternate, allele),
                        None => (&mut *reference, row),
                    };
                    target[at * width..][..width].copy_from_slice(&of_rows[index * width..][..width]);
                }
                for (index, &allele) in call.edited.iter().enumerate() {
                    alternate[allele * width..][..width].copy_from_slice(&of_edits[index * width..][..width]);
                }
            }
        }
        Ok(all)
    }

    /// How many edits a call may have: as many as its rows until their size is known.
    fn edits_of_a_call(&self) -> usize {
        let by_size = |bytes: usize| EDITED_BYTES / bytes.max(1);
        self.edited_bytes.map_or(0, by_size).max(self.runner.rows())
    }

    /// Cuts the flat rows of all passes apart, in the order in which they were run.
    fn split(&self, flat: Vec<f32>, sources: usize, alleles: usize) -> AllelePredictions {
        let width = self.output_selection.width();
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

/// The memory of the elements of these tensors.
fn bytes(tensors: &[Tensor]) -> usize {
    tensors.iter().map(|tensor| tensor.shape().iter().product::<usize>() * size_of::<f32>()).sum()
}

/// The tensors of an engine call.
///
/// # Errors
/// Rows that do not make a tensor.
pub(crate) fn views<'a>(shaped: &'a [ShapedRows<'_>]) -> Result<Vec<TensorView<'a>>, PredictError> {
    shaped.iter().map(|rows| rows.view().map_err(PredictError::Input)).collect()
}
