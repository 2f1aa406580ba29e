//! Where the two descriptions of a model come from: files of its own, or the templates of its group.

use std::path::{Path, PathBuf};

use super::dataloader::{DataloaderSpec, find_dataloader, read_dataloader};
use super::document::Document;
use super::error::{SpecError, SpecPlace, SpecWarning};
use super::group::Group;
use super::model::LoaderRef;
use crate::internal::OrInternal;

/// The description of a model, and what leads to that of its dataloader.
pub(super) struct ModelSource {
    pub(super) document: Document,
    /// The group and the name in it, if the model is a row of a table.
    pub(super) group: Option<(Group, String)>,
}

/// A dataloader that is found but not read, unless the model describes it itself.
pub(super) enum LoaderSource<'m> {
    Inline(&'m DataloaderSpec),
    Document(Box<Document>),
}

impl ModelSource {
    /// A directory with a description of its own wins; else the nearest group above is asked for the rest of the path.
    pub(super) fn find(path: &Path) -> Result<Self, SpecError> {
        if let Some(file) = find_model(path) {
            return Ok(Self { document: Document::read(&file)?, group: None });
        }
        for above in path.ancestors().skip(1) {
            let directory = if above == Path::new("") { Path::new(".") } else { above };
            let Some(group) = Group::find(directory)? else { continue };
            let rest = path.strip_prefix(above).unwrap_or(path);
            let member = rest.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
            if let Some(document) = group.document(&member, "model")? {
                return Ok(Self { document, group: Some((group, member)) });
            }
        }
        Err(SpecError::NoModel { directory: path.into() })
    }

    /// The files that were read to find it, and every file that a text in them may name.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let table = self.group.iter().map(|(group, _)| group.table());
        table.chain(self.document.files()).collect()
    }

    /// The dataloader that the model names at `at`.
    pub(super) fn loader_document<'m>(
        &self,
        named: &'m LoaderRef,
        at: &SpecPlace,
    ) -> Result<LoaderSource<'m>, SpecError> {
        let path = match named {
            LoaderRef::Inline(loader) => return Ok(LoaderSource::Inline(loader)),
            LoaderRef::Path(path) => path,
        };
        let places = self.document.places_of(path);
        for directory in &places {
            if let Some(file) = find_dataloader(directory) {
                return Ok(LoaderSource::Document(Box::new(Document::read(&file)?)));
            }
            if let Some((group, member)) = &self.group
                && directory == self.document.directory()
                && let Some(document) = group.document(member, "dataloader")?
            {
                return Ok(LoaderSource::Document(Box::new(document)));
            }
        }
        // The directory of a member is there only on the zoo's own machine.
        let directory = places.iter().find(|directory| directory.is_dir()).or(places.last());
        let directory = directory.or_internal("a path leads to some place").clone();
        Err(SpecError::NoDataloader { at: at.clone(), directory })
    }
}

impl LoaderSource<'_> {
    /// Its file, if it has one of its own, and every file that a text in that may name.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        match self {
            Self::Inline(_) => Vec::new(),
            Self::Document(document) => document.files(),
        }
    }

    /// Reads it.
    pub(super) fn read(&self, warnings: &mut Vec<SpecWarning>) -> Result<DataloaderSpec, SpecError> {
        match self {
            Self::Inline(loader) => Ok((*loader).clone()),
            Self::Document(document) => read_dataloader(document, warnings),
        }
    }
}

/// The description of the model in a directory, or the file itself.
pub(super) fn find_model(path: &Path) -> Option<PathBuf> {
    if path.is_file() {
        return Some(path.into());
    }
    ["model.yaml", "model.yml"].map(|name| path.join(name)).into_iter().find(|file| file.is_file())
}
