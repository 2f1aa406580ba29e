//! HDF5 files that appear under their name only when they are complete.

use super::growing::{self, CHUNK_BYTES};
use crate::provenance::Provenance;
use crate::sink::stored_provenance::PROVENANCE_ATTRIBUTE;
use crate::sink::{AtomicFile, Output, PendingFiles, SinkError};
use hdf5::{
    Group, Location,
    file::{CacheDecreaseMode, CacheIncreaseMode, FlashIncreaseMode, MetadataCacheConfig},
};
use std::{io, path::PathBuf};

/// What this crate puts into the root attribute `version` of every file: it changes when a reader has to.
const LAYOUT_VERSION: u32 = 1;

/// Bytes of texts and structure that the library keeps.
const STRUCTURE_BYTES: usize = 16 << 20;

/// An HDF5 file under construction.
pub(in crate::sink) struct Hdf5File {
    /// `None` once it is closed. Before the file that it writes, so that it is closed before that is removed.
    hdf5: Option<hdf5::File>,
    atomic: AtomicFile,
}

impl Hdf5File {
    /// Starts a file whose root attributes are `format`, `version` and `kipos_version`.
    pub(in crate::sink) fn create(output: &Output, format: &str) -> Result<Self, SinkError> {
        let atomic = AtomicFile::of(output)?;
        let Some(place) = atomic.partial_path() else {
            let source = io::Error::other("HDF5 is only written to files, neither to devices nor to pipes");
            return Err(SinkError::Create { path: atomic.path().to_owned(), source });
        };
        let mut options = hdf5::File::with_options();
        // Older layouts have no attributes beyond 64 KiB, which the names of many tasks exceed.
        // Of each dataset, memory keeps the chunk that is filled, and the next; one that is full goes first. The slots
        // are more than there are chunks.
        options.with_fapl(|access| {
            access.libver_v18().chunk_cache(13, 2 * CHUNK_BYTES, 1.0).mdc_config(&structure_cache())
        });
        // Times would make each run's file another.
        options.with_fcpl(|create| create.obj_track_times(false));
        let hdf5 = options.create(place).map_err(|error| SinkError::Create {
            path: atomic.path().to_owned(),
            source: io::Error::other(error.to_string()),
        })?;
        let file = Self { hdf5: Some(hdf5), atomic };
        let root = file.root()?;
        file.text_attribute(&root, "format", format)?;
        file.text_attribute(&root, "kipos_version", env!("CARGO_PKG_VERSION"))?;
        let version = root.new_attr::<u32>().create("version");
        version.and_then(|version| version.write_scalar(&LAYOUT_VERSION)).map_err(file.error())?;
        Ok(file)
    }

    /// The file's root.
    pub(in crate::sink) fn root(&self) -> Result<Group, SinkError> {
        let closed = || hdf5::Error::Internal("the file is closed already".to_owned());
        self.hdf5.as_ref().ok_or_else(closed).and_then(|file| file.as_group()).map_err(self.error())
    }

    /// Makes a group, with those above it.
    pub(in crate::sink) fn group(&self, name: &str) -> Result<Group, SinkError> {
        let root = self.root()?;
        root.create_group_builder().obj_track_times(false).create(name).map_err(self.error())
    }

    /// Writes one text as an attribute.
    pub(in crate::sink) fn text_attribute(&self, owner: &Location, name: &str, text: &str) -> Result<(), SinkError> {
        let attribute = owner.new_attr::<hdf5::types::VarLenUnicode>().create(name);
        attribute.and_then(|attribute| attribute.write_scalar(&growing::text(text))).map_err(self.error())
    }

    /// Says what the file's contents follow from, if that is known.
    pub(in crate::sink) fn provenance(&self, provenance: &Provenance) -> Result<(), SinkError> {
        if provenance.is_empty() {
            return Ok(());
        }
        self.text_attribute(&*self.root()?, PROVENANCE_ATTRIBUTE, &provenance.to_json())
    }

    /// For `map_err` after a call of the HDF5 library.
    pub(in crate::sink) fn error(&self) -> impl Fn(hdf5::Error) -> SinkError + use<> {
        let path = self.path();
        move |error| SinkError::Write { path: path.clone(), source: io::Error::other(error.to_string()) }
    }

    /// The file's name as the caller gave it.
    pub(in crate::sink) fn path(&self) -> PathBuf {
        self.atomic.path().to_owned()
    }

    /// Writes what is still in memory. A dataset that is dropped keeps to itself what it could not write.
    pub(in crate::sink) fn flush(&self) -> Result<(), SinkError> {
        self.hdf5.as_ref().map_or(Ok(()), |file| file.flush()).map_err(self.error())
    }

    /// Closes the file, which has been flushed. Nothing of it may be held any more.
    pub(in crate::sink) fn complete(mut self) -> Result<PendingFiles, SinkError> {
        if let Some(file) = self.hdf5.take() {
            file.close().map_err(self.error())?;
        }
        Ok(PendingFiles::file(self.atomic))
    }
}

/// How the library keeps texts and the file's structure before they are written: always in as much memory, which
/// [`GrowingDataset`](super::GrowingDataset) fills with no more texts than it holds.
fn structure_cache() -> MetadataCacheConfig {
    MetadataCacheConfig {
        initial_size: STRUCTURE_BYTES,
        min_size: STRUCTURE_BYTES,
        max_size: STRUCTURE_BYTES,
        incr_mode: CacheIncreaseMode::Off,
        flash_incr_mode: FlashIncreaseMode::Off,
        decr_mode: CacheDecreaseMode::Off,
        ..MetadataCacheConfig::default()
    }
}

/// A name as one part of a path in a file.
pub(in crate::sink) fn path_part(name: &str) -> String {
    match name {
        // This one means the group itself.
        "." => "%2E".to_owned(),
        _ => name.replace('/', "%2F").replace('\0', "%00"),
    }
}

/// The name that is a part of a path in a file: the other way round.
pub(in crate::sink) fn part_name(part: &str) -> String {
    match part {
        "%2E" => ".".to_owned(),
        _ => part.replace("%2F", "/").replace("%00", "\0"),
    }
}
