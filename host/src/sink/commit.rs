//! Putting complete files under their names: all of a run, or none.

use super::{AtomicFile, SinkError};
use crate::partial_file::{self, directory_of};
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};
use tempfile::TempPath;

/// Puts `files` under their names, in their order, and removes `stale` ones. The disk has all of it then. If any of this
/// fails, every name gets back what it held.
///
/// # Errors
/// [`SinkError::Write`] for the first that fails, or [`SinkError::PartlyInPlace`] if, besides, some names did not get back
/// what they held.
pub(super) fn commit(files: Vec<AtomicFile>, stale: Vec<PathBuf>) -> Result<(), SinkError> {
    let mut placed = Placed::default();
    match placed.place_all(files, stale) {
        Ok(()) => Ok(()),
        Err((path, source)) => Err(match placed.take_back() {
            kept if kept.is_empty() => SinkError::Write { path, source },
            kept => SinkError::PartlyInPlace { path, source, kept },
        }),
    }
}

/// The names that a run has changed so far.
#[derive(Default)]
struct Placed(Vec<Change>);

struct Change {
    /// The name as the caller gave it.
    path: PathBuf,
    target: PathBuf,
    /// What it held before, if anything.
    before: Option<Before>,
}

/// A file that a name held, under a second name in the same directory.
struct Before {
    path: TempPath,
    /// Keeps it from sweeps, which take it for what is left of a run that was killed.
    _locked: Option<File>,
}

/// The name at which something failed.
type Failure = (PathBuf, io::Error);

impl Placed {
    fn place_all(&mut self, files: Vec<AtomicFile>, stale: Vec<PathBuf>) -> Result<(), Failure> {
        for file in &files {
            file.sync().or_else(accept_no_sync).map_err(|error| (file.path().to_owned(), error))?;
        }
        for path in stale {
            self.set_aside(&path).map_err(|error| (path.clone(), error))?;
        }
        for file in files {
            let path = file.path().to_owned();
            self.place(file).map_err(|error| (path, error))?;
        }
        self.sync_directories()
    }

    /// Takes what stands at `path` away, if anything does.
    fn set_aside(&mut self, path: &Path) -> io::Result<()> {
        if let Some(before) = Before::moved(path)? {
            self.0.push(Change { path: path.to_owned(), target: path.to_owned(), before: Some(before) });
        }
        Ok(())
    }

    fn place(&mut self, file: AtomicFile) -> io::Result<()> {
        let path = file.path().to_owned();
        let Some((partial, target)) = file.into_partial() else { return Ok(()) };
        let before = Before::linked(&target)?;
        match partial.persist(&target) {
            Ok(_) => {
                self.0.push(Change { path, target, before });
                Ok(())
            }
            Err(error) => {
                // Where files have one name only, it was moved away.
                if let Some(before) = before.filter(|_| fs::symlink_metadata(&target).is_err()) {
                    before.give_back(&target)?;
                }
                Err(error.error)
            }
        }
    }

    fn sync_directories(&self) -> Result<(), Failure> {
        let mut done = BTreeSet::new();
        for Change { path, target, .. } in &self.0 {
            if done.insert(directory_of(target)) {
                sync_directory(directory_of(target)).map_err(|error| (path.clone(), error))?;
            }
        }
        Ok(())
    }

    /// Gives every name back what it held. Names that did not get it back are returned.
    fn take_back(self) -> Vec<PathBuf> {
        let mut kept = Vec::new();
        for Change { path, target, before } in self.0.into_iter().rev() {
            let undone = match before {
                Some(before) => before.give_back(&target),
                None => fs::remove_file(&target),
            };
            if undone.is_err() {
                kept.push(path);
            }
        }
        kept
    }
}

impl Before {
    /// Gives the file at `target` a second name, or moves it there where files have one name only. `None` if there is none.
    fn linked(target: &Path) -> io::Result<Option<Self>> {
        Self::of(target, |second| match fs::hard_link(target, second) {
            // Another name is tried.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            linked => linked.or_else(|_| fs::rename(target, second)),
        })
    }

    /// Moves the file at `path` to a second name. `None` if there is none.
    fn moved(path: &Path) -> io::Result<Option<Self>> {
        Self::of(path, |second| fs::rename(path, second))
    }

    fn of(target: &Path, make: impl FnMut(&Path) -> io::Result<()>) -> io::Result<Option<Self>> {
        use io::ErrorKind::{InvalidFilename, NotFound};
        match fs::symlink_metadata(target) {
            // No file has a name that is too long.
            Err(error) if matches!(error.kind(), NotFound | InvalidFilename) => Ok(None),
            Err(error) => Err(error),
            Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) => {
                let locked = if found.is_file() { File::open(target).ok() } else { None };
                // Shared, as others may be reading it under such a lock; without one, it is only less safe.
                let _ = locked.as_ref().map(File::try_lock_shared);
                Ok(Some(Self { path: partial_file::second_name(target, make)?, _locked: locked }))
            }
        }
    }

    fn give_back(self, target: &Path) -> io::Result<()> {
        self.path.persist(target).map_err(|failed| {
            // Better a strange name than none.
            let _ = failed.path.keep();
            failed.error
        })
    }
}

