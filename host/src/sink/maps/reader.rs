//! Reading a file of mutation maps.

use super::{
    ROWS, StoredMap, StoredMaps, StoredVariant,
    layout::{MAP, REGION, SEQUENCE, VARIANTS, entry_group, entry_number, region, variants},
};
use crate::dataloader::{
    BatchError,
    hdf5_tree::{Branch, Elements, Hdf5Place, Leaf, Node, member_names, open_hdf5, text_attribute},
};
use crate::internal::OrInternal;
use crate::sink::{
    hdf5::{part_name, path_part},
    table::MODEL_ATTRIBUTE,
};
use kipos_plugin_api::{DataView, TensorData};
use std::path::{Path, PathBuf};

/// An open file of mutation maps.
#[derive(Debug)]
pub struct MapFile {
    path: PathBuf,
    file: hdf5::File,
    root: Branch,
    entries: usize,
}

impl MapFile {
    /// Opens a file of mutation maps.
    ///
    /// # Errors
    /// The file is missing, no HDF5, or without entries `_list_0`, `_list_1`, ….
    pub fn open(path: &Path) -> Result<Self, BatchError> {
        let file = open_hdf5(path, 0)?;
        let names = member_names(path, &file)?;
        let numbers = names.iter().filter_map(|name| entry_number(name));
        let entries = numbers.max().map_or(0, |last| last + 1);
        if entries == 0 && !names.is_empty() {
            let found = format!("without `{}`", entry_group(0));
            return Err(
                Hdf5Place { path, place: "/" }.layout(found, "mutation maps, as `kipos mutation-map` writes them")
            );
        }
        let root = Branch::root(&file);
        Ok(Self { path: path.to_owned(), file, root, entries })
    }

    /// The group of an entry, and in it that with the names in `names`.
    fn group(&self, entry: usize, names: &[&str]) -> Result<Branch, BatchError> {
        let mut group = self.inner(&self.root, &entry_group(entry))?;
        for name in names {
            group = self.inner(&group, name)?;
        }
        Ok(group)
    }

    fn inner(&self, group: &Branch, name: &str) -> Result<Branch, BatchError> {
        match group.get(&self.path, &path_part(name))? {
            Some(Node::Group(inner)) => Ok(inner),
            _ => Err(self.at(group).problem(format!("has no group `{name}`"))),
        }
    }

    fn at<'p>(&'p self, group: &'p Branch) -> Hdf5Place<'p> {
        Hdf5Place { path: &self.path, place: &group.place }
    }

    /// A dataset that has to be there.
    fn leaf(&self, group: &Branch, name: &str) -> Result<Leaf, BatchError> {
        match group.get(&self.path, name)? {
            Some(Node::Dataset(leaf)) => Ok(leaf),
            _ => Err(self.at(group).problem(format!("has no dataset `{name}`"))),
        }
    }

    /// All elements of a dataset.
    fn elements(&self, leaf: &Leaf) -> Result<TensorData, BatchError> {
        let at = Hdf5Place { path: &self.path, place: &leaf.place };
        let rows = leaf.dataset.shape().first().copied().unwrap_or(1);
        Elements::of(&leaf.dataset, at)?.read(&leaf.dataset, 0..rows, at)
    }

    fn texts(&self, group: &Branch, name: &str) -> Result<Vec<String>, BatchError> {
        let leaf = self.leaf(group, name)?;
        match self.elements(&leaf)?.view() {
            DataView::Strings(all) => {
                let text = |index| all.get(index).or_internal("the strings of a file are checked").to_owned();
                Ok((0..all.len()).map(text).collect())
            }
            other => Err(self.unexpected(&leaf, other, "strings")),
        }
    }

    fn integers(&self, group: &Branch, name: &str) -> Result<Vec<i64>, BatchError> {
        let leaf = self.leaf(group, name)?;
        match self.elements(&leaf)?.view() {
            DataView::I64(all) => Ok(all.to_vec()),
            DataView::I32(all) => Ok(all.iter().copied().map(i64::from).collect()),
            other => Err(self.unexpected(&leaf, other, "integers")),
        }
    }

