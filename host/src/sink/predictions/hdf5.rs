//! Predictions as HDF5.

use std::collections::HashMap;
use std::path::Path;

use hdf5::Group;
use kipos_plugin_api::Crop;

use super::{LeafKind, OutputArray, PredictionOptions, PredictionRows};
use crate::columns::ColumnValues;
use crate::provenance::Provenance;
use crate::sink::hdf5::{GrowingDataset, Hdf5File, path_part, stored};
use crate::sink::{Output, PendingFiles, Sink, SinkError};

/// A dataset for every array, under its path. Root attributes: `format` (`kipos-predictions`, or
/// `kipos-gradients`), `version` (of this layout), `kipos_version` and `kipos_provenance`. Gradients have the `special_type` of their input as an
/// attribute, predictions of known bases `position_axis`, `crop` and `bin`.
pub(super) struct PredictionHdf5 {
    // Before the file, so that the datasets are closed when it is.
    datasets: Vec<(usize, GrowingDataset)>,
    file: Hdf5File,
}

impl PredictionHdf5 {
    /// Starts the file with all of its datasets.
    pub(super) fn create(
        path: &Path,
        leaves: &[OutputArray],
        options: PredictionOptions,
        provenance: &Provenance,
    ) -> Result<Self, SinkError> {
        let is_gradient = leaves.iter().any(|leaf| leaf.kind == LeafKind::Gradients);
        let format = if is_gradient { "kipos-gradients" } else { "kipos-predictions" };
        let file = Hdf5File::create(&Output::from(path), format)?;
        file.provenance(provenance)?;
        let mut groups: HashMap<String, Group> = HashMap::new();
        let mut datasets = Vec::new();
        for (index, leaf) in leaves.iter().enumerate().filter(|(_, leaf)| options.keeps(leaf.kind)) {
            let parts: Vec<String> = leaf.path().map(path_part).collect();
            let Some((name, above)) = parts.split_last() else { continue };
            let mut group = file.root()?;
            for depth in 1..=above.len() {
                let path = above[..depth].join("/");
                group = match groups.get(&path) {
                    Some(known) => known.clone(),
                    None => groups.entry(path.clone()).or_insert(file.group(&path)?).clone(),
                };
            }
            let dataset = GrowingDataset::create(&file, &group, name, &stored(leaf.dtype), &leaf.shape)?;
            if let Some(special_type) = leaf.special_type {
                file.text_attribute(dataset.dataset(), "special_type", special_type.name())?;
            }
            if let Some((axis, geometry)) = leaf.positions {
                let Crop { left, right } = geometry.crop();
                let texts = [
                    ("position_axis", axis.to_string()),
                    ("crop", format!("{left}, {right}")),
                    ("bin", geometry.bin().to_string()),
                ];
                texts.iter().try_for_each(|(name, text)| file.text_attribute(dataset.dataset(), name, text))?;
            }
            datasets.push((index, dataset));
        }
        Ok(Self { datasets, file })
    }
}

/// The path of an array in the file.
pub(crate) fn stored_path(leaf: &OutputArray) -> String {
    leaf.path().map(path_part).collect::<Vec<_>>().join("/")
}

impl Sink<PredictionRows> for PredictionHdf5 {
    fn write(&mut self, rows: &PredictionRows) -> Result<(), SinkError> {
        for (leaf, dataset) in &mut self.datasets {
            append(&self.file, dataset, &rows.values()[*leaf], rows.len())?;
        }
        Ok(())
    }

    fn complete(self: Box<Self>) -> Result<PendingFiles, SinkError> {
        let Self { datasets, file } = *self;
        file.flush()?;
        drop(datasets);
        file.complete()
    }
}

fn append(file: &Hdf5File, dataset: &mut GrowingDataset, values: &ColumnValues, rows: usize) -> Result<(), SinkError> {
    match values {
        ColumnValues::F32(values) => dataset.append(file, values, rows),
        ColumnValues::F64(values) => dataset.append(file, values, rows),
        ColumnValues::I64(values) => dataset.append(file, values, rows),
        ColumnValues::I32(values) => dataset.append(file, values, rows),
        ColumnValues::U8(values) => dataset.append(file, values, rows),
        ColumnValues::Bool(bits) => dataset.append(file, &bits.iter().collect::<Vec<bool>>(), rows),
        ColumnValues::Text(strings) => dataset.append_texts(file, strings.iter().map(Option::unwrap_or_default), rows),
    }
}
