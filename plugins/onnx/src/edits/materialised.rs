//! Edits as rows of their own.

use kipos_plugin_api::{EditedOutputs, Edits, Result, Tensor, TensorView};

use crate::lone_row::{self, row, stacked};
use crate::one_row::joined;
use crate::predict::as_f32;

/// Rows of so many numbers are run at a time: large weights are read once for all.
const AT_ONCE: usize = 1 << 17;

/// What `run` gives for rows and for edits of them, a row per edit; `fixed` is how many it takes, if it takes no other number.
///
/// # Errors
/// Edits that do not fit the inputs; those of `run`.
pub fn outputs(
    inputs: &[TensorView<'_>],
    edits: &Edits,
    fixed: Option<usize>,
    run: impl Fn(&[TensorView<'_>]) -> Result<Vec<Tensor>>,
) -> Result<EditedOutputs> {
    let first_rows = |tensors: &[Tensor], count: usize| -> Result<Vec<Tensor>> {
        tensors.iter().map(|tensor| lone_row::rows(&tensor.view(), 0..count)).collect()
    };
    let reference = run(inputs)?;
    let numbers: usize = inputs.iter().map(|input| input.shape().iter().skip(1).product::<usize>()).sum();
    let at_once = fixed.unwrap_or((AT_ONCE / numbers.max(1)).max(2));
    let mut parts: Vec<Vec<Tensor>> = Vec::new();
    for first in (0..edits.sources.len()).step_by(at_once) {
        let own: Vec<usize> = (first..(first + at_once).min(edits.sources.len())).collect();
        let filled: Vec<usize> = (0..fixed.unwrap_or(own.len())).map(|at| own[at.min(own.len() - 1)]).collect();
        let rows = rows(inputs, edits, &filled)?;
        let outputs = run(&rows.iter().map(Tensor::view).collect::<Vec<_>>())?;
        parts.push(first_rows(&outputs, own.len())?);
    }
    let edited = match parts.is_empty() {
        true => first_rows(&reference, 0)?,
        false => joined(&parts)?,
    };
    Ok(EditedOutputs::new(reference, edited))
}

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
