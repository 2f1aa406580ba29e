//! Samples that another program's loader has prepared.

use super::PredictionError;
use super::interval_samples::range_leaves;
use super::samples::{About, Block, SampleSource};
use crate::dataloader::Batches;
use crate::model::PreparedInput;
use crate::pipeline::read_sample;
use crate::sink::Leaf;

/// The samples of a batch file, in its order.
pub(super) struct FileSamples {
    file: Box<dyn Batches>,
    inputs: Vec<PreparedInput>,
    about: About,
    next: usize,
}

impl FileSamples {
    /// All samples of `file`, for a model with these inputs.
    pub(super) fn new(file: Box<dyn Batches>, inputs: Vec<PreparedInput>, about: About) -> Self {
        Self { file, inputs, about, next: 0 }
    }
}

impl SampleSource for FileSamples {
    fn leaves(&self) -> Vec<Leaf> {
        let objects = self.file.range_objects().iter().filter(|_| self.about.metadata);
        objects.flat_map(|object| range_leaves(&object.name)).collect()
    }

    fn next_sample(&mut self, block: &mut Block) -> Result<bool, PredictionError> {
        if self.next >= self.file.len() {
            return Ok(false);
        }
        read_sample(&mut *self.file, &self.inputs, self.next, &mut block.rows)?;
        let mut about = block.about.iter_mut();
        for object in self.file.range_objects().iter().filter(|_| self.about.metadata) {
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
        self.next += 1;
        Ok(true)
    }
}
