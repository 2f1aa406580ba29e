//! HDF5 files that appear under their name only when they are complete.

use super::{
    disk_room::DiskRoom,
    growing::{self, CHUNK_BYTES},
};
use crate::hdf5_call::hdf5_call;
use crate::internal::OrInternal;
use crate::provenance::Provenance;
use crate::sink::stored_provenance::PROVENANCE_ATTRIBUTE;
use crate::sink::{AtomicFile, Output, PendingFiles, SinkError};
use hdf5::{
    Group, Location,
    file::{CacheDecreaseMode, CacheIncreaseMode, FlashIncreaseMode, MetadataCacheConfig},
};
use std::{
    cell::Cell,
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// What this crate puts into the root attribute `version` of every file: it changes when a reader has to.
const LAYOUT_VERSION: u32 = 1;

/// Bytes of texts and structure that the library keeps.
const STRUCTURE_BYTES: usize = 4 << 20;

/// Bytes of room beyond what is known to be needed: for the file's structure.
const SPARE_BYTES: u64 = 1 << 18;

/// Bytes that a group, a dataset or an attribute takes at most, besides its values.
pub(in crate::sink) const OBJECT_BYTES: usize = 8 << 10;

/// An HDF5 file under construction, through which everything is written into it.
///
/// libhdf5 keeps rows, texts and structure back, and crashes when it fails to write them later, as on a full disk: while
/// it flushes, closes a dataset or closes the file. So [`write`](Self::write) takes the room of whatever may have to be
/// written before libhdf5 gets it. Should libhdf5 fail nonetheless, nothing of the file is closed: the handles are leaked.
pub(in crate::sink) struct Hdf5File {
    /// Before the file that it writes, so that it is closed before that is removed.
    hdf5: Handle,
    atomic: AtomicFile,
    room: DiskRoom,
    /// Bytes that the library may keep back, besides texts and structure, whose place is taken when they are made.
    kept: Cell<u64>,
}

/// The file as the library knows it.
struct Handle {
    /// `None` once it is closed.
    file: Option<hdf5::File>,
    path: PathBuf,
    failed: Failed,
}

/// Whether the library has failed to write a file; shared with its datasets.
#[derive(Debug, Clone, Default)]
pub(super) struct Failed(Arc<AtomicBool>);

impl Failed {
    pub(super) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if let Some(file) = self.file.take() {
            match self.failed.get() {
                true => std::mem::forget(file),
                false => hdf5_call(&self.path, || drop(file)),
            }
        }
    }
}

impl Hdf5File {
    /// Starts a file whose root attributes are `format`, `version` and `kipos_version`.
    pub(in crate::sink) fn create(output: &Output, format: &str) -> Result<Self, SinkError> {
        let atomic = AtomicFile::of(output)?;
        let create_error = |source| SinkError::Create { path: atomic.path().to_owned(), source };
        let Some((place, file)) = atomic.partial_file() else {
            let source = io::Error::other("HDF5 is only written to files, neither to devices nor to pipes");
            return Err(create_error(source));
        };
        let room = DiskRoom::new(file.try_clone().map_err(create_error)?);
        let mut options = hdf5::File::with_options();
        // Older layouts have no attributes beyond 64 KiB, which the names of many tasks exceed.
        // Of each dataset, memory keeps the chunk that is filled, and the next; one that is full goes first. The slots
        // are more than there are chunks.
        options.with_fapl(|access| {
            access.libver_v18().chunk_cache(13, 2 * CHUNK_BYTES, 1.0).mdc_config(&structure_cache());
            // The partial file is locked already.
            access.file_locking(false)
        });
        // Times would make each run's file another.
        options.with_fcpl(|create| create.obj_track_times(false));
        // The environment may tell the library to lock files all the same (HDF5_USE_FILE_LOCKING).
        let create = || hdf5_call(place, || options.create(place));
        let hdf5 = create().or_else(|_| atomic.unlocked(create));
        let hdf5 = hdf5.map_err(|error| create_error(io::Error::other(error.to_string())))?;
        let hdf5 = Handle { file: Some(hdf5), path: atomic.path().to_owned(), failed: Failed::default() };
        let file = Self { hdf5, atomic, room, kept: Cell::new(0) };
        let root = file.root()?;
        file.text_attribute(&root, "format", format)?;
        file.text_attribute(&root, "kipos_version", env!("CARGO_PKG_VERSION"))?;
        file.write(OBJECT_BYTES, || root.new_attr::<u32>().create("version")?.write_scalar(&LAYOUT_VERSION))?;
        Ok(file)
    }

