//! Tables of scores as HDF5.

mod disk_room;
mod file;
mod growing;
mod row_columns;
#[cfg(test)]
mod tests;

pub(super) use self::{
    file::{Hdf5File, OBJECT_BYTES, part_name, path_part},
    growing::{GrowingDataset, TEXT_BYTES, TEXT_OVERHEAD, packed, stored, text},
    row_columns::RowColumns,
};
use super::{
    Output, PendingFiles, Sink, SinkError, TableOptions, VariantColumns,
    table::{MODEL_ATTRIBUTE, SCORES_ATTRIBUTE, TableRow, check_position, check_shape, table_rows},
};
use crate::scored::{ScoreLabel, ScoreMatrix, ScoredChunk};
use hdf5::types::{FloatSize, TypeDescriptor, VarLenUnicode};

/// Bytes of rows that are collected before they are written.
const BUFFER: usize = 4 << 20;

/// Writes the rows that a [`TsvSink`](super::TsvSink) writes: a dataset `/scores/<label>` (rows x tasks, 32-bit floats,
/// NaN in rows without scores, the attribute `tasks` with the names of its columns) for every label, and a dataset
/// `/variants/<column>` for every other column of the table.
///
/// `pos` is 1-based as in the VCF; `region_start` and `region_end` are 0-based and half-open; all three are 64-bit
/// integers, whose attribute `missing` says what stands where there is none. All other columns are texts, empty where
/// there is none. A `/` in a label is `%2F` in its path. Root attributes: `format` (`kipos-scores`), `version` (of this
/// layout), `kipos_version`, `kipos_model`, and `kipos_scores`: JSON that says which scorer of which plugin each score is.
///
/// Memory holds some MiB of rows, and a chunk of about 1 MiB per dataset.
pub struct Hdf5Sink {
    // Before the file, so that the datasets are closed when it is.
    scores: Vec<GrowingDataset>,
    columns: RowColumns,
    file: Hdf5File,
    options: TableOptions,
    buffer: Buffer,
}

/// Rows that wait: scores row by row, as they are in the file.
struct Buffer {
    variants: VariantColumns,
    scores: Vec<Vec<f32>>,
}

impl Buffer {
    fn push(&mut self, row: &TableRow<'_>, scores: &[ScoreMatrix], options: &TableOptions) {
        self.variants.push(row, options);
        for (held, matrix) in self.scores.iter_mut().zip(scores) {
            match row.scores.and_then(|row| matrix.row(row)) {
                Some(scores) => held.extend_from_slice(scores),
                None => held.resize(held.len() + matrix.width, f32::NAN),
            }
        }
    }

    fn bytes(&self) -> usize {
        self.variants.bytes() + self.scores.iter().map(|scores| size_of_val(scores.as_slice())).sum::<usize>()
    }

    fn clear(&mut self) {
        self.variants.clear();
        self.scores.iter_mut().for_each(Vec::clear);
    }
}

impl Hdf5Sink {
    /// Starts the file.
    ///
    /// # Errors
    /// The file cannot be made or written, or is a device or a pipe.
    pub fn create(output: impl Into<Output>, options: TableOptions) -> Result<Self, SinkError> {
        let file = Hdf5File::create(&output.into(), "kipos-scores")?;
        let root = file.root()?;
        file.text_attribute(&root, MODEL_ATTRIBUTE, &options.model_name)?;
        file.text_attribute(&root, SCORES_ATTRIBUTE, &ScoreLabel::origins_json(&options.labels))?;
        file.provenance(&options.provenance)?;
        let columns = RowColumns::create(&file, options.rows)?;
        let group = file.group("scores")?;
        let float = TypeDescriptor::Float(FloatSize::U4);
        let scores = options.labels.iter().map(|ScoreLabel { label, columns, .. }| {
            let scores = GrowingDataset::create(&file, &group, &path_part(label), &float, &[columns.len()])?;
            let tasks: Vec<VarLenUnicode> = columns.iter().map(|column| text(column)).collect();
            let bytes: usize = columns.iter().map(|column| column.len() + 2 * TEXT_OVERHEAD).sum();
            file.write(OBJECT_BYTES + 2 * bytes, || {
                scores.dataset().new_attr::<VarLenUnicode>().shape(tasks.len()).create("tasks")?.write(&tasks)
            })?;
            Ok(scores)
        });
        let scores = scores.collect::<Result<Vec<_>, SinkError>>()?;
        let buffer = Buffer { variants: VariantColumns::default(), scores: vec![Vec::new(); options.labels.len()] };
        Ok(Self { scores, columns, file, options, buffer })
    }

    fn write_buffer(&mut self) -> Result<(), SinkError> {
        let Buffer { variants, scores } = &self.buffer;
        self.columns.append(&self.file, variants)?;
        for (dataset, scores) in self.scores.iter_mut().zip(scores) {
            dataset.append(&self.file, scores, variants.len())?;
        }
        self.buffer.clear();
        Ok(())
    }
}

impl Sink for Hdf5Sink {
    fn write(&mut self, chunk: &ScoredChunk) -> Result<(), SinkError> {
        check_shape(&self.file.path(), &self.options.labels, chunk)?;
        for row in table_rows(chunk, self.options.only_scored) {
            check_position(|| self.file.path(), &row)?;
            self.buffer.push(&row, &chunk.scores, &self.options);
            if self.buffer.bytes() >= BUFFER {
                self.write_buffer()?;
            }
        }
        Ok(())
    }

    fn complete(mut self: Box<Self>) -> Result<PendingFiles, SinkError> {
        self.write_buffer()?;
        let Self { scores, columns, file, .. } = *self;
        file.flush()?;
        drop((scores, columns));
        file.complete()
    }
}
