//! Reading the rows of one engine call.

use std::ops::Range;

use kipos_plugin_api::{DataView, Tensor};
use thiserror::Error;

use super::geometry::{PositionsError, wrong_positions};
use super::{OutputSelection, Part};
use crate::description::ArrayShape;
use crate::internal::OrInternal;

/// Outputs that do not fit the model's description.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OutputError {
    /// The model gave another number of values than its description says.
    #[error(
        "output `{output}` has {found} values per sequence, but the model's description says {expected}; \
         correct `schema.targets` in model.yaml"
    )]
    Width {
        /// The output.
        output: String,
        /// ColumnValues that the description says.
        expected: usize,
        /// ColumnValues that came.
        found: usize,
    },
    /// The model's axes are not those of its description, and one of them is reduced.
    #[error(
        "output `{output}` has shape {found}, but the model's description says {expected}, by which its positions are \
         reduced; correct `schema.targets` in model.yaml"
    )]
    Axes {
        /// The output.
        output: String,
        /// The shape that the description says, without the batch axis.
        expected: ArrayShape,
        /// The shape that came.
        found: ArrayShape,
    },
    /// The model gave another number of positions than its description leaves room for.
    #[error(transparent)]
    Positions(#[from] PositionsError),
    /// The model gave text.
    #[error("output `{output}` holds strings; only numbers can be scored")]
    Text {
        /// The output.
        output: String,
    },
}

impl OutputSelection {
    /// Appends the read rows of some rows of a model's outputs to `flat`: [`width`](Self::width) elements each, narrowed
    /// to `f32`. Axis 0 of each output is the batch axis.
    ///
    /// # Errors
    /// Outputs that do not fit the model's description.
    pub fn read(&self, outputs: &[Tensor], rows: Range<usize>, flat: &mut Vec<f32>) -> Result<(), OutputError> {
        let width = self.width();
        let start = flat.len();
        flat.resize(start + rows.len() * width, 0.0);
        let read = &mut flat[start..];
        for part in self.parts.iter().filter(|part| part.is_read()) {
            let tensor = outputs.get(part.source).or_internal("the outputs of the model are counted");
            part.check_shape(tensor.shape())?;
            let first = rows.start;
            match tensor.data().view() {
                DataView::F32(values) => part.read_rows(values, f64::from, first, read, width),
                DataView::F64(values) => part.read_rows(values, |x| x, first, read, width),
                DataView::I64(values) => part.read_rows(values, |x| x as f64, first, read, width),
                DataView::I32(values) => part.read_rows(values, f64::from, first, read, width),
                DataView::U8(values) => part.read_rows(values, f64::from, first, read, width),
                DataView::Bool(values) => part.read_rows(values, |x| f64::from(u8::from(x)), first, read, width),
                DataView::Strings(_) => return Err(OutputError::Text { output: part.raw.name.clone() }),
            }
        }
        Ok(())
    }
}

impl Part {
    /// Checks the shape, with the batch axis, of what came.
    fn check_shape(&self, shape: &[usize]) -> Result<(), OutputError> {
        let came = shape.get(1..).or_internal("an output has a row per sample");
        let found = came.iter().product::<usize>();
        if found != self.raw.len() {
            if let Some(wrong) = wrong_positions(&self.raw, found) {
                return Err(OutputError::Positions(wrong));
            }
            return Err(OutputError::Width { output: self.raw.name.clone(), expected: self.raw.len(), found });
        }
        // Graphs drop axes of length 1, or have some more; the order of the others says what lies where.
        let long = |shape: &[usize]| shape.iter().copied().filter(|&length| length != 1).collect::<Vec<_>>();
        if (self.fold.is_some() || self.axis.is_some()) && long(came) != long(&self.raw.shape) {
            let known = |shape: &[usize]| ArrayShape::from(shape.iter().copied().map(Some).collect::<Vec<_>>());
            return Err(OutputError::Axes {
                output: self.raw.name.clone(),
                expected: known(&self.raw.shape),
                found: known(came),
            });
        }
        Ok(())
    }

    /// Reads as many rows, from row `first` on, as there are rows of `width` elements in `read`.
    fn read_rows<T: Copy>(
        &self,
        values: &[T],
        number: impl Fn(T) -> f64,
        first: usize,
        read: &mut [f32],
        width: usize,
    ) {
        let rows = values.chunks_exact(self.raw.len().max(1)).skip(first);
        for (values, row) in rows.zip(read.chunks_exact_mut(width.max(1))) {
            self.read(values, &number, &mut row[self.offset..self.offset + self.len]);
        }
    }

    /// Reads the values of one row; `number` turns a value into a number.
    fn read<T: Copy>(&self, values: &[T], number: impl Fn(T) -> f64, out: &mut [f32]) {
        match (&self.fold, &self.picked) {
            (Some(fold), picked) => fold.run(values, number, picked.as_deref(), out),
            (None, Some(picked)) => {
                for (out, &task) in out.iter_mut().zip(picked) {
                    *out = number(values[task]) as f32;
                }
            }
            (None, None) => {
                for (out, &value) in out.iter_mut().zip(values) {
                    *out = number(value) as f32;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use kipos_plugin_api::{OutputSpec, OutputSpecs};

    use super::*;

    fn selection() -> OutputSelection {
        let spec = |name: &str, tasks: usize, offset| {
            OutputSpec::new(name, vec![tasks])
                .with_offset(offset)
                .with_tasks((0..tasks).map(|task| task.to_string()).collect())
        };
        OutputSelection::whole(OutputSpecs(vec![spec("a", 2, 0), spec("b", 1, 2)]))
    }

    #[test]
    fn outputs_of_one_row_lie_side_by_side() {
        let a = Tensor::new(vec![3, 2], vec![1f32, 2., 3., 4., 5., 6.]).unwrap();
        let b = Tensor::new(vec![3, 1, 1], vec![7i64, 8, 9]).unwrap();
        let mut flat = vec![0.5];
        // The third row fills up a fixed batch and is dropped.
        selection().read(&[a, b], 0..2, &mut flat).unwrap();
        assert_eq!(flat, [0.5, 1., 2., 7., 3., 4., 8.]);
    }

    #[test]
    fn every_type_of_number_is_read() {
        let read = |b: Tensor| {
            let a = Tensor::new(vec![1, 2], vec![1f64, -0.5]).unwrap();
            let mut flat = Vec::new();
            selection().read(&[a, b], 0..1, &mut flat).map(|()| flat)
        };
        assert_eq!(read(Tensor::new(vec![1], vec![-7i32]).unwrap()), Ok(vec![1., -0.5, -7.]));
        assert_eq!(read(Tensor::new(vec![1], vec![255u8]).unwrap()), Ok(vec![1., -0.5, 255.]));
        assert_eq!(read(Tensor::new(vec![1], vec![true]).unwrap()), Ok(vec![1., -0.5, 1.]));
    }

    #[test]
    fn another_width_than_described_is_an_error() {
        let a = Tensor::new(vec![1, 3], vec![1f32, 2., 3.]).unwrap();
        let error = selection().read(&[a], 0..1, &mut Vec::new()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "output `a` has 3 values per sequence, but the model's description says 2; \
             correct `schema.targets` in model.yaml"
        );
    }
}