    fn unexpected(&self, leaf: &Leaf, found: DataView<'_>, expected: &str) -> BatchError {
        Hdf5Place { path: &self.path, place: &leaf.place }.layout(format!("of type {}", found.dtype()), expected)
    }

    /// The single value of a dataset.
    fn only<T>(&self, group: &Branch, name: &str, values: Vec<T>) -> Result<T, BatchError> {
        let found = values.len();
        let error = || self.at(group).problem(format!("has {found} values in `{name}`, expected one"));
        values.into_iter().next().filter(|_| found == 1).ok_or_else(error)
    }

    /// The variants of a map; none if they are not there.
    fn variants(&self, map: &Branch) -> Result<Vec<StoredVariant>, BatchError> {
        let Some(Node::Group(group)) = map.get(&self.path, VARIANTS)? else { return Ok(Vec::new()) };
        // A list without variants may have any type.
        let positions = self.leaf(&group, variants::POS)?;
        if positions.dataset.size() == 0 {
            return Ok(Vec::new());
        }
        let positions = self.integers(&group, variants::POS)?;
        let (references, ids) = (self.texts(&group, variants::REFERENCE)?, self.texts(&group, variants::ID)?);
        let alternates = self.texts(&group, variants::ALTERNATES)?;
        let columns = alternates.len() / positions.len();
        if references.len() != positions.len()
            || ids.len() != positions.len()
            || columns * positions.len() != alternates.len()
        {
            return Err(self.at(&group).problem("has lists of different lengths".to_owned()));
        }
        let rows = positions.iter().zip(references).zip(ids).zip(alternates.chunks(columns.max(1)));
        let stored = rows.flat_map(|(((position, reference), id), alternates)| {
            // Rows with fewer ALTs than others end in empty ones.
            let alternates: Vec<_> = alternates.iter().filter(|alternate| !alternate.is_empty()).cloned().collect();
            let start = position - 1;
            alternates.into_iter().map(move |alternate| StoredVariant {
                start,
                reference: reference.clone(),
                alternate,
                id: id.clone(),
            })
        });
        Ok(stored.collect())
    }
}

impl StoredMaps for MapFile {
    fn path(&self) -> &Path {
        &self.path
    }

    fn model(&self) -> Option<String> {
        text_attribute(&self.path, &self.file, MODEL_ATTRIBUTE)
    }

    fn len(&self) -> usize {
        self.entries
    }

    fn names(&self, entry: usize, path: &[&str]) -> Result<Vec<String>, BatchError> {
        let group = self.group(entry, path)?;
        Ok(group.names(&self.path)?.into_iter().map(|name| part_name(&name)).collect())
    }

    fn read(&self, entry: usize, input: &str, score: &str, task: &str) -> Result<StoredMap, BatchError> {
        let map = self.group(entry, &[input, score, task])?;
        let sequence = self.only(&map, SEQUENCE, self.texts(&map, SEQUENCE)?)?;
        let values = self.leaf(&map, MAP)?;
        let shape = values.dataset.shape();
        if shape != [ROWS, sequence.len()] {
            let at = Hdf5Place { path: &self.path, place: &values.place };
            return Err(at.layout(
                format!("of shape {shape:?}"),
                format!("[{ROWS}, {}], as `{SEQUENCE}` has bases", sequence.len()),
            ));
        }
        let values = match self.elements(&values)?.view() {
            DataView::F32(all) => all.to_vec(),
            DataView::F64(all) => all.iter().map(|value| *value as f32).collect(),
            other => return Err(self.unexpected(&values, other, "floats")),
        };
        let Some(Node::Group(place)) = map.get(&self.path, REGION)? else {
            return Err(self.at(&map).problem(format!("has no group `{REGION}`")));
        };
        let contig = self.only(&place, region::CHR, self.texts(&place, region::CHR)?)?;
        let start = self.only(&place, region::START, self.integers(&place, region::START)?)?;
        let contig_length = match place.get(&self.path, region::CONTIG_LENGTH)? {
            Some(_) => Some(self.only(&place, region::CONTIG_LENGTH, self.integers(&place, region::CONTIG_LENGTH)?)?),
            None => None,
        };
        Ok(StoredMap { contig, contig_length, start, sequence, values, variants: self.variants(&map)? })
    }
}

#[cfg(test)]
mod tests;
