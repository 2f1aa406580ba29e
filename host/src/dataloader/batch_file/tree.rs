//! Finding datasets in groups.

use super::place::Hdf5Place;
use crate::dataloader::BatchError;
use crate::hdf5_call::hdf5_call;
use hdf5::{Dataset, Group, LocationType};
use std::path::Path;

/// How many groups may lie in one another; a group that holds itself has no end otherwise.
const DEEPEST: usize = 32;

/// A group or dataset of a file.
pub(crate) enum Node {
    Group(Branch),
    Dataset(Leaf),
}

/// A group, and where it lies.
pub(crate) struct Branch {
    group: Group,
    /// Path in the file, from the root.
    pub(crate) place: String,
}

/// A dataset, and where it lies.
#[derive(Debug)]
pub(crate) struct Leaf {
    pub(crate) dataset: Dataset,
    /// Path in the file, from the root.
    pub(crate) place: String,
}

impl Branch {
    /// The root of a file.
    pub(crate) fn root(file: &hdf5::File) -> Self {
        Self { group: (**file).clone(), place: String::new() }
    }

    /// What lies under a name, if anything does.
    pub(crate) fn get(&self, path: &Path, name: &str) -> Result<Option<Node>, BatchError> {
        hdf5_call(path, || self.find(path, name))
    }

    fn find(&self, path: &Path, name: &str) -> Result<Option<Node>, BatchError> {
        if !self.group.link_exists(name) {
            return Ok(None);
        }
        let place = format!("{}/{name}", self.place);
        let at = Hdf5Place { path, place: &place };
        match self.group.loc_type_by_name(name).map_err(at.unread())? {
            LocationType::Group => {
                let group = self.group.group(name).map_err(at.unread())?;
                Ok(Some(Node::Group(Self { group, place })))
            }
            LocationType::Dataset => {
                let dataset = self.group.dataset(name).map_err(at.unread())?;
                Ok(Some(Node::Dataset(Leaf { dataset, place })))
            }
            _ => Err(at.layout("a named type", "a dataset or a group")),
        }
    }

    /// The names of all that lies in the group, sorted.
    pub(crate) fn names(&self, path: &Path) -> Result<Vec<String>, BatchError> {
        let names = hdf5_call(path, || self.group.member_names());
        let mut names = names.map_err(Hdf5Place { path, place: &self.place }.unread())?;
        names.sort();
        Ok(names)
    }

    /// All that lies in the group: a list (members `0`, `1`, …) in its order, anything else by name.
    pub(crate) fn members(&self, path: &Path) -> Result<Vec<Node>, BatchError> {
        let at = Hdf5Place { path, place: &self.place };
        if self.place.matches('/').count() > DEEPEST {
            return Err(at.layout("nested in too many groups", format!("at most {DEEPEST} levels")));
        }
        let mut names = hdf5_call(path, || self.group.member_names()).map_err(at.unread())?;
        names.sort_by_cached_key(|name| (name.parse::<u64>().unwrap_or(u64::MAX), name.clone()));
        names.iter().filter_map(|name| self.get(path, name).transpose()).collect()
    }

    /// All datasets in the group and in the groups that lie in it.
    pub(crate) fn leaves(self, path: &Path) -> Result<Vec<Leaf>, BatchError> {
        let mut leaves = Vec::new();
        for member in self.members(path)? {
            match member {
                Node::Dataset(leaf) => leaves.push(leaf),
                Node::Group(group) => leaves.extend(group.leaves(path)?),
            }
        }
        Ok(leaves)
    }
}
