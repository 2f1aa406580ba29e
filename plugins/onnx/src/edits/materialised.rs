//! Edits as rows of their own.

use kipos_plugin_api::{Edits, Result, Tensor, TensorView};

use crate::lone_row::{row, stacked};
use crate::predict::as_f32;

/// The rows of edits, input by input.
///
/// # Errors
/// Edits that do not fit the inputs.
pub fn rows(inputs: &[TensorView<'_>], edits: &Edits, chosen: &[usize]) -> Result<Vec<Tensor>> {
    let of_input = |(index, input): (usize, &TensorView<'_>)| {
        let parts = chosen.iter().map(|&edit| {
            let source = row(input, edits.sources[edit])?;
            edited(index, source, edits, edit)
        });
        let parts = parts.collect::<Result<Vec<Tensor>>>()?;
        stacked(&parts.iter().collect::<Vec<_>>())
    };
    inputs.iter().enumerate().map(of_input).collect()
}

/// A row of an input with the substitutions of an edit.
fn edited(input: usize, source: Tensor, edits: &Edits, edit: usize) -> Result<Tensor> {
    let Some(axes) = edits.axes.iter().find(|axes| axes.input == input) else { return Ok(source) };
    let shape = source.shape().to_vec();
    let stride = |axis: usize| shape.iter().skip(axis + 2).product::<usize>();
    let letters = shape.get(axes.channel + 1).copied().unwrap_or(0);
    let mut numbers = as_f32(&source.view())?.into_owned();
    for one in edits.substitutions_of(edit).iter().filter(|one| one.input == input) {
        for letter in 0..letters {
            let at = one.position * stride(axes.position) + letter * stride(axes.channel);
            numbers[at] = if one.channel == Some(letter) { 1.0 } else { 0.0 };
        }
    }
    Tensor::new(shape, numbers)
}