    /// Runs calls of the HDF5 library that write at most so many bytes.
    ///
    /// # Errors
    /// A full disk, before the calls; whatever the library says.
    pub(in crate::sink) fn write<T>(
        &self,
        bytes: usize,
        calls: impl FnOnce() -> hdf5::Result<T>,
    ) -> Result<T, SinkError> {
        let path = self.atomic.path();
        let write_error = |source| SinkError::Write { path: path.to_owned(), source };
        let used = self.open().size();
        let needed = used.saturating_add(self.kept.get()).saturating_add(bytes as u64).saturating_add(SPARE_BYTES);
        self.room.ensure(used, needed).map_err(write_error)?;
        hdf5_call(path, calls).map_err(|error| {
            self.hdf5.failed.set();
            // It stays open and will be no file: its room is given back, as far as that is possible.
            let _ = self.room.cut(0);
            write_error(io::Error::other(error.to_string()))
        })
    }

    /// Notes that the library may keep back `after` bytes of a dataset instead of `before`.
    pub(super) fn keeps(&self, before: usize, after: usize) {
        self.kept.set(self.kept.get().saturating_sub(before as u64).saturating_add(after as u64));
    }

    /// Whether the library has failed.
    pub(super) fn failed(&self) -> Failed {
        self.hdf5.failed.clone()
    }

    fn open(&self) -> &hdf5::File {
        self.hdf5.file.as_ref().or_internal("the file is open until it is complete")
    }

    /// The file's root.
    pub(in crate::sink) fn root(&self) -> Result<Group, SinkError> {
        self.write(0, || self.open().as_group())
    }

    /// Makes a group, with those above it.
    pub(in crate::sink) fn group(&self, name: &str) -> Result<Group, SinkError> {
        let root = self.root()?;
        self.write(OBJECT_BYTES, || root.create_group_builder().obj_track_times(false).create(name))
    }

    /// Writes one text as an attribute.
    pub(in crate::sink) fn text_attribute(&self, owner: &Location, name: &str, text: &str) -> Result<(), SinkError> {
        let create = || owner.new_attr::<hdf5::types::VarLenUnicode>().create(name)?.write_scalar(&growing::text(text));
        self.write(OBJECT_BYTES + 2 * text.len(), create)
    }

    /// Says what the file's contents follow from, if that is known.
    pub(in crate::sink) fn provenance(&self, provenance: &Provenance) -> Result<(), SinkError> {
        if provenance.is_empty() {
            return Ok(());
        }
        self.text_attribute(&*self.root()?, PROVENANCE_ATTRIBUTE, &provenance.to_json())
    }

    /// The file's name as the caller gave it.
    pub(in crate::sink) fn path(&self) -> PathBuf {
        self.atomic.path().to_owned()
    }

    /// Writes what is still in memory. A dataset that is dropped keeps to itself what it could not write.
    pub(in crate::sink) fn flush(&self) -> Result<(), SinkError> {
        self.write(0, || self.open().flush())
    }

    /// Closes the file, which has been flushed. Nothing of it may be held any more.
    pub(in crate::sink) fn complete(mut self) -> Result<PendingFiles, SinkError> {
        let path = self.path();
        let write_error = |source| SinkError::Write { path: path.clone(), source };
        // Room that was taken and is not needed.
        self.room.cut(self.open().size()).map_err(write_error)?;
        if let Some(file) = self.hdf5.file.take() {
            let closed = hdf5_call(&path, || file.close());
            closed.map_err(|error| write_error(io::Error::other(error.to_string())))?;
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
