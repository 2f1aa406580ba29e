//! Graphs that take one row per call although their batch axis is free: the exporter wrote the batch of its example into
//! a shape. They run row by row.

use kipos_plugin_api::{BatchAxis, Gradients, Result, Tensor, TensorView};

use crate::lone_row::{doubled, row, stacked};
use crate::model::OnnxModel;
use crate::probe::zeros;

impl OnnxModel {
    /// How many rows one call of the engine takes, as far as it was tried.
    pub(crate) fn engine_batch(&self) -> BatchAxis {
        if self.takes_one_row.get() == Some(&true) { BatchAxis::Fixed(1) } else { self.batch }
    }

    /// What `answer` gives for all rows together, or, if the graph takes one per call, for one after the other.
    ///
    /// # Errors
    /// Those of `answer`.
    pub(crate) fn tensors_by_rows(
        &self,
        inputs: &[TensorView<'_>],
        answer: impl Fn(&[TensorView<'_>]) -> Result<Vec<Tensor>>,
    ) -> Result<Vec<Tensor>> {
        self.by_rows(inputs, answer, |parts| joined(&parts))
    }

    /// As [`tensors_by_rows`](Self::tensors_by_rows), for gradients.
    ///
    /// # Errors
    /// Those of `answer`.
    pub(crate) fn gradients_by_rows(
        &self,
        inputs: &[TensorView<'_>],
        answer: impl Fn(&[TensorView<'_>]) -> Result<Gradients>,
    ) -> Result<Gradients> {
        self.by_rows(inputs, answer, |parts| {
            let unconnected = parts.first().map(|part| part.unconnected.clone()).unwrap_or_default();
            let tensors: Vec<Vec<Tensor>> = parts.into_iter().map(|part| part.tensors).collect();
            Ok(Gradients::new(joined(&tensors)?).with_unconnected(unconnected))
        })
    }

    fn by_rows<T>(
        &self,
        inputs: &[TensorView<'_>],
        answer: impl Fn(&[TensorView<'_>]) -> Result<T>,
        join: impl Fn(Vec<T>) -> Result<T>,
    ) -> Result<T> {
        if self.engine_batch() == self.batch {
            let together = answer(inputs);
            match together {
                Err(_) if self.learn_rows_per_call(inputs) => {}
                _ => return together,
            }
        }
        let rows = inputs.first().map_or(0, TensorView::rows);
        let parts = (0..rows).map(|index| {
            let alone = inputs.iter().map(|input| row(input, index)).collect::<Result<Vec<Tensor>>>()?;
            answer(&alone.iter().map(Tensor::view).collect::<Vec<_>>())
        });
        join(parts.collect::<Result<Vec<T>>>()?)
    }

    /// Whether the graph fails on two rows and works on one. Tried with the first row of `inputs`, until it works on
    /// either.
    pub(crate) fn learn_rows_per_call(&self, inputs: &[TensorView<'_>]) -> bool {
        if self.batch != BatchAxis::Dynamic || inputs.first().is_none_or(|input| input.rows() == 0) {
            return false;
        }
        if let Some(known) = self.takes_one_row.get() {
            return *known;
        }
        let works = |rows: Result<Vec<Tensor>>| {
            rows.and_then(|rows| {
                let views: Vec<TensorView<'_>> = rows.iter().map(Tensor::view).collect();
                self.run_forward(&views)
            })
            .is_ok()
        };
        let alone = || inputs.iter().map(|input| row(input, 0)).collect::<Result<Vec<Tensor>>>();
        if works(alone().and_then(|alone| alone.iter().map(|tensor| doubled(&tensor.view())).collect())) {
            return *self.takes_one_row.get_or_init(|| false);
        }
        works(alone()) && *self.takes_one_row.get_or_init(|| true)
    }

    /// As [`learn_rows_per_call`](Self::learn_rows_per_call), tried with zeros of these shapes.
    pub(crate) fn takes_one_row_of(&self, rows: &[Vec<usize>]) -> bool {
        let zeros = self.inputs.iter().zip(rows).map(|(port, row)| zeros(port, 1, row));
        zeros
            .collect::<Result<Vec<Tensor>>>()
            .is_ok_and(|zeros| self.learn_rows_per_call(&zeros.iter().map(Tensor::view).collect::<Vec<_>>()))
    }
}

/// Answers to some rows after the other as one for all.
///
/// # Errors
/// Answers that differ in more than their rows.
pub(crate) fn joined(parts: &[Vec<Tensor>]) -> Result<Vec<Tensor>> {
    let arrays = parts.first().map_or(0, Vec::len);
    (0..arrays).map(|array| stacked(&parts.iter().map(|part| &part[array]).collect::<Vec<_>>())).collect()
}
