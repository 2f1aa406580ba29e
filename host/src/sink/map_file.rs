//! Mutation maps as HDF5.

use super::{
    Complete, MapEntry, Output, SinkError,
    hdf5::{Hdf5File, packed, path_part},
    table_options::SCORES_ATTRIBUTE,
};
use crate::dataloader::{MAPS_FORMAT, MODEL_ATTRIBUTE};
use crate::scored::ScoreLabel;
use hdf5::{Group, H5Type, types::VarLenUnicode};
use ndarray::{ArrayView, Dimension, IntoDimension};
use std::path::Path;

/// Writes mutation maps, window by window.
///
/// The group `/_list_<i>/<input>/<score>/<task>` is the map of window `i` (from 0, in the order of the run):
///
/// | in it | what |
/// |---|---|
/// | `mutation_map` | float32 (4, L): rows A, C, G, T; columns along the forward strand; NaN where the sequence has no A, C, G or T |
/// | `ref_seq` | the L letters of the forward strand |
/// | `metadata_region/` | `chr`; `start`, `end` (0-based, half-open); `strand`: `-` if the model read the reverse one, else `*`; `contig_length`, bases of the contig, where that is known: what lies beyond was filled up |
/// | `ovlp_var/` | one element per query variant: `chr`, `pos` (from 1), `ref`, `id`, `varpos_rel` (its column, from 0), and `alt` (variants x most ALTs, shorter ones filled up with empty texts) |
///
/// All but `mutation_map` is the same for all maps of a window, and stored once (hard links); so are the maps themselves
/// where several inputs show the window. A `/` in a name is `%2F`.
/// Root attributes: `format` (`kipos-mutation-maps`), `version` (of this layout), `kipos_version`, `kipos_model`
/// and `kipos_scores` (JSON that says which scorer of which plugin each score is).
pub struct MapSink {
    file: Hdf5File,
    labels: Vec<ScoreLabel>,
    entries: u64,
}

impl MapSink {
    /// Starts the file of a run of `model` with these scores.
    ///
    /// # Errors
    /// The file cannot be made or written, or is a device or a pipe.
    pub fn create(path: &Path, model: &str, labels: Vec<ScoreLabel>) -> Result<Self, SinkError> {
        let file = Hdf5File::create(&Output::from(path), MAPS_FORMAT)?;
        let root = file.root()?;
        file.text_attribute(&root, MODEL_ATTRIBUTE, model)?;
        file.text_attribute(&root, SCORES_ATTRIBUTE, &ScoreLabel::origins_json(&labels))?;
        drop(root);
        Ok(Self { file, labels, entries: 0 })
    }

    /// Appends the maps of a window.
    ///
    /// # Errors
    /// [`SinkError::Write`].
    pub fn append(&mut self, entry: &MapEntry) -> Result<(), SinkError> {
        self.write(entry).map_err(self.file.error())?;
        self.entries += 1;
        Ok(())
    }

    /// Completes the file, which then waits to be put under its name.
    ///
    /// # Errors
    /// [`SinkError::Write`].
    pub fn complete(self) -> Result<Complete, SinkError> {
        self.file.flush()?;
        self.file.complete()
    }

    fn write(&self, entry: &MapEntry) -> hdf5::Result<()> {
        let root = self.file.root().map_err(|error| hdf5::Error::Internal(error.to_string()))?;
        let shape = (4, entry.letters.len());
        let size = shape.0 * shape.1;
        let entry_place = format!("/_list_{}", self.entries);
        let Some((shown, others)) = entry.inputs.split_first() else { return Ok(()) };
        let mut first: Option<String> = None;
        for (ScoreLabel { label, columns, .. }, values) in self.labels.iter().zip(&entry.scores) {
            for (task, map) in columns.iter().zip(values.chunks(size.max(1))) {
                let place = format!("{entry_place}/{}/{}/{}", path_part(shown), path_part(label), path_part(task));
                let group = new_group(&root, &place)?;
                let map = ArrayView::from_shape(shape, map).map_err(|error| error.to_string())?;
                packed(&group, vec![shape.0, shape.1]).with_data(map).create("mutation_map")?;
                match &first {
                    None => {
                        // The library crashes if it fails to write texts of variable length: see `GrowingDataset`.
                        self.file.flush().map_err(|error| hdf5::Error::Internal(error.to_string()))?;
                        describe(&group, entry)?;
                        first = Some(place);
                    }
                    Some(first) => {
                        for shared in ["ref_seq", "metadata_region", "ovlp_var"] {
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

/// Writes what all maps of a window share.
fn describe(group: &Group, entry: &MapEntry) -> hdf5::Result<()> {
    let scalar = |group: &Group, name: &str, value: &str| {
        group.new_dataset::<VarLenUnicode>().create(name)?.write_scalar(&text(value))
    };
    let (start, end) = (entry.window.start(), entry.window.end());
    scalar(group, "ref_seq", &String::from_utf8_lossy(&entry.letters))?;
    let region = new_group(group, "metadata_region")?;
    scalar(&region, "chr", &entry.contig)?;
    region.new_dataset::<i64>().create("start")?.write_scalar(&start)?;
    region.new_dataset::<i64>().create("end")?.write_scalar(&end)?;
    if let Some(length) = entry.contig_length {
        region.new_dataset::<i64>().create("contig_length")?.write_scalar(&length)?;
    }
    scalar(&region, "strand", if entry.window.strand().is_reverse() { "-" } else { "*" })?;

    let variants = new_group(group, "ovlp_var")?;
    let count = entry.variants.len();
    let texts = |name: &str, values: Vec<VarLenUnicode>| list(&variants, name, count, &values);
    texts("chr", vec![text(&entry.contig); count])?;
    texts("ref", entry.variants.iter().map(|variant| text(&variant.reference)).collect())?;
    texts("id", entry.variants.iter().map(|variant| text(&variant.id)).collect())?;
    let pos: Vec<i64> = entry.variants.iter().map(|variant| i64::try_from(variant.pos).unwrap_or(i64::MAX)).collect();
    let columns: Vec<i64> = pos.iter().map(|pos| pos - 1 - start).collect();
    list(&variants, "pos", count, &pos)?;
    list(&variants, "varpos_rel", count, &columns)?;
    let width = entry.variants.iter().map(|variant| variant.alternates.len()).max().unwrap_or(1);
    let padded = |alternates: &[String]| {
        let all: Vec<_> = (0..width).map(|index| text(alternates.get(index).map_or("", String::as_str))).collect();
        all
    };
    let alternates: Vec<_> = entry.variants.iter().flat_map(|variant| padded(&variant.alternates)).collect();
    list(&variants, "alt", [count, width], &alternates)
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

/// A text as the library takes it; a NUL, which would end it, becomes the replacement character.
fn text(value: &str) -> VarLenUnicode {
    value.parse().or_else(|_| value.replace('\0', "\u{fffd}").parse()).unwrap_or_default()
}
