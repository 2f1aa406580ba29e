//! Mutation maps as HDF5.

use super::{
    MapEntry, MapVariant, ROWS,
    layout::{FORMAT, MAP, REGION, SEQUENCE, VARIANTS, entry_group, region, variants},
};
use crate::internal::OrInternal;
use crate::provenance::Provenance;
use crate::scored::ScoreLabel;
use crate::sink::{
    Output, PendingFiles, Sink, SinkError,
    hdf5::{Hdf5File, packed, path_part, text},
    table::{MODEL_ATTRIBUTE, SCORES_ATTRIBUTE},
};
use hdf5::{Group, H5Type, types::VarLenUnicode};
use ndarray::{ArrayView, Dimension, IntoDimension};
use std::path::Path;

/// Writes mutation maps, window by window, in the layout that [`crate::sink::maps`] describes.
pub struct MapHdf5 {
    file: Hdf5File,
    labels: Vec<ScoreLabel>,
    entries: usize,
}

impl MapHdf5 {
    /// Starts the file of a run of `model` with these scores.
    ///
    /// # Errors
    /// The file cannot be made or written, or is a device or a pipe.
    pub fn create(
        path: &Path,
        model: &str,
        labels: Vec<ScoreLabel>,
        provenance: &Provenance,
    ) -> Result<Self, SinkError> {
        let file = Hdf5File::create(&Output::from(path), FORMAT)?;
        let root = file.root()?;
        file.text_attribute(&root, MODEL_ATTRIBUTE, model)?;
        file.text_attribute(&root, SCORES_ATTRIBUTE, &ScoreLabel::origins_json(&labels))?;
        file.provenance(provenance)?;
        drop(root);
        Ok(Self { file, labels, entries: 0 })
    }

    fn append(&self, entry: &MapEntry) -> hdf5::Result<()> {
        let root = self.file.root().map_err(|error| hdf5::Error::Internal(error.to_string()))?;
        let shape = (ROWS, entry.letters.len());
        let size = shape.0 * shape.1;
        let entry_place = format!("/{}", entry_group(self.entries));
        let Some((shown, others)) = entry.inputs.split_first() else { return Ok(()) };
        let mut first: Option<String> = None;
        for (ScoreLabel { label, columns, .. }, values) in self.labels.iter().zip(&entry.scores) {
            for (task, map) in columns.iter().zip(values.chunks(size.max(1))) {
                let place = format!("{entry_place}/{}/{}/{}", path_part(shown), path_part(label), path_part(task));
                let group = new_group(&root, &place)?;
                let map = ArrayView::from_shape(shape, map).map_err(|error| error.to_string())?;
                packed(&group, vec![shape.0, shape.1]).with_data(map).create(MAP)?;
                match &first {
                    None => {
                        // The library crashes if it fails to write texts of variable length: see `GrowingDataset`.
                        self.file.flush().map_err(|error| hdf5::Error::Internal(error.to_string()))?;
                        describe(&group, entry)?;
                        first = Some(place);
                    }
                    Some(first) => {
                        for shared in [SEQUENCE, REGION, VARIANTS] {
                            root.link_hard(&format!("{first}/{shared}"), &format!("{place}/{shared}"))?;
                        }
                    }
                }
            }
        }
        for other in others.iter().filter(|_| first.is_some()) {
            let place = |input: &str| format!("{entry_place}/{}", path_part(input));
            root.link_hard(&place(shown), &place(other))?;
        }
        Ok(())
    }
}

impl Sink<MapEntry> for MapHdf5 {
    fn write(&mut self, entry: &MapEntry) -> Result<(), SinkError> {
        self.append(entry).map_err(self.file.error())?;
        self.entries += 1;
        Ok(())
    }

    fn complete(self: Box<Self>) -> Result<PendingFiles, SinkError> {
        self.file.flush()?;
        self.file.complete()
    }
}

/// Writes what all maps of a window share.
fn describe(group: &Group, entry: &MapEntry) -> hdf5::Result<()> {
    let scalar = |group: &Group, name: &str, value: &str| {
        group.new_dataset::<VarLenUnicode>().create(name)?.write_scalar(&text(value))
    };
    let (start, end) = (entry.window.start(), entry.window.end());
    scalar(group, SEQUENCE, &String::from_utf8_lossy(&entry.letters))?;
    let place = new_group(group, REGION)?;
    scalar(&place, region::CHR, &entry.contig)?;
    place.new_dataset::<i64>().create(region::START)?.write_scalar(&start)?;
    place.new_dataset::<i64>().create(region::END)?.write_scalar(&end)?;
    if let Some(length) = entry.contig_length {
        place.new_dataset::<i64>().create(region::CONTIG_LENGTH)?.write_scalar(&length)?;
    }
    scalar(&place, region::STRAND, if entry.window.strand().is_reverse() { "-" } else { "*" })?;

    let asked = new_group(group, VARIANTS)?;
    let count = entry.variants.len();
    let texts = |name: &str, values: Vec<VarLenUnicode>| list(&asked, name, count, &values);
    texts(variants::CHR, vec![text(&entry.contig); count])?;
    texts(variants::REFERENCE, entry.variants.iter().map(|variant| text(&variant.reference)).collect())?;
    texts(variants::ID, entry.variants.iter().map(|variant| text(&variant.id)).collect())?;
    let pos = |variant: &MapVariant| i64::try_from(variant.pos).or_internal("the window holds its variants");
    let pos: Vec<i64> = entry.variants.iter().map(pos).collect();
    let columns: Vec<i64> = pos.iter().map(|pos| pos - 1 - start).collect();
    list(&asked, variants::POS, count, &pos)?;
    list(&asked, variants::COLUMN, count, &columns)?;
    let width = entry.variants.iter().map(|variant| variant.alternates.len()).max().unwrap_or(1);
    let padded = |alternates: &[String]| {
        let all: Vec<_> = (0..width).map(|index| text(alternates.get(index).map_or("", String::as_str))).collect();
        all
    };
    let alternates: Vec<_> = entry.variants.iter().flat_map(|variant| padded(&variant.alternates)).collect();
    list(&asked, variants::ALTERNATES, [count, width], &alternates)
}

fn list<T: H5Type, D: Dimension>(
    group: &Group,
    name: &str,
    shape: impl IntoDimension<Dim = D>,
    values: &[T],
) -> hdf5::Result<()> {
    let shape = shape.into_dimension();
    let view = ArrayView::from_shape(shape.clone(), values).map_err(|error| error.to_string())?;
    if values.is_empty() {
        return group.new_dataset::<T>().shape(shape.slice().to_vec()).create(name).map(drop);
    }
    group.new_dataset_builder().with_data(view).create(name).map(drop)
}

/// Times would make each run's file another.
fn new_group(parent: &Group, name: &str) -> hdf5::Result<Group> {
    parent.create_group_builder().obj_track_times(false).create(name)
}
