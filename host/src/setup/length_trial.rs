//! Trying a model on sequences of two lengths, to learn which axes of its outputs run along the sequence.

use kipos_plugin_api::{DType, Tensor};

use crate::dataloader::{SeqInterval, SequenceEncoding};
use crate::internal::OrInternal;
use crate::model::{LoadedModel, Loader};
use crate::output_selection::Lengths;
use crate::predict::BlockRunner;
use crate::sequence::{InputRows, SampleRows, TextLayout, TextRows};

/// What a loaded model and its loader tell of lengths.
pub(super) struct LengthTrial<'a> {
    model: &'a LoadedModel,
    loader: Loader<'a>,
    /// Per output, the only axis that grows; `None` as long as nothing was tried.
    grown: Option<Vec<Option<usize>>>,
}

impl<'a> LengthTrial<'a> {
    pub(super) fn new(model: &'a LoadedModel, loader: Loader<'a>) -> Self {
        Self { model, loader, grown: None }
    }

    /// The outputs' shapes, without the batch axis, for one blank sequence of this length.
    fn shapes(&self, loader: &SeqInterval, length: usize) -> Option<Vec<Vec<usize>>> {
        let mut rows =
            SampleRows::new(vec![rows_of_length(loader, self.model.inputs().rows.inputs().first()?, length)?]);
        rows.push_blank(length);
        let runner = BlockRunner::new(self.model.plugin(), &rows, 1).ok()?;
        let outputs = runner.call(&mut rows, |model, inputs| model.predict(inputs)).ok()?;
        let of_row =
            |output: &Tensor| output.shape().get(1..).or_internal("outputs begin with the axis of the rows").to_vec();
        Some(outputs.iter().map(of_row).collect())
    }

    /// Whether the graph may take sequences of another length than the loader's: its own axis is free, or it does not
    /// say.
    fn takes_any_length(&self) -> bool {
        let signature = self.model.plugin().signature();
        let Some(shape) = signature.inputs.first().and_then(|input| input.shape.as_ref()) else { return true };
        let axis = match self.model.inputs().rows.inputs().first() {
            Some(InputRows::OneHot(rows)) => rows.layout().axes().0,
            _ => 0,
        };
        // A single string has no axis for its letters.
        shape.get(axis).copied().flatten().is_none_or(|length| length == 1)
    }

    /// A failure says nothing: the model may not take that length.
    fn try_two_lengths(&self) -> Option<Vec<Option<usize>>> {
        let Loader::Native(loader) = self.loader else { return None };
        let length = self.window().filter(|_| self.takes_any_length())?;
        let short = self.shapes(loader, length)?;
        let long = self.shapes(loader, length.checked_mul(2)?)?;
        let described = &self.model.outputs().0;
        let outputs = described.iter().zip(short.iter().zip(&long));
        Some(outputs.map(|(output, (short, long))| grown_axis(&output.shape, short, long)).collect())
    }
}

impl Lengths for LengthTrial<'_> {
    fn window(&self) -> Option<usize> {
        self.model.inputs().sequence_length()
    }

    fn grown_axis(&mut self, output: usize) -> Option<usize> {
        if self.grown.is_none() {
            self.grown = Some(self.try_two_lengths().unwrap_or_default());
        }
        self.grown.as_ref()?.get(output).copied().flatten()
    }
}

/// An empty block of rows like those of `input`, for sequences of another length.
fn rows_of_length(loader: &SeqInterval, input: &InputRows, length: usize) -> Option<InputRows> {
    match (input, &loader.encoding) {
        (InputRows::OneHot(rows), SequenceEncoding::OneHot(args)) => {
            let shape = rows.shape();
            let dtype: DType = rows.view(&shape).ok()?.dtype();
            Some(InputRows::OneHot(args.rows(length, dtype).ok()?))
        }
        (InputRows::Text(rows), SequenceEncoding::Text { force_upper }) => {
            let layout = match rows.layout() {
                TextLayout::Letters(_) => TextLayout::Letters(length),
                layout => layout,
            };
            Some(InputRows::Text(TextRows::new(layout, *force_upper)))
        }
        _ => None,
    }
}

/// The only axis of an output that is longer for a longer sequence. `described` is the shape that the description gives,
/// from which graphs leave out axes of length 1, or have some more.
fn grown_axis(described: &[usize], short: &[usize], long: &[usize]) -> Option<usize> {
    if short.len() != long.len() {
        return None;
    }
    let mut different = (0..short.len()).filter(|&axis| short[axis] != long[axis]);
    let axis = different.next().filter(|&axis| different.next().is_none() && long[axis] > short[axis])?;
    let long_axes = |shape: &[usize]| (0..shape.len()).filter(|&axis| shape[axis] > 1).collect::<Vec<_>>();
    let (own, found) = (long_axes(described), long_axes(short));
    let is_same = own.iter().map(|&axis| described[axis]).eq(found.iter().map(|&axis| short[axis]));
    let place = found.iter().position(|&found| found == axis)?;
    is_same.then(|| own[place])
}

#[cfg(test)]
mod tests {
    use super::grown_axis;

    #[test]
    fn the_axis_that_grows_is_found_in_the_described_shape() {
        for (described, short, long, expected) in [
            (&[12, 101][..], &[12, 101][..], &[12, 202][..], Some(1)),
            (&[101, 12], &[101, 12], &[203, 12], Some(0)),
            // Axes of length 1 come and go.
            (&[12, 101], &[12, 1, 101], &[12, 1, 202], Some(1)),
            (&[1, 12, 101], &[12, 101], &[12, 202], Some(2)),
            // Nothing grows, or two axes, or the rest of the shape changes.
            (&[12, 101], &[12, 101], &[12, 101], None),
            (&[50, 50], &[50, 50], &[100, 100], None),
            (&[12, 101], &[12, 101], &[12, 50], None),
            (&[12, 101], &[101, 12], &[202, 12], None),
            (&[12, 101], &[12, 101], &[12, 101, 2], None),
            (&[12, 1], &[12, 1], &[12, 2], None),
        ] {
            assert_eq!(grown_axis(described, short, long), expected, "{described:?} {short:?} {long:?}");
        }
    }
}
