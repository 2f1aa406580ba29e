//! A file that appears under its name only when it is complete.

use super::{
    Output, PendingFiles, SinkError, StandardOutput, standard_output::is_standard_output, target::target_of,
    unfinished::Unfinished,
};
use crate::partial_file::{self, directory_of};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};
use tempfile::NamedTempFile;

/// A file under construction.
///
/// It grows beside its target as `.NAME.XXXXXX.partial` and is renamed by [`PendingFiles::commit`]; dropped before, it
/// is removed, and whatever stood under the name stays. Devices, pipes and standard output, which cannot be renamed
/// over, are written directly. Writes are not buffered.
#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    place: Destination,
    /// Lists the partial file, if there is one, as long as it is held.
    _unfinished: Option<Unfinished>,
}

#[derive(Debug)]
enum Destination {
    Partial { file: NamedTempFile, target: PathBuf },
    Direct(File),
    Stdout(StandardOutput),
}

/// What standard output is called in messages.
const STDOUT: &str = "standard output";

impl AtomicFile {
    /// Starts a file that will stand at `path`; an old one is replaced, through symbolic links.
    ///
    /// # Errors
    /// The directory does not exist or may not be written to, or `path` is a directory.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, SinkError> {
        let path = path.as_ref().to_owned();
        let create_error = |source| SinkError::Create { path: path.clone(), source };
        if is_standard_output(&path) {
            return Self::stdout();
        }
        let target = match fs::metadata(&path) {
            Ok(old) if old.is_dir() => return Err(SinkError::IsDirectory { path }),
            Ok(old) if !old.is_file() => {
                let file = OpenOptions::new().write(true).open(&path).map_err(create_error)?;
                return Ok(Self { place: Destination::Direct(file), path, _unfinished: None });
            }
            Ok(_) => fs::canonicalize(&path).map_err(create_error)?,
            Err(_) => target_of(&path).map_err(create_error)?,
        };
        let directory = directory_of(&target);
        if !directory.is_dir() {
            return Err(SinkError::NoDirectory { directory: directory.to_owned(), path });
        }
        let file = partial_file::create_beside(&target).map_err(create_error)?;
        if let Ok(old) = fs::metadata(&target) {
            // Who may read a file is not changed by writing it anew.
            file.as_file().set_permissions(old.permissions()).map_err(create_error)?;
        }
        let unfinished = Some(Unfinished::new(file.path()));
        Ok(Self { place: Destination::Partial { file, target }, path, _unfinished: unfinished })
    }

    /// Starts a file that stands beside another under a longer name; `None` if no file can have a name as long.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub(super) fn create_beside(path: impl AsRef<Path>) -> Result<Option<Self>, SinkError> {
        match Self::create(path) {
            Err(SinkError::Create { source, .. }) if source.kind() == io::ErrorKind::InvalidFilename => Ok(None),
            created => created.map(Some),
        }
    }

    /// Starts the file of an output.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn of(output: &Output) -> Result<Self, SinkError> {
        match output {
            Output::File(path) => Self::create(path),
            Output::Stdout { .. } => Self::stdout(),
        }
    }

    /// Standard output as a file.
    ///
    /// # Errors
    /// [`SinkError::StdoutClosed`].
    pub fn stdout() -> Result<Self, SinkError> {
        match StandardOutput::get() {
            StandardOutput::Closed => Err(SinkError::StdoutClosed),
            stdout => Ok(Self { path: STDOUT.into(), place: Destination::Stdout(stdout), _unfinished: None }),
        }
    }

    /// Whether the file will be put under its name at the end, rather than being written where it is.
    pub fn appears_at_the_end(&self) -> bool {
        matches!(self.place, Destination::Partial { .. })
    }

    /// Where the file grows, for libraries that open files by name, and the file; `None` for devices, pipes and standard
    /// output.
    #[cfg(feature = "hdf5")]
    pub(super) fn partial_file(&self) -> Option<(&Path, &File)> {
        match &self.place {
            Destination::Partial { file, .. } => Some((file.path(), file.as_file())),
            Destination::Direct(_) | Destination::Stdout(_) => None,
        }
    }

    /// Runs something that locks the file itself, under its name.
    #[cfg(feature = "hdf5")]
    pub(super) fn unlocked<T>(&self, run: impl FnOnce() -> T) -> T {
        let file = match &self.place {
            Destination::Partial { file, .. } => Some(file.as_file()),
            Destination::Direct(_) | Destination::Stdout(_) => None,
        };
        // A file system without locks has neither of them.
        let _ = file.map(File::unlock);
        let done = run();
        let _ = file.map(File::try_lock);
        done
    }

    /// What a failed write of this file is called.
    pub(crate) fn write_error(&self, source: io::Error) -> SinkError {
        if matches!(self.place, Destination::Stdout(_)) && source.kind() == io::ErrorKind::BrokenPipe {
            return SinkError::ReaderGone;
        }
        SinkError::Write { path: self.path.clone(), source }
    }

    /// The file's name as the caller gave it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the file under its name, alone.
    ///
    /// # Errors
    /// As [`PendingFiles::commit`].
    pub fn commit(self) -> Result<(), SinkError> {
        PendingFiles::file(self).commit()
    }

    /// Has the system write the file to its disk. What is written directly belongs to others.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn sync(&self) -> io::Result<()> {
        match &self.place {
            Destination::Partial { file, .. } => file.as_file().sync_all(),
            Destination::Direct(_) | Destination::Stdout(_) => Ok(()),
        }
    }

    /// The partial file and its target; `None` for what is written directly.
    pub(super) fn into_partial(self) -> Option<(NamedTempFile, PathBuf)> {
        match self.place {
            Destination::Partial { file, target } => Some((file, target)),
            Destination::Direct(_) | Destination::Stdout(_) => None,
        }
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.place {
            // Around the wrapper, whose errors name the temporary file.
            Destination::Partial { file, .. } => file.as_file_mut().write(bytes),
            Destination::Direct(file) => file.write(bytes),
            Destination::Stdout(stdout) => stdout.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.place {
            Destination::Partial { file, .. } => file.as_file_mut().flush(),
            Destination::Direct(file) => file.flush(),
            Destination::Stdout(stdout) => stdout.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_in(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_committed_file_appears_at_once_and_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out.vcf");
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"text").unwrap();
        let growing = names_in(directory.path());
        assert_eq!(growing.len(), 1);
        assert!(growing[0].starts_with(".out.vcf.") && growing[0].ends_with(".partial"), "{growing:?}");
        file.commit().unwrap();
        assert_eq!(names_in(directory.path()), ["out.vcf"]);
        assert_eq!(fs::read(&path).unwrap(), b"text");
    }

    #[test]
    fn a_dropped_file_leaves_nothing_and_the_old_one_stays() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out.vcf");
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"half").unwrap();
        drop(file);
        assert!(names_in(directory.path()).is_empty());

        fs::write(&path, b"old").unwrap();
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"half").unwrap();
        drop(file);
        assert_eq!(names_in(directory.path()), ["out.vcf"]);
        assert_eq!(fs::read(&path).unwrap(), b"old");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_those_of_any_new_file() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let mode = |name: &str| fs::metadata(directory.path().join(name)).unwrap().permissions().mode();
        File::create(directory.path().join("plain")).unwrap();
        AtomicFile::create(directory.path().join("ours")).unwrap().commit().unwrap();
        assert_eq!(mode("ours"), mode("plain"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed() {
        let directory = tempfile::tempdir().unwrap();
        let (real, link) = (directory.path().join("real"), directory.path().join("link"));
        fs::write(&real, b"old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let mut file = AtomicFile::create(&link).unwrap();
        file.write_all(b"new").unwrap();
        file.commit().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_nothing_yet_is_followed() {
        let directory = tempfile::tempdir().unwrap();
        let (real, link) = (directory.path().join("real"), directory.path().join("link"));
        std::os::unix::fs::symlink("real", &link).unwrap();
        let mut file = AtomicFile::create(&link).unwrap();
        file.write_all(b"new").unwrap();
        file.commit().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");

        std::os::unix::fs::symlink("none/file", directory.path().join("astray")).unwrap();
        let error = AtomicFile::create(directory.path().join("astray")).unwrap_err().to_string();
        assert_eq!(
            error.replace(directory.path().to_str().unwrap(), "DIR"),
            "cannot write DIR/astray: the directory DIR/none does not exist; create it first"
        );
    }

    #[test]
    fn the_longest_names_are_taken_and_longer_ones_refused_at_once() {
        let directory = tempfile::tempdir().unwrap();
        for length in [239, 240, 255] {
            let path = directory.path().join("n".repeat(length));
            AtomicFile::create(&path).unwrap().commit().unwrap();
            assert!(path.exists(), "{length}");
        }
        let error = AtomicFile::create(directory.path().join("n".repeat(256))).unwrap_err();
        assert!(matches!(error, SinkError::Create { .. }), "{error}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn devices_are_written_and_not_replaced() {
        use std::os::unix::fs::FileTypeExt;
        let mut file = AtomicFile::create("/dev/null").unwrap();
        file.write_all(b"text").unwrap();
        file.commit().unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    }

    #[test]
    fn impossible_targets_are_explained() {
        let directory = tempfile::tempdir().unwrap();
        let message = |path: PathBuf| {
            let text = AtomicFile::create(path).unwrap_err().to_string();
            text.replace(directory.path().to_str().unwrap(), "DIR")
        };
        assert_eq!(
            message(directory.path().join("none/out.vcf")),
            "cannot write DIR/none/out.vcf: the directory DIR/none does not exist; create it first"
        );
        assert_eq!(
            message(directory.path().join("none/")),
            "cannot write DIR/none/: the directory DIR/none/ does not exist; create it first"
        );
        assert_eq!(message(directory.path().into()), "cannot write DIR: it is a directory; name a file in it");
    }
}
