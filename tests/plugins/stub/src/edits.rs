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
