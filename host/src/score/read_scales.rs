//! On which scale a score reads each output, and what becomes of numbers on another.

use std::borrow::Cow;
use std::ops::Range;

use kipos_plugin_api::{OutputSpecs, Scale};

use super::ScoreError;
use crate::natural_scale::{is_convertible, rescale};
use crate::output_selection::OutputSelection;
use crate::provenance::Provenance;

/// On which scale a score reads each output whose scale the description says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct ReadScales {
    outputs: Vec<ReadScale>,
}

/// How one output is read.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ReadScale {
    output: String,
    /// Its elements of a flat row.
    elements: Range<usize>,
    /// The scale of the model's numbers.
    from: Scale,
    /// The scale on which the score reads them.
    to: Scale,
}

impl ReadScales {
    /// How the score `label` reads outputs of a known scale if it takes numbers on these `scales`, and the outputs as it
    /// is told of them. A score that takes numbers on every scale gets what the model gives.
    ///
    /// # Errors
    /// An output whose numbers have no exact conversion to any of the scales, or of which sums or means are read that
    /// are on no scale.
    pub(super) fn of(
        label: &str,
        scales: &[Scale],
        selection: &OutputSelection,
    ) -> Result<(OutputSpecs, Self), ScoreError> {
        let (mut told, mut read) = (selection.outputs().clone(), Self::default());
        if scales.is_empty() {
            return Ok((told, read));
        }
        for output in &mut told.0 {
            let refuse = |scale, reduction| ScoreError::Scale {
                label: label.to_owned(),
                output: output.name.clone(),
                scale,
                reduction,
                reads: scales.iter().map(|scale| scale.word()).collect::<Vec<_>>().join(" or "),
            };
            if let Some((scale, reduction)) = selection.lost_scale(&output.name) {
                return Err(refuse(scale, Some(reduction)));
            }
            let Some(from) = output.scale else { continue };
            let to =
                scales.iter().find(|&&to| to == from).or_else(|| scales.iter().find(|&&to| is_convertible(from, to)));
            let to = *to.ok_or_else(|| refuse(from, None))?;
            let elements = output.offset..output.offset + output.len();
            read.outputs.push(ReadScale { output: output.name.clone(), elements, from, to });
            output.scale = Some(to);
        }
        Ok((told, read))
    }

    /// Rows of `width` elements as the score reads them.
    pub(super) fn convert<'a>(&self, rows: &'a [f32], width: usize) -> Cow<'a, [f32]> {
        let mut rows = Cow::Borrowed(rows);
        for ReadScale { elements, from, to, .. } in self.outputs.iter().filter(|read| read.from != read.to) {
            for row in rows.to_mut().chunks_exact_mut(width.max(1)) {
                rescale(*from, *to, &mut row[elements.clone()]);
            }
        }
        rows
    }

    /// What is said of each output in the files of a run: its scale, and the other one on which it is read.
    pub(super) fn provenance(&self) -> Provenance {
        self.outputs.iter().fold(Provenance::new(), |all, ReadScale { output, from, to, .. }| {
            let text = if from == to { from.to_string() } else { format!("{from} converted to {to}") };
            all.with(output.as_str(), text)
        })
    }
}

#[cfg(test)]
mod tests {
    use kipos_plugin_api::OutputSpec;

    use super::*;

    /// Outputs of two tasks each, on these scales.
    fn selection(scales: &[Option<Scale>]) -> OutputSelection {
        let output = |(index, scale): (usize, &Option<Scale>)| {
            OutputSpec::new(format!("y{index}"), vec![2])
                .with_offset(2 * index)
                .with_tasks(vec!["a".into(), "b".into()])
                .with_scale(*scale)
        };
        OutputSelection::whole(OutputSpecs(scales.iter().enumerate().map(output).collect()))
    }

    fn read(scales: &[Scale], outputs: &[Option<Scale>]) -> Result<(Vec<Option<Scale>>, Vec<f32>), String> {
        let (told, read) = ReadScales::of("s", scales, &selection(outputs)).map_err(|error| error.to_string())?;
        let row: Vec<f32> = (0..2 * outputs.len()).map(|element| element as f32).collect();
        Ok((told.0.iter().map(|output| output.scale).collect(), read.convert(&row, row.len()).into_owned()))
    }

    #[test]
    fn each_output_is_converted_by_its_own_scale() {
        let outputs = [Some(Scale::Log2), None, Some(Scale::Counts)];
        let (told, row) = read(&[Scale::Counts], &outputs).unwrap();
        assert_eq!(told, [Some(Scale::Counts), None, Some(Scale::Counts)]);
        assert_eq!(row, [1.0, 2.0, 2.0, 3.0, 4.0, 5.0]);
    }

    #[test]
    fn what_a_score_can_read_stays_as_it_is() {
        let outputs = [Some(Scale::Logit), Some(Scale::Probability)];
        let unchanged = vec![0.0, 1.0, 2.0, 3.0];
        assert_eq!(read(&[Scale::Probability, Scale::Logit], &outputs), Ok((outputs.to_vec(), unchanged.clone())));
        assert_eq!(read(&[], &outputs), Ok((outputs.to_vec(), unchanged)));
    }

    #[test]
    fn what_has_no_conversion_is_refused() {
        insta::assert_snapshot!(read(&[Scale::Probability, Scale::Logit], &[Some(Scale::Log1p)]).unwrap_err(), @"score `s` reads numbers on the scale probability or logit, but those of output `y0` are log1p, as `kipos.outputs.y0.scale` in model.yaml says, and there is no exact conversion; choose another score, such as diff, or other tasks with --tasks");
        insta::assert_snapshot!(read(&[Scale::Counts], &[Some(Scale::ProfileLogits)]).unwrap_err(), @"score `s` reads numbers on the scale counts, but those of output `y0` are profile_logits, as `kipos.outputs.y0.scale` in model.yaml says, and there is no exact conversion; choose another score, such as diff, or other tasks with --tasks");
    }

    #[test]
    fn files_say_what_was_converted() {
        let (_, read) =
            ReadScales::of("s", &[Scale::Counts], &selection(&[Some(Scale::Log), Some(Scale::Counts)])).unwrap();
        let said = read.provenance();
        assert_eq!((said.text(&["y0"]), said.text(&["y1"])), (Some("log converted to counts"), Some("counts")));
    }
}
