//! From a file of gradients to a picture.

use super::error::PlotError;
use super::gradient::{GradientPicture, GradientStretch, GradientValues};
use super::page::place_name;
use crate::attribution::{DnaAxes, GradientFile, GradientTransform, SampleGradient, dna_axes, sequence_axis};
use crate::dataloader::BatchRange;
use crate::internal::caught;
use crate::provenance::Provenance;
use crate::sink::provenance_of_run;
use std::path::Path;

/// What an array is drawn as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DrawAs {
    /// A logo of one-hot DNA, a heat map of anything else.
    #[default]
    Auto,
    /// A logo: one axis has to be 4 long.
    Logo,
    /// A heat map.
    HeatMap,
}

/// What is drawn of a file of gradients.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GradientChoice {
    /// The sample, from 0.
    pub sample: usize,
    /// The model input; may be `None` if there is but one.
    pub input: Option<String>,
    /// What is made of the gradient.
    pub transform: GradientTransform,
    /// The axis of the sequence, without that of the samples, from the end if negative.
    pub seq_dim: Option<i64>,
    /// Logo or heat map.
    pub draw_as: DrawAs,
    /// What stands above; the transform and the input if `None`.
    pub title: Option<String>,
}

/// Pictures of a file of gradients.
pub struct GradPlotter {
    file: GradientFile,
}

impl GradPlotter {
    /// Opens a file of gradients.
    ///
    /// # Errors
    /// A file that cannot be read, or holds no gradients.
    pub fn open(path: &Path) -> Result<Self, PlotError> {
        Ok(Self { file: caught(|| GradientFile::open(path))?? })
    }

    /// The picture of a sample.
    ///
    /// # Errors
    /// The sample or the input is not there, its shape cannot be drawn, or the file cannot be read.
    pub fn picture(&mut self, choice: &GradientChoice) -> Result<GradientPicture, PlotError> {
        caught(|| self.read(choice))?
    }

    /// What the gradients of the file follow from, if it says so.
    pub fn provenance(&self) -> Option<Provenance> {
        provenance_of_run(self.file.path())
    }

    fn read(&mut self, choice: &GradientChoice) -> Result<GradientPicture, PlotError> {
        let sample = choice.sample;
        let input = input_index(&self.file, choice.input.as_deref())?;
        check_sample(&self.file, sample)?;
        let name = self.file.names()[input].clone();
        let range = self.file.range(sample).cloned();
        let array = self.file.read(input, sample)?;
        let values = values(&array, choice, &name, range.as_ref())?;
        let columns = values.columns() as i64;
        let place = range.as_ref().map(|range| place_name(&range.contig, range.contig_length, range.start, range.end));
        let strand = range.as_ref().map(|range| if range.strand.is_reverse() { " (\u{2212})" } else { "" });
        let sample = format!("sample {sample}");
        let input = if self.file.has_names() { format!("input {name}, {sample}") } else { sample };
        let subtitle = match (&place, strand) {
            (Some(place), Some(strand)) => format!("{place}{strand}, {input}"),
            _ => input,
        };
        // Bases can be counted only where each has a column of its own.
        let stretch = range.filter(|range| range.end - range.start == columns).map(|range| GradientStretch {
            contig: range.contig.to_string(),
            contig_length: range.contig_length,
            start: range.start,
            is_reverse: range.strand.is_reverse(),
        });
        let value_name = choice.transform.name().to_owned();
        let title = choice.title.clone().unwrap_or_else(|| capitalised(&value_name));
        Ok(GradientPicture { values, stretch, value_name, title, subtitle })
    }
}

/// The number of the chosen input of a file.
///
/// # Errors
/// [`PlotError::Unknown`], or [`PlotError::Ambiguous`] if none was named and there are several.
pub(crate) fn input_index(file: &GradientFile, name: Option<&str>) -> Result<usize, PlotError> {
    let known = file.names();
    let (path, what) = (file.path().to_owned(), "model input");
    match name {
        None if known.len() == 1 => Ok(0),
        None => Err(PlotError::Ambiguous { path, what, option: "--model-input", known: known.to_vec() }),
        Some(name) => {
            let found = known.iter().position(|input| input == name);
            found.ok_or_else(|| PlotError::Unknown { path, what, name: name.to_owned(), known: known.to_vec() })
        }
    }
}

