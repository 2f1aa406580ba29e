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
    hdf5::{Hdf5File, TEXT_BYTES, TEXT_OVERHEAD, packed, path_part, text},
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
    /// Bytes of texts and structure since the last flush.
    unflushed: usize,
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
        Ok(Self { file, labels, entries: 0, unflushed: 0 })
    }

    fn append(&self, root: &Group, entry: &MapEntry) -> hdf5::Result<()> {
        let shape = (ROWS, entry.letters.len());
        let size = shape.0 * shape.1;
        let entry_place = format!("/{}", entry_group(self.entries));
        let Some((shown, others)) = entry.inputs.split_first() else { return Ok(()) };
        let mut first: Option<String> = None;
        for (ScoreLabel { label, columns, .. }, values) in self.labels.iter().zip(&entry.scores) {
            for (task, map) in columns.iter().zip(values.chunks(size.max(1))) {
                let place = format!("{entry_place}/{}/{}/{}", path_part(shown), path_part(label), path_part(task));
                let group = new_group(root, &place)?;
                let map = ArrayView::from_shape(shape, map).map_err(|error| error.to_string())?;
                packed(&group, vec![shape.0, shape.1]).with_data(map).create(MAP)?;
                match &first {
                    None => {
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
        let Size { structure, values } = Size::of(entry, &self.labels);
        // The library crashes if it fails to write texts of variable length: see `GrowingDataset`. A flush walks through
        // all that the library keeps, so there is not one per window.
        if self.unflushed > 0 && self.unflushed.saturating_add(structure) > TEXT_BYTES {
            self.file.flush()?;
            self.unflushed = 0;
        }
        let root = self.file.root()?;
        self.file.write(structure.saturating_add(values), || self.append(&root, entry))?;
        self.unflushed = self.unflushed.saturating_add(structure);
        self.entries += 1;
        Ok(())
    }

    fn complete(self: Box<Self>) -> Result<PendingFiles, SinkError> {
        self.file.flush()?;
        self.file.complete()
    }
}

/// Bytes that the maps of a window take in the file at most.
struct Size {
    /// Texts and structure, which the library keeps.
    structure: usize,
    /// The maps themselves.
    values: usize,
}

impl Size {
    fn of(entry: &MapEntry, labels: &[ScoreLabel]) -> Self {
        /// A map: two groups, a dataset, the index of its only chunk, links.
        const MAP_BYTES: usize = 4 << 10;
        /// What all maps share, besides texts: a dozen datasets.
        const SHARED_BYTES: usize = 16 << 10;
        let maps: usize = labels.iter().map(|label| label.columns.len()).sum();
        let names = labels.iter().flat_map(|label| &label.columns).map(|task| task.len() + TEXT_OVERHEAD);
        let of_variant = |variant: &MapVariant| {
            let alternates: usize = variant.alternates.iter().map(|alternate| alternate.len() + TEXT_OVERHEAD).sum();
            let fixed = entry.contig.len() + variant.reference.len() + variant.id.len() + 6 * TEXT_OVERHEAD;
            fixed + alternates
        };
        let texts = entry.letters.len() + entry.variants.iter().map(of_variant).sum::<usize>();
        let structure = SHARED_BYTES + texts + maps * MAP_BYTES + names.sum::<usize>();
        Self { structure, values: entry.scores.iter().map(|scores| size_of_val(scores.as_slice())).sum() }
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
    // A map of the whole window says already where that is.
    if entry.shown != entry.window {
        place.new_dataset::<i64>().create(region::WINDOW_START)?.write_scalar(&entry.shown.start())?;
        place.new_dataset::<i64>().create(region::WINDOW_END)?.write_scalar(&entry.shown.end())?;
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

#[cfg(test)]
mod tests {
    use super::super::test_maps::{entry, labels};
    use super::*;

    #[test]
    fn windows_are_flushed_many_at_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let mut sink = MapHdf5::create(&directory.path().join("maps.h5"), "m", labels(), &Provenance::new()).unwrap();
        let (windows, mut flushes) = (300, 0);
        for window in 0..windows {
            let before = sink.unflushed;
            sink.write(&entry(window, b"ACGT", 1000)).unwrap();
            assert!(sink.unflushed <= TEXT_BYTES);
            flushes += usize::from(sink.unflushed <= before);
        }
        // Every flush walks through all that the library keeps.
        assert!((1..=windows as usize / 20).contains(&flushes), "{flushes} flushes");
        Box::new(sink).finish().unwrap();
        let stored = hdf5::File::open(directory.path().join("maps.h5")).unwrap();
        assert_eq!(stored.len(), windows as u64);
    }
}
