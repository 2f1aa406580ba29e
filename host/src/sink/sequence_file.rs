//! The sequences that a model would be given, instead of its predictions.

use super::{
    Output, PendingFiles, RowKind, SinkError, TableOptions, TableRow, VariantColumns,
    hdf5::{GrowingDataset, Hdf5File, RowColumns, path_part, stored},
    table::check_position,
};
use crate::internal::OrInternal;
use crate::provenance::Provenance;
use hdf5::Group;
use kipos_plugin_api::{DataView, PluginError, TensorView};
use std::path::Path;

/// Bytes of rows of `/variants` that are collected before they are written.
const BUFFER: usize = 1 << 20;

/// An HDF5 file of a model's inputs, one row per variant and window: a set of rows for either allele, on either strand
/// where that is asked for.
///
/// A set is a dataset `/<set>` if the model has one input, else a group of datasets `/<set>/<input>`; a `/` in a name of
/// an input is `%2F`. Numbers keep their type, texts are UTF-8 of variable length. Row `i` of every set belongs to row
/// `i` of the datasets in `/variants`, which are the columns before the scores of tables, as in [`Hdf5Sink`]. Root
/// attributes: `format` (`kipos-sequences`), `version` (of this layout), `kipos_version` and `kipos_provenance`. A set without rows has no
/// datasets, as their shape is not known.
///
/// [`Hdf5Sink`]: super::Hdf5Sink
pub struct SequenceFile {
    // Before the file, so that the datasets are closed when it is.
    sets: Vec<Set>,
    columns: RowColumns,
    file: Hdf5File,
    buffer: VariantColumns,
    options: TableOptions,
}

/// One set of sequences.
struct Set {
    /// Its name, for messages.
    name: String,
    group: Group,
    /// The dataset of each input: its name in the group, and itself once its type is known.
    datasets: Vec<(String, Option<GrowingDataset>)>,
}

impl SequenceFile {
    /// Starts the file with its sets, such as `ref` and `alt`, of a model with these inputs (of which one may be without
    /// name). With `std_var_id`, the column `id` holds `CHROM:POS:REF:['ALT', 'ALT2']`.
    ///
    /// # Errors
    /// The file cannot be made or written, or is a device or a pipe.
    pub fn create(
        path: &Path,
        sets: &[&str],
        inputs: &[String],
        std_var_id: bool,
        provenance: &Provenance,
    ) -> Result<Self, SinkError> {
        let file = Hdf5File::create(&Output::from(path), "kipos-sequences")?;
        file.provenance(provenance)?;
        let columns = RowColumns::create(&file, RowKind::Variants)?;
        let set = |name: &&str| {
            let (group, names) = match inputs {
                [] | [_] => (file.root()?, vec![path_part(name)]),
                several => (file.group(&path_part(name))?, several.iter().map(|input| path_part(input)).collect()),
            };
            let datasets = names.into_iter().map(|name| (name, None)).collect();
            Ok(Set { name: (*name).to_owned(), group, datasets })
        };
        let sets = sets.iter().map(set).collect::<Result<_, SinkError>>()?;
        let options = TableOptions {
            rows: RowKind::Variants,
            model_name: String::new(),
            labels: Vec::new(),
            digits: None,
            only_scored: false,
            std_var_id,
            provenance: Provenance::new(),
        };
        Ok(Self { sets, columns, file, buffer: VariantColumns::default(), options })
    }

    /// Appends rows to the set of this index: a tensor for each input, in their order, all of as many rows.
    ///
    /// # Errors
    /// [`SinkError::Shape`] if the tensors are not those of the inputs, or not of the type and shape of earlier ones;
    /// [`SinkError::Write`].
    pub fn append(&mut self, set: usize, tensors: &[TensorView<'_>]) -> Result<(), SinkError> {
        let path = self.file.path();
        let shape_error = |message| SinkError::Shape { path: path.clone(), message };
        let known = self.sets.len();
        let set = self.sets.get_mut(set).ok_or_else(|| shape_error(format!("set {set} of {known} sets")))?;
        let Set { name, group, datasets } = set;
        let row_counts: Vec<_> = tensors.iter().map(|tensor| tensor.shape().first().copied()).collect();
        let rows = row_counts.first().copied().flatten();
        let Some(rows) =
            rows.filter(|_| row_counts.len() == datasets.len() && row_counts.iter().all(|count| *count == rows))
        else {
            let message = format!("rows {row_counts:?} of `{name}`, which has {} inputs", datasets.len());
            return Err(shape_error(message));
        };
        for ((place, dataset), tensor) in datasets.iter_mut().zip(tensors) {
            let shape = tensor.shape().get(1..).or_internal("the rows are counted");
            let dataset = match dataset {
                Some(dataset) => dataset,
                none => {
                    let made = GrowingDataset::create(&self.file, group, place, &stored(tensor.dtype()), shape);
                    none.insert(made?)
                }
            };
            let held = self.file.write(0, || dataset.dataset().dtype()?.to_descriptor())?;
            if dataset.shape() != shape || held != stored(tensor.dtype()) {
                let message = format!(
                    "rows of {} {shape:?} for `{name}`, which holds {held} {:?}",
                    tensor.dtype(),
                    dataset.shape()
                );
                return Err(shape_error(message));
            }
            append_rows(&self.file, dataset, tensor.data(), rows)?;
        }
        Ok(())
    }

    /// Appends rows that say what the next rows of every set are about.
    ///
    /// # Errors
    /// [`SinkError::Write`].
    pub fn append_variants<'r>(&mut self, rows: impl Iterator<Item = TableRow<'r>>) -> Result<(), SinkError> {
        for row in rows {
            check_position(|| self.file.path(), &row)?;
            self.buffer.push(&row, &self.options);
            if self.buffer.bytes() >= BUFFER {
                self.write_buffer()?;
            }
        }
        Ok(())
    }

