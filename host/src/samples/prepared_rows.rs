//! Samples that another program's loader has prepared.

use super::SampleError;
use super::intervals::range_leaves;
use super::read_sample::read_sample;
use super::rows::{About, Block, SampleSource};
use crate::dataloader::{BatchArray, BatchPart, Batches};
use crate::model::PreparedInput;
use crate::sink::{Leaf, LeafKind};

/// The samples of a batch file, in its order.
pub(crate) struct PreparedRows {
    file: Box<dyn Batches>,
    inputs: Vec<PreparedInput>,
    about: About,
    /// Targets and metadata that are told besides the ranges.
    others: Vec<BatchArray>,
    next: usize,
}

impl PreparedRows {
    /// All samples of `file`, for a model with these inputs.
    ///
    /// # Errors
    /// Something that is to be told and cannot be read.
    pub(crate) fn new(
        mut file: Box<dyn Batches>,
        inputs: Vec<PreparedInput>,
        about: About,
    ) -> Result<Self, SampleError> {
        let wanted = [(BatchPart::Metadata, about.metadata), (BatchPart::Targets, about.targets)];
        let wanted: Vec<_> = wanted.into_iter().filter_map(|(part, wanted)| wanted.then_some(part)).collect();
        let others = file.open_others(&wanted)?;
        Ok(Self { file, inputs, about, others, next: 0 })
    }
}

impl SampleSource for PreparedRows {
    fn leaves(&self) -> Vec<Leaf> {
        let objects = self.file.range_objects().iter().filter(|_| self.about.ranges);
        let mut leaves: Vec<Leaf> = objects.flat_map(|object| range_leaves(&object.name)).collect();
        leaves.extend(self.others.iter().map(|array| Leaf {
            kind: match array.part {
                BatchPart::Targets => LeafKind::Targets,
                BatchPart::Metadata => LeafKind::Metadata,
                BatchPart::Gradients => LeafKind::Gradients,
            },
            name: array.name.clone(),
            dtype: array.dtype,
            shape: array.shape.clone(),
            special_type: array.special_type,
        }));
        leaves
    }

    fn next_sample(&mut self, block: &mut Block) -> Result<bool, SampleError> {
        if self.next >= self.file.len() {
            return Ok(false);
        }
        read_sample(&mut *self.file, &self.inputs, self.next, &mut block.rows)?;
        let mut about = block.about.iter_mut();
        for object in self.file.range_objects().iter().filter(|_| self.about.ranges) {
            let [Some(chr), Some(start), Some(end), Some(id), Some(strand)] = std::array::from_fn(|_| about.next())
            else {
                break;
            };
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
        for (array, values) in (0..self.others.len()).zip(about) {
            values.append(&self.file.read_other(array, self.next)?.view().data());
        }
        self.next += 1;
        Ok(true)
    }
}
