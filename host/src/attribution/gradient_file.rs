//! Files of gradients: `/inputs` and `/grads` of one shape, and `/metadata` with the ranges of the samples.

use super::sample::SampleGradient;
use crate::dataloader::{BatchArray, BatchError, BatchPart, BatchRange, Batches, open_batches};
use crate::description::SpecialType;
use crate::internal::OrInternal;
use kipos_plugin_api::DataView;
use std::path::Path;

/// An open file of gradients.
pub struct GradientFile {
    batches: Box<dyn Batches>,
    gradients: Vec<BatchArray>,
    names: Vec<String>,
}

impl GradientFile {
    /// Opens the file.
    ///
    /// # Errors
    /// It is missing, no HDF5, or without inputs or gradients; [`BatchError::NotBuilt`] if kipos was built without HDF5.
    pub fn open(path: &Path) -> Result<Self, BatchError> {
        let mut batches = open_batches(path)?;
        let gradients = batches.open_others(&[BatchPart::Gradients])?;
        if gradients.is_empty() {
            let problem = "is missing; `kipos gradient` writes it".to_owned();
            return Err(BatchError::Content { path: path.to_owned(), place: "/grads".to_owned(), problem });
        }
        let named = |name: &str| if name.is_empty() { "0".to_owned() } else { name.to_owned() };
        let names = gradients.iter().map(|array| named(&array.name)).collect();
        Ok(Self { batches, gradients, names })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        self.batches.path()
    }

    /// How many samples there are.
    pub fn samples(&self) -> usize {
        self.batches.len()
    }

    /// The model inputs that have gradients; one without a name is called `0`.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether the inputs have names; a single one may have none.
    pub fn has_names(&self) -> bool {
        self.gradients.iter().any(|array| !array.name.is_empty())
    }

    /// Where a sample lies in the genome; `None` if the file does not say, or names several places.
    pub fn range(&self, sample: usize) -> Option<&BatchRange> {
        let mut ranges = self.batches.range_objects().iter().filter_map(|object| object.ranges.get(sample));
        let first = ranges.next()?;
        ranges
            .all(|range| (&range.contig, range.start, range.end) == (&first.contig, first.start, first.end))
            .then_some(first)
    }

    /// A sample's values of the input with the number `input` among [`names`](Self::names).
    ///
    /// # Errors
    /// The file cannot be read, its arrays do not fit one another, or are no numbers.
    pub fn read(&mut self, input: usize, sample: usize) -> Result<SampleGradient, BatchError> {
        let path = self.path().to_owned();
        let array = self.gradients.get(input).or_internal("the input is one of those that have names");
        let (special_type, name, shape) = (array.special_type, array.name.clone(), array.shape.clone());
        let place = if name.is_empty() { "/grads".to_owned() } else { format!("/grads/{name}") };
        let content = |problem: &str| BatchError::Content {
            path: path.clone(),
            place: place.clone(),
            problem: problem.to_owned(),
        };
        let inputs = self.batches.inputs();
        let twin = inputs.iter().position(|array| array.name == name);
        let twin = twin.ok_or_else(|| content("has no input of the same name in `/inputs`"))?;
        if inputs[twin].shape != shape {
            let other = &inputs[twin].shape;
            return Err(content(&format!("has samples of shape {shape:?}, but those of its input have {other:?}")));
        }
        let gradient = self.batches.read_other(input, sample)?;
        let is_dna = special_type.map(|special_type| special_type == SpecialType::DnaSeq);
        let is_double = matches!(gradient.data().view(), DataView::F64(_));
        let numbers = |data: DataView<'_>| numbers(data).ok_or_else(|| content("holds strings, expected numbers"));
        let gradient = numbers(gradient.data().view())?;
        let input = numbers(self.batches.read(twin, sample)?.data().view())?;
        Ok(SampleGradient { shape, input, gradient, is_double, is_dna })
    }
}

/// The elements as numbers; `None` for text.
fn numbers(data: DataView<'_>) -> Option<Vec<f64>> {
    Some(match data {
        DataView::F32(values) => values.iter().copied().map(f64::from).collect(),
        DataView::F64(values) => values.to_vec(),
        DataView::I32(values) => values.iter().copied().map(f64::from).collect(),
        DataView::I64(values) => values.iter().map(|value| *value as f64).collect(),
        DataView::U8(values) => values.iter().copied().map(f64::from).collect(),
        DataView::Bool(values) => values.iter().copied().map(f64::from).collect(),
        _ => return None,
    })
}