/// Has the system write to its disk which names a directory has.
fn sync_directory(directory: &Path) -> io::Result<()> {
    match File::open(directory) {
        Ok(opened) => opened.sync_all().or_else(accept_no_sync),
        // Whoever may not list a directory may still write there.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        Err(error) => Err(error),
    }
}

/// Passes over a file system that cannot sync.
fn accept_no_sync(error: io::Error) -> io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::io::Errno;
        // The last two are one number on some systems.
        let no_sync = [Errno::INVAL, Errno::NOTSUP, Errno::OPNOTSUPP];
        match Errno::from_io_error(&error) {
            Some(errno) if no_sync.contains(&errno) => Ok(()),
            _ => Err(error),
        }
    }
    #[cfg(not(unix))]
    {
        // Directories cannot be opened as files there.
        let _ = error;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// A directory, and the names and contents of its files.
    struct Directory(tempfile::TempDir);

    impl Directory {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn pending(&self, name: &str) -> AtomicFile {
            let mut file = AtomicFile::create(self.path(name)).unwrap();
            file.write_all(format!("new {name}").as_bytes()).unwrap();
            file
        }

        fn contents(&self) -> Vec<String> {
            let entry = |entry: fs::DirEntry| {
                let name = entry.file_name().into_string().unwrap();
                match entry.file_type().unwrap().is_dir() {
                    true => format!("{name}/"),
                    false => format!("{name}: {}", fs::read_to_string(entry.path()).unwrap()),
                }
            };
            let mut all: Vec<_> = fs::read_dir(&self.0).unwrap().map(|found| entry(found.unwrap())).collect();
            all.sort();
            all
        }

        fn error(&self, files: Vec<AtomicFile>, stale: &[&str]) -> String {
            let stale = stale.iter().map(|name| self.path(name)).collect();
            let error = commit(files, stale).unwrap_err();
            crate::error_chain(&error).to_string().replace(self.0.path().to_str().unwrap(), "DIR")
        }
    }

    #[test]
    fn all_files_appear_and_nothing_else_stays() {
        let directory = Directory::new();
        for name in ["a", "a.csi", "a.tbi"] {
            fs::write(directory.path(name), "old").unwrap();
        }
        let files = ["a", "a.tbi", "b"].map(|name| directory.pending(name)).into();
        commit(files, ["a.tbi", "a.csi", "absent"].map(|name| directory.path(name)).into()).unwrap();
        assert_eq!(directory.contents(), ["a.tbi: new a.tbi", "a: new a", "b: new b"]);
    }

    #[test]
    fn all_names_keep_what_they_held_if_one_cannot_be_had() {
        let directory = Directory::new();
        for name in ["a", "a.csi", "a.tbi"] {
            fs::write(directory.path(name), "old").unwrap();
        }
        let files: Vec<_> = ["a", "b", "a.tbi", "c"].map(|name| directory.pending(name)).into();
        fs::create_dir(directory.path("c")).unwrap();
        assert_eq!(
            directory.error(files, &["a.tbi", "a.csi"]),
            "cannot write DIR/c; what was written so far is discarded: is a directory"
        );
        assert_eq!(directory.contents(), ["a.csi: old", "a.tbi: old", "a: old", "c/"]);

        // A stale file that cannot be removed is as bad.
        fs::create_dir(directory.path("d")).unwrap();
        let files = vec![directory.pending("a")];
        assert_eq!(
            directory.error(files, &["a.tbi", "d"]),
            "cannot write DIR/d; what was written so far is discarded: is a directory"
        );
        assert_eq!(directory.contents(), ["a.csi: old", "a.tbi: old", "a: old", "c/", "d/"]);
    }

    #[test]
    fn a_name_that_stays_changed_is_said() {
        let directory = Directory::new();
        let mut placed = Placed::default();
        placed.place(directory.pending("a")).unwrap();
        fs::remove_file(directory.path("a")).unwrap();
        assert_eq!(placed.take_back(), [directory.path("a")]);
        let (path, kept) = ("b".into(), vec!["a".into(), "a.tbi".into()]);
        let error = SinkError::PartlyInPlace { path, source: io::ErrorKind::IsADirectory.into(), kept };
        insta::assert_snapshot!(crate::error_chain(&error), @"cannot write b, and could not take back what was written before; a, a.tbi are changed already, so remove them: is a directory");
    }

    #[test]
    fn a_file_that_moves_aside_gets_back_its_name() {
        let directory = Directory::new();
        fs::write(directory.path("a"), "old").unwrap();
        let before = Before::moved(&directory.path("a")).unwrap().unwrap();
        assert!(!directory.path("a").exists());
        before.give_back(&directory.path("a")).unwrap();
        assert_eq!(directory.contents(), ["a: old"]);
    }

    #[cfg(unix)]
    #[test]
    fn only_what_no_file_system_need_do_is_passed_over() {
        use rustix::io::Errno;
        for (errno, accepted) in
            [(Errno::INVAL, true), (Errno::OPNOTSUPP, true), (Errno::IO, false), (Errno::NOSPC, false)]
        {
            assert_eq!(accept_no_sync(errno.into()).is_ok(), accepted, "{errno}");
        }
    }
}
