//! What a scorer knows of a model's outputs.

use std::fmt;

use crate::setters::setters;
use crate::{PluginError, Result};

/// The outputs of a model in the order of their flat row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutputSpecs(pub Vec<OutputSpec>);

/// One output of a model: a slice of the flat row. What is `None` is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutputSpec {
    /// Its name.
    pub name: String,
    /// Its shape without the batch axis.
    pub shape: Vec<usize>,
    /// The index of its first element in the flat row.
    pub offset: usize,
    /// One name per element if its elements are tasks; empty if it has a position axis.
    pub tasks: Vec<String>,
    /// The axis of its positions, an index of [`shape`](Self::shape); `None` if it has none, or it is unknown.
    pub position_axis: Option<usize>,
    /// The bases of the window that its positions do not cover.
    pub crop: Option<Crop>,
    /// Bases of one position: 1 for a profile, more for bins.
    pub bin: Option<usize>,
    /// For every task, the one that has its meaning on the reverse complement, an index of the tasks of
    /// [`partner_output`](Self::partner_output); a task without strand is its own.
    pub strand_partners: Option<Vec<usize>>,
    /// The output that has the meaning of this one on the reverse complement, if it is another.
    pub partner_output: Option<String>,
    /// What its numbers are.
    pub scale: Option<Scale>,
}

/// Bases of the window on either side of what an output's positions cover, in the order of the window's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Crop {
    /// Before the first position.
    pub left: usize,
    /// After the last position.
    pub right: usize,
}

/// What the numbers of an output are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scale {
    /// Probabilities, from 0 to 1.
    Probability,
    /// Log odds, in nats.
    Logit,
    /// Counts or intensities, not negative.
    Counts,
    /// Natural logarithms of counts.
    Log,
    /// Natural logarithms of counts plus one.
    Log1p,
    /// Logarithms of counts to base 2.
    Log2,
    /// Scores of positions, whose softmax along the position axis is a profile.
    ProfileLogits,
}

impl Scale {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Probability, Self::Logit, Self::Counts, Self::Log, Self::Log1p, Self::Log2, Self::ProfileLogits];

    /// Its word in model.yaml.
    pub fn word(self) -> &'static str {
        match self {
            Self::Probability => "probability",
            Self::Logit => "logit",
            Self::Counts => "counts",
            Self::Log => "log",
            Self::Log1p => "log1p",
            Self::Log2 => "log2",
            Self::ProfileLogits => "profile_logits",
        }
    }

    /// The scale of a word.
    ///
    /// # Errors
    /// A word of none of them; the words of [`ALL`](Self::ALL) are listed.
    ///
    /// ```
    /// use kipos_plugin_api::Scale;
    /// assert_eq!(Scale::parse("log1p")?, Scale::Log1p);
    /// # Ok::<(), kipos_plugin_api::PluginError>(())
    /// ```
    pub fn parse(word: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|scale| scale.word() == word).ok_or_else(|| {
            let known = Self::ALL.map(Self::word).join(", ");
            PluginError::invalid_argument(format!("unknown scale `{word}` (known: {known})"))
        })
    }
}

/// The word of model.yaml.
impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Where a base of the window stands on the position axis of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutputPlace {
    /// Bases from the first base that the output covers.
    pub offset: usize,
    /// The position or bin that it is in, an index of the position axis.
    pub bin: usize,
    /// Bases from the first base of that bin.
    pub base: usize,
}

impl OutputSpec {
    /// An output of this name and shape (without the batch axis) at the start of the flat row, of which no more is known.
    pub fn new(name: impl Into<String>, shape: Vec<usize>) -> Self {
        Self {
            name: name.into(),
            shape,
            offset: 0,
            tasks: Vec::new(),
            position_axis: None,
            crop: None,
            bin: None,
            strand_partners: None,
            partner_output: None,
            scale: None,
        }
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether the output has no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// This output's elements of a flat row.
    pub fn of<'a>(&self, row: &'a [f32]) -> &'a [f32] {
        row.get(self.offset..self.offset + self.len()).unwrap_or_default()
    }

    /// Where the base at `index` of the window's row (0-based, in the order in which the model reads it) stands on the
    /// position axis. `None` if axis, crop or bin are unknown, or the base is outside.
    ///
    /// ```
    /// use kipos_plugin_api::{Crop, OutputSpec};
    /// let output = OutputSpec::new("y", vec![10, 2])
    ///     .with_position_axis(Some(0))
    ///     .with_crop(Some(Crop { left: 100, right: 100 }))
    ///     .with_bin(Some(32));
    /// let place = output.place(170).unwrap();
    /// assert_eq!((place.offset, place.bin, place.base), (70, 2, 6));
    /// assert_eq!(output.place(99), None);
    /// assert_eq!(output.place(100 + 10 * 32), None);
    /// ```
    pub fn place(&self, index: usize) -> Option<OutputPlace> {
        let (axis, crop, bin) = (self.position_axis?, self.crop?, self.bin.filter(|&bin| bin > 0)?);
        let offset = index.checked_sub(crop.left)?;
        let place = OutputPlace { offset, bin: offset / bin, base: offset % bin };
        (place.bin < *self.shape.get(axis)?).then_some(place)
    }
}

setters! {
    OutputSpec {
        with_offset(offset: usize),
        with_tasks(tasks: Vec<String>),
        with_position_axis(position_axis: Option<usize>),
        with_crop(crop: Option<Crop>),
        with_bin(bin: Option<usize>),
        with_strand_partners(strand_partners: Option<Vec<usize>>),
        with_partner_output(partner_output: Option<String>),
        with_scale(scale: Option<Scale>),
    }
}

impl OutputSpecs {
    /// The number of elements of a flat row.
    pub fn width(&self) -> usize {
        self.0.iter().map(OutputSpec::len).sum()
    }

    /// The task names of all outputs, in order.
    pub fn task_names(&self) -> Vec<String> {
        self.0.iter().flat_map(|output| output.tasks.iter().cloned()).collect()
    }

    /// The scale of the element at `index` of a flat row; `None` if it is unknown.
    pub fn scale_at(&self, index: usize) -> Option<Scale> {
        let holds = |output: &&OutputSpec| (output.offset..output.offset + output.len()).contains(&index);
        self.0.iter().find(holds)?.scale
    }

    /// The output of that name.
    pub fn get(&self, name: &str) -> Option<&OutputSpec> {
        self.0.iter().find(|output| output.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_read_as_they_are_written() {
        for scale in Scale::ALL {
            assert_eq!(Scale::parse(scale.word()).unwrap(), scale);
            assert_eq!(scale.to_string(), scale.word());
        }
        assert_eq!(
            Scale::parse("logits").unwrap_err().message,
            "unknown scale `logits` (known: probability, logit, counts, log, log1p, log2, profile_logits)"
        );
    }

    #[test]
    fn a_place_needs_axis_crop_and_bin() {
        let whole = OutputSpec::new("y", vec![2, 5]).with_position_axis(Some(1)).with_crop(Some(Crop::default()));
        assert_eq!(whole.place(3), None);
        let whole = whole.with_bin(Some(1));
        assert_eq!(whole.place(4).map(|place| (place.offset, place.bin, place.base)), Some((4, 4, 0)));
        assert_eq!(whole.place(5), None);
        assert_eq!(whole.clone().with_position_axis(None).place(3), None);
        assert_eq!(whole.with_bin(Some(0)).place(3), None);
    }
}