/// Checks that a file has a sample.
///
/// # Errors
/// [`PlotError::Unknown`].
pub(crate) fn check_sample(file: &GradientFile, sample: usize) -> Result<(), PlotError> {
    if sample < file.samples() {
        return Ok(());
    }
    let path = file.path().to_owned();
    let known = match file.samples() {
        0 => return Err(PlotError::NoSamples { path }),
        1 => "0".to_owned(),
        samples => format!("0 to {}", samples - 1),
    };
    Err(PlotError::Unknown { path, what: "sample", name: sample.to_string(), known: vec![known] })
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The values of a sample as they are drawn.
fn values(
    array: &SampleGradient,
    choice: &GradientChoice,
    name: &str,
    range: Option<&BatchRange>,
) -> Result<GradientValues, PlotError> {
    let shape_error = |problem: String| PlotError::Shape { name: name.to_owned(), shape: array.shape.clone(), problem };
    let values = array.transformed(choice.transform);
    let long: Vec<usize> = (0..array.shape.len()).filter(|&axis| array.shape[axis] != 1).collect();
    let dna = match choice.draw_as {
        DrawAs::Auto if choice.seq_dim.is_some() => {
            dna_axes(array).filter(|axes| named_axis(array, choice) == Some(axes.sequence))
        }
        DrawAs::Auto => dna_axes(array),
        DrawAs::HeatMap => None,
        DrawAs::Logo => {
            let axes = logo_axes(array, &long, named_axis(array, choice));
            Some(axes.ok_or_else(|| {
                shape_error("a logo needs two axes, one of them of 4 bases; draw a heat map".to_owned())
            })?)
        }
    };
    if let Some(DnaAxes { sequence, channels }) = dna {
        let length = array.shape[sequence];
        let at = |base: usize, channel: usize| {
            if sequence < channels { base * 4 + channel } else { channel * length + base }
        };
        let bases = (0..length).map(|base| std::array::from_fn(|channel| values[at(base, channel)]));
        return Ok(GradientValues::Letters(bases.collect()));
    }
    let bases = range.map(|range| range.end - range.start);
    let sequence = sequence_axis(array, choice.seq_dim, bases).map_err(|error| shape_error(error.to_string()))?;
    let others: Vec<usize> = long.into_iter().filter(|&axis| axis != sequence).collect();
    let length = array.shape[sequence];
    match others[..] {
        [] => Ok(GradientValues::Rows(vec![values])),
        [other] => {
            let rows = array.shape[other];
            let at =
                |row: usize, column: usize| if sequence < other { column * rows + row } else { row * length + column };
            let row = |row| (0..length).map(|column| values[at(row, column)]).collect();
            Ok(GradientValues::Rows((0..rows).map(row).collect()))
        }
        _ => Err(shape_error("a heat map has two axes at most".to_owned())),
    }
}

/// The axis that was named, if it is there.
fn named_axis(array: &SampleGradient, choice: &GradientChoice) -> Option<usize> {
    choice.seq_dim.and_then(|dim| sequence_axis(array, Some(dim), None).ok())
}

/// The axes of a logo, whatever the input holds.
fn logo_axes(array: &SampleGradient, long: &[usize], named: Option<usize>) -> Option<DnaAxes> {
    let &[first, second] = long else { return None };
    let both = [DnaAxes { sequence: first, channels: second }, DnaAxes { sequence: second, channels: first }];
    let fits = |axes: &DnaAxes| array.shape[axes.channels] == 4 && named.is_none_or(|axis| axis == axes.sequence);
    both.into_iter().find(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::Strand;

    fn array(shape: &[usize]) -> SampleGradient {
        let count: usize = shape.iter().product();
        let gradient = (0..count).map(|index| index as f64).collect();
        SampleGradient { shape: shape.to_vec(), input: vec![0.5; count], gradient, is_double: false, is_dna: None }
    }

    fn drawn(array: &SampleGradient, seq_dim: Option<i64>, draw_as: DrawAs) -> Result<GradientValues, PlotError> {
        let choice = GradientChoice { transform: GradientTransform::Gradient, seq_dim, draw_as, ..Default::default() };
        let range = BatchRange {
            contig: "c".into(),
            start: 5,
            end: 8,
            strand: Strand::Forward,
            sign: '+',
            id: None,
            contig_length: None,
        };
        values(array, &choice, "tracks", Some(&range))
    }

    #[test]
    fn the_sequence_runs_from_left_to_right() {
        let rows = |rows: &[&[f64]]| GradientValues::Rows(rows.iter().map(|row| row.to_vec()).collect());
        let expected = rows(&[&[0.0, 2.0, 4.0], &[1.0, 3.0, 5.0]]);
        assert_eq!(drawn(&array(&[3, 2]), None, DrawAs::Auto).unwrap(), expected);
        assert_eq!(drawn(&array(&[3, 1, 2]), Some(0), DrawAs::Auto).unwrap(), expected);
        let expected = rows(&[&[0.0, 1.0, 2.0], &[3.0, 4.0, 5.0]]);
        assert_eq!(drawn(&array(&[2, 3]), None, DrawAs::Auto).unwrap(), expected);
        assert_eq!(drawn(&array(&[3]), None, DrawAs::Auto).unwrap(), rows(&[&[0.0, 1.0, 2.0]]));
    }

    #[test]
    fn a_logo_may_be_asked_for_where_the_input_is_not_one_hot() {
        let letters = GradientValues::Letters(vec![[0.0, 2.0, 4.0, 6.0], [1.0, 3.0, 5.0, 7.0]]);
        assert_eq!(drawn(&array(&[4, 2]), None, DrawAs::Logo).unwrap(), letters);
        let error = drawn(&array(&[3, 2]), None, DrawAs::Logo).unwrap_err();
        insta::assert_snapshot!(error, @"cannot draw tracks, which has the shape [3, 2]: a logo needs two axes, one of them of 4 bases; draw a heat map");
    }

    #[test]
    fn cubes_are_refused() {
        let error = drawn(&array(&[3, 2, 2]), None, DrawAs::Auto).unwrap_err();
        insta::assert_snapshot!(error, @"cannot draw tracks, which has the shape [3, 2, 2]: a heat map has two axes at most");
    }
}
