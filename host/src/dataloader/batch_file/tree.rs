//! Finding datasets in groups.

use super::place::Hdf5Place;
use crate::dataloader::BatchError;
use crate::hdf5_call::hdf5_call;
use hdf5::{Dataset, Group, LinkType, LocationType, plist::dataset_create::Layout};
use std::path::Path;
use std::sync::OnceLock;

/// How many groups may lie in one another; a group that holds itself has no end otherwise.
const DEEPEST: usize = 32;

/// A group or dataset of a file.
pub(crate) enum Node {
    Group(Branch),
    Dataset(Leaf),
}

/// A group, and where it lies.
#[derive(Debug)]
pub(crate) struct Branch {
    group: Group,
    /// Path in the file, from the root.
    pub(crate) place: String,
    /// The names of its links to other files.
    leading_out: OnceLock<Vec<String>>,
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
        Self::new((**file).clone(), String::new())
    }

    fn new(group: Group, place: String) -> Self {
        Self { group, place, leading_out: OnceLock::new() }
    }

    /// What lies under a name, if anything does. What lies in another file is an error: a file of samples must not read
    /// what its author has no business with.
    pub(crate) fn get(&self, path: &Path, name: &str) -> Result<Option<Node>, BatchError> {
        hdf5_call(path, || self.find(path, name))
    }

    fn find(&self, path: &Path, name: &str) -> Result<Option<Node>, BatchError> {
        if !self.group.link_exists(name) {
            return Ok(None);
        }
        let place = format!("{}/{name}", self.place);
        let at = Hdf5Place { path, place: &place };
        if self.leading_out(at)?.iter().any(|link| link == name) {
            return Err(elsewhere(at, "is a link to another file"));
        }
        match self.group.loc_type_by_name(name).map_err(at.unread())? {
            LocationType::Group => {
                let group = self.group.group(name).map_err(at.unread())?;
                self.check_file(&group.filename(), at)?;
                Ok(Some(Node::Group(Self::new(group, place))))
            }
            LocationType::Dataset => {
                let dataset = self.group.dataset(name).map_err(at.unread())?;
                self.check_file(&dataset.filename(), at)?;
                check_storage(&dataset, at)?;
                Ok(Some(Node::Dataset(Leaf { dataset, place })))
            }
            _ => Err(at.layout("a named type", "a dataset or a group")),
        }
    }

    /// The names of the links to other files, which are not followed.
    fn leading_out(&self, at: Hdf5Place<'_>) -> Result<&[String], BatchError> {
        if let Some(known) = self.leading_out.get() {
            return Ok(known);
        }
        let mut names = Vec::new();
        let visited = self.group.iter_visit_default(|name, link| {
            if link.link_type == LinkType::External {
                names.push(name.to_owned());
            }
            Ok(())
        });
        visited.map_err(at.unread())?;
        Ok(self.leading_out.get_or_init(|| names))
    }

    /// A link within the file may end at one that leads out.
    fn check_file(&self, found: &str, at: Hdf5Place<'_>) -> Result<(), BatchError> {
        if found == self.group.filename() { Ok(()) } else { Err(elsewhere(at, "is a link to another file")) }
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

/// The elements of a dataset have to be in its file, too.
fn check_storage(dataset: &Dataset, at: Hdf5Place<'_>) -> Result<(), BatchError> {
    let described = dataset.dcpl().map_err(at.unread())?;
    if described.get_layout().map_err(at.unread())? == Layout::Virtual {
        return Err(elsewhere(at, "is a virtual dataset, which other datasets are behind"));
    }
    if !described.get_external().map_err(at.unread())?.is_empty() {
        return Err(elsewhere(at, "keeps its elements in another file (external storage)"));
    }
    Ok(())
}

fn elsewhere(at: Hdf5Place<'_>, found: &str) -> BatchError {
    at.problem(format!("{found}; kipos reads nothing but the file that was named: copy the elements into it"))
}
