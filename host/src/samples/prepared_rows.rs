//! Samples that another program prepared, as they are.

use super::interval_rows::range_leaves;
use super::prepared::PreparedSamples;
use super::rows::{Block, SampleMetadata};
use crate::dataloader::{BatchArray, BatchError, BatchPart, Batches};
use crate::genome::GenomePosition;
use crate::internal::OrInternal;
use crate::model::PreparedInput;
use crate::sink::{LeafKind, OutputArray};

/// The samples of a batch file, in its order.
pub(crate) struct PreparedRows {
    samples: PreparedSamples,
    about: SampleMetadata,
    /// The targets and metadata to report, besides the ranges.
    others: Vec<BatchArray>,
    next: usize,
}

impl PreparedRows {
    /// All samples of `file`, for a model that is not known yet.
    pub(crate) fn new(file: Box<dyn Batches>, about: SampleMetadata) -> Self {
        Self { samples: PreparedSamples { file, inputs: Vec::new() }, about, others: Vec::new(), next: 0 }
    }

    /// The file.
    pub(super) fn file(&self) -> &dyn Batches {
        &*self.samples.file
    }

    /// Gets ready for a model with these inputs.
    ///
    /// # Errors
    /// Targets or metadata that cannot be read.
    pub(super) fn fit(&mut self, inputs: &[PreparedInput]) -> Result<(), BatchError> {
        let wanted = [(BatchPart::Metadata, self.about.metadata), (BatchPart::Targets, self.about.targets)];
        let wanted: Vec<_> = wanted.into_iter().filter_map(|(part, wanted)| wanted.then_some(part)).collect();
        self.others = self.samples.file.open_others(&wanted)?;
        self.samples.inputs = inputs.to_vec();
        Ok(())
    }

    /// The names of the model's inputs in the file.
    pub(super) fn input_names(&self) -> Vec<String> {
        let PreparedSamples { file, inputs } = &self.samples;
        inputs.iter().map(|input| file.inputs()[input.source].name.clone()).collect()
    }

    /// The arrays reported for every sample.
    pub(super) fn leaves(&self) -> Vec<OutputArray> {
        let objects = self.samples.file.range_objects().iter().filter(|_| self.about.ranges);
        let mut leaves: Vec<OutputArray> = objects.flat_map(|object| range_leaves(&object.name)).collect();
        leaves.extend(self.others.iter().map(|array| OutputArray {
            kind: match array.part {
                BatchPart::Targets => LeafKind::Targets,
                BatchPart::Metadata => LeafKind::Metadata,
                BatchPart::Gradients => LeafKind::Gradients,
            },
            name: array.name.clone(),
            dtype: array.dtype,
            shape: array.shape.clone(),
            special_type: array.special_type,
            positions: None,
            tasks: None,
        }));
        leaves
    }

    /// Where the last sample lies, if it has ranges.
    pub(super) fn position(&self) -> Option<GenomePosition> {
        let objects = self.samples.file.range_objects();
        let range = objects.first()?.ranges.get(self.next.checked_sub(1)?)?;
        Some(GenomePosition { contig: range.contig.to_string(), position: range.start.max(0).unsigned_abs() + 1 })
    }

    /// As [`Rows::next_sample`](super::Rows::next_sample).
    pub(super) fn next_sample(&mut self, block: &mut Block) -> Result<bool, BatchError> {
        if self.next >= self.samples.file.len() {
            return Ok(false);
        }
        self.samples.read(self.next, &mut block.rows)?;
        let mut about = block.about.iter_mut();
        for object in self.samples.file.range_objects().iter().filter(|_| self.about.ranges) {
            let [chr, start, end, id, strand] =
                std::array::from_fn(|_| about.next().or_internal("a range has five arrays"));
            let range = &object.ranges[self.next];
            chr.push_text(&range.contig);
            start.push_integer(range.start);
            end.push_integer(range.end);
            match &range.id {
                Some(name) => id.push_text(name),
                None => id.push_text(&self.next.to_string()),
            }
            strand.push_text(range.sign.encode_utf8(&mut [0; 4]));
        }
        for array in 0..self.others.len() {
            let values = about.next().or_internal("every target has an array");
            values.append(&self.samples.file.read_other(array, self.next)?.view().data());
        }
        self.next += 1;
        Ok(true)
    }
}
