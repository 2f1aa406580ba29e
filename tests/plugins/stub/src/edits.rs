//! Edited rows, written out: the plain meaning of [`Edits`].

use kipos_plugin_api::{Edits, PluginError, Result, Tensor, TensorView};

/// One row per edit: its source row with its substitutions applied.
pub(crate) fn materialise(input: &TensorView<'_>, edits: &Edits) -> Result<Tensor> {
    let elements = input.as_f32()?;
    let row_shape = &input.shape()[1..];
    let row_length: usize = row_shape.iter().product();
    let axes = edits.axes.first().ok_or_else(|| PluginError::shape("the edits name no axes"))?;
    let mut edited = Vec::with_capacity(edits.sources.len() * row_length);
    let mut start = 0;
    for (&source, &end) in edits.sources.iter().zip(&edits.ends) {
        let base = edited.len();
        edited.extend_from_slice(&elements[source * row_length..(source + 1) * row_length]);
        for substitution in &edits.substitutions[start..end] {
            let column = substitution.position * stride(row_shape, axes.position);
            for channel in 0..row_shape[axes.channel] {
                let chosen = substitution.channel == Some(channel);
                edited[base + column + channel * stride(row_shape, axes.channel)] = f32::from(u8::from(chosen));
            }
        }
        start = end;
    }
    let mut shape = vec![edits.sources.len()];
    shape.extend_from_slice(row_shape);
    Tensor::new(shape, edited)
}

/// The outputs, in which all that need not be right is NaN: whoever reads it gets no score.
pub(crate) fn forget_unread(outputs: Vec<Tensor>, edits: &Edits) -> Result<Vec<Tensor>> {
    let is_wanted = |output: usize| edits.outputs.is_empty() || edits.outputs.contains(&output);
    let forget = |(output, tensor): (usize, Tensor)| {
        let mut spans = edits.reads.iter().filter(|span| span.output == output).peekable();
        let is_whole = spans.peek().is_none();
        let spans: Vec<_> = spans.collect();
        let width = tensor.shape()[1..].iter().product::<usize>().max(1);
        let mut numbers = tensor.view().as_f32()?.to_vec();
        for (at, number) in numbers.iter_mut().enumerate() {
            let is_read = is_whole || spans.iter().any(|span| span.holds(at % width));
            if !(is_wanted(output) && is_read) {
                *number = f32::NAN;
            }
        }
        Tensor::new(tensor.shape().to_vec(), numbers)
    };
    outputs.into_iter().enumerate().map(forget).collect()
}

/// Refuses rows of the same line that differ where they overlap.
pub(crate) fn check_places(input: &TensorView<'_>, edits: &Edits) -> Result<()> {
    let (elements, shape) = (input.as_f32()?, &input.shape()[1..]);
    let Some(axes) = edits.axes.first() else { return Ok(()) };
    let (length, row_length) = (shape[axes.position], shape.iter().product::<usize>());
    let column = |row: usize, position: i64| -> Option<Vec<u32>> {
        let position = usize::try_from(position).ok().filter(|&position| position < length)?;
        let at = |channel: usize| position * stride(shape, axes.position) + channel * stride(shape, axes.channel);
        Some((0..shape[axes.channel]).map(|channel| elements[row * row_length + at(channel)].to_bits()).collect())
    };
    let placed = || edits.places.iter().enumerate().filter_map(|(row, place)| Some((row, (*place)?)));
    for (one, place) in placed() {
        for (other, its) in placed().filter(|(other, its)| *other > one && its.line == place.line) {
            for position in 0..length as i64 {
                let there = column(other, position + place.start - its.start);
                if there.is_some() && there != column(one, position) {
                    return Err(PluginError::shape(format!("rows {one} and {other} of a line differ")));
                }
            }
        }
    }
    Ok(())
}

/// The distance of neighbours along an axis.
fn stride(shape: &[usize], axis: usize) -> usize {
    shape.iter().skip(axis + 1).product()
}

#[cfg(test)]
mod tests {
    use kipos_plugin_api::{EditAxes, Substitution};

    use super::*;

    #[test]
    fn every_edit_starts_from_its_own_source() {
        // Two rows of two positions and two channels, channels first.
        let rows = [1., 0., 0., 1., 0., 1., 1., 0f32];
        let input = TensorView::new(&[2, 2, 2], rows.as_slice()).unwrap();
        let substitution = |position, channel| Substitution { input: 0, position, channel };
        let edits = Edits::new(
            vec![1, 0, 0],
            vec![1, 1, 3],
            vec![substitution(0, Some(0)), substitution(0, Some(1)), substitution(1, None)],
            vec![EditAxes { input: 0, position: 1, channel: 0 }],
        );
        let edited = materialise(&input, &edits).unwrap();
        assert_eq!(edited.shape(), [3, 2, 2]);
        let expected = [1., 1., 0., 0., /**/ 1., 0., 0., 1., /**/ 0., 0., 1., 0.];
        assert_eq!(edited.view().as_f32().unwrap(), expected);
    }
}