    fn write_buffer(&mut self) -> Result<(), SinkError> {
        self.columns.append(&self.file, &self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    /// Completes the file, which then waits to be put under its name.
    ///
    /// # Errors
    /// [`SinkError::Shape`] if a set has not as many rows as `/variants`; [`SinkError::Write`].
    pub fn complete(mut self) -> Result<PendingFiles, SinkError> {
        self.write_buffer()?;
        let Self { sets, columns, file, .. } = self;
        let expected = columns.rows();
        for Set { name, datasets, .. } in &sets {
            for (_, dataset) in datasets {
                let rows = dataset.as_ref().map_or(0, GrowingDataset::rows);
                if rows != expected {
                    let message = format!("{rows} rows of `{name}`, {expected} variants");
                    return Err(SinkError::Shape { path: file.path(), message });
                }
            }
        }
        file.flush()?;
        drop((sets, columns));
        file.complete()
    }
}

fn append_rows(
    file: &Hdf5File,
    dataset: &mut GrowingDataset,
    data: DataView<'_>,
    rows: usize,
) -> Result<(), SinkError> {
    match data {
        DataView::F32(values) => dataset.append(file, values, rows),
        DataView::F64(values) => dataset.append(file, values, rows),
        DataView::I64(values) => dataset.append(file, values, rows),
        DataView::I32(values) => dataset.append(file, values, rows),
        DataView::U8(values) => dataset.append(file, values, rows),
        DataView::Bool(values) => dataset.append(file, values, rows),
        DataView::Strings(texts) => {
            let texts: Result<Vec<&str>, _> = (0..texts.len()).map(|index| texts.get(index)).collect();
            let unreadable = |error: PluginError| SinkError::Shape { path: file.path(), message: error.to_string() };
            dataset.append_texts(file, texts.map_err(unreadable)?, rows)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        genome::Outcome,
        scored::ScoredChunk,
        sink::{
            table_rows,
            test_input::{chunk, records},
        },
    };
    use hdf5::types::VarLenUnicode;
    use kipos_plugin_api::{Strings, Tensor, TensorData};

    fn tensor(shape: &[usize], data: impl Into<TensorData>) -> Tensor {
        Tensor::new(shape.to_vec(), data).unwrap()
    }

    /// Two variants.
    fn variants() -> ScoredChunk {
        let records = records("chr1\t7\trs1\tA\tC\nchr2\t9\t.\tG\tT\n");
        chunk(records, vec![vec![Outcome::Done(0)], vec![Outcome::Done(1)]], Vec::new())
    }

    #[test]
    fn inputs_of_every_type_grow_set_by_set() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("seq.h5");
        let inputs = ["f", "d", "l", "i", "u", "b", "s/t"].map(str::to_owned);
        let mut file = SequenceFile::create(&path, &["ref", "alt"], &inputs, true, &Provenance::new()).unwrap();
        // One row at a time, the sets in turn.
        for row in 0..2u8 {
            for set in 0..2usize {
                let n = row + 10 * set as u8;
                let text: Strings = ["é", if n == 0 { "" } else { "ACGT" }].into_iter().collect();
                let tensors = [
                    tensor(&[1, 2, 1], vec![f32::from(n), 0.5]),
                    tensor(&[1], vec![f64::from(n)]),
                    tensor(&[1], vec![i64::from(n)]),
                    tensor(&[1], vec![i32::from(n)]),
                    tensor(&[1], vec![n]),
                    tensor(&[1], vec![n > 0]),
                    tensor(&[1, 2], text),
                ];
                let views: Vec<_> = tensors.iter().map(Tensor::view).collect();
                file.append(set, &views).unwrap();
            }
        }
        file.append_variants(table_rows(&variants(), false)).unwrap();
        assert!(!path.exists());
        file.complete().unwrap().commit().unwrap();

        let file = hdf5::File::open(&path).unwrap();
        let dataset = |name: &str| file.dataset(name).unwrap();
        let one_hot = dataset("alt/f");
        assert_eq!((one_hot.shape(), one_hot.chunk()), (vec![2, 2, 1], Some(vec![1 << 17, 2, 1])));
        assert_eq!(one_hot.read_raw::<f32>().unwrap(), [10.0, 0.5, 11.0, 0.5]);
        assert!(one_hot.is_resizable());
        assert_eq!(dataset("ref/d").read_raw::<f64>().unwrap(), [0.0, 1.0]);
        assert_eq!(dataset("ref/l").read_raw::<i64>().unwrap(), [0, 1]);
        assert_eq!(dataset("alt/i").read_raw::<i32>().unwrap(), [10, 11]);
        assert!(dataset("alt/u").dtype().unwrap().is::<u8>());
        assert_eq!(dataset("ref/b").read_raw::<bool>().unwrap(), [false, true]);
        let texts = |name: &str| {
            let texts = dataset(name).read_raw::<VarLenUnicode>().unwrap();
            texts.iter().map(|text| text.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(texts("ref/s%2Ft"), ["é", "", "é", "ACGT"]);
        assert_eq!(texts("variants/id"), ["chr1:7:A:['C']", "chr2:9:G:['T']"]);
        assert_eq!(texts("variants/strand"), ["+", "-"]);
    }

    #[test]
    fn one_input_makes_datasets_and_no_rows_make_none() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("seq.h5");
        let mut file =
            SequenceFile::create(&path, &["ref", "alt_rc"], &[String::new()], false, &Provenance::new()).unwrap();
        for set in 0..2 {
            file.append(set, &[tensor(&[2, 1], vec![1i32, 2]).view()]).unwrap();
        }
        file.append_variants(table_rows(&variants(), false)).unwrap();
        file.complete().unwrap().commit().unwrap();
        let opened = hdf5::File::open(&path).unwrap();
        assert_eq!(opened.dataset("alt_rc").unwrap().read_raw::<i32>().unwrap(), [1, 2]);
        drop(opened);

        let empty = SequenceFile::create(&path, &["ref"], &["seq".to_owned()], false, &Provenance::new()).unwrap();
        empty.complete().unwrap().commit().unwrap();
        let opened = hdf5::File::open(&path).unwrap();
        assert_eq!(opened.member_names().unwrap(), ["variants"]);
        assert_eq!(opened.dataset("variants/chrom").unwrap().shape(), [0]);
    }

    #[test]
    fn rows_that_do_not_fit_are_refused_and_leave_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("seq.h5");
        let mut file =
            SequenceFile::create(&path, &["ref"], &["a".to_owned(), "b".to_owned()], false, &Provenance::new())
                .unwrap();
        let (one, two) = (tensor(&[1, 2], vec![1f32, 2.0]), tensor(&[2, 2], vec![0f32; 4]));
        let mut refused = |set, tensors: &[&Tensor]| {
            let views: Vec<_> = tensors.iter().map(|tensor| tensor.view()).collect();
            let error = file.append(set, &views).unwrap_err().to_string();
            let start =
                format!("internal error: the results for {} are not of the shape that was agreed: ", path.display());
            error.replace(&start, "").replace("; please report this", "")
        };
        assert_eq!(refused(1, &[&one, &one]), "set 1 of 1 sets");
        assert_eq!(refused(0, &[&one]), "rows [Some(1)] of `ref`, which has 2 inputs");
        assert_eq!(refused(0, &[&one, &two]), "rows [Some(1), Some(2)] of `ref`, which has 2 inputs");
        assert_eq!(refused(0, &[]), "rows [] of `ref`, which has 2 inputs");
        file.append(0, &[one.view(), one.view()]).unwrap();
        let mut refused = |tensor: &Tensor| file.append(0, &[tensor.view(), one.view()]).unwrap_err().to_string();
        let message = refused(&tensor(&[1, 3], vec![0f32; 3]));
        assert!(message.contains("rows of float32 [3] for `ref`, which holds float32 [2]"), "{message}");
        let message = refused(&tensor(&[1, 2], vec![0f64; 2]));
        assert!(message.contains("rows of float64 [2] for `ref`, which holds float32 [2]"), "{message}");
        let message = file.complete().unwrap_err().to_string();
        assert!(message.contains("1 rows of `ref`, 0 variants"), "{message}");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}
