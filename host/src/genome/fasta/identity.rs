//! What tells that a file was changed or replaced while it was read.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;
use std::time::SystemTime;

/// What a file was like when it was opened.
pub(super) struct FileIdentity {
    opened: File,
    found: Marks,
}

/// Size, time of the last change, and which file of which device it is.
#[derive(Debug, PartialEq, Eq)]
struct Marks {
    size: u64,
    modified: Option<SystemTime>,
    #[cfg(unix)]
    file: (u64, u64),
}

impl Marks {
    fn of(metadata: &Metadata) -> Self {
        Self {
            size: metadata.len(),
            modified: metadata.modified().ok(),
            #[cfg(unix)]
            file: {
                use std::os::unix::fs::MetadataExt;
                (metadata.dev(), metadata.ino())
            },
        }
    }
}

impl FileIdentity {
    /// That of a file that was just opened.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn of(opened: &File) -> io::Result<Self> {
        let opened = opened.try_clone()?;
        let found = Marks::of(&opened.metadata()?);
        Ok(Self { opened, found })
    }

    /// Whether the file at `path` is still the one that was opened, with the same size and time. One that was removed
    /// stays readable as long as it is open.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn is_unchanged(&self, path: &Path) -> io::Result<bool> {
        let now = match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.opened.metadata()?,
            found => found?,
        };
        Ok(Marks::of(&now) == self.found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::FileTimes;
    use std::time::Duration;

    #[test]
    fn every_change_of_a_file_is_noticed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("g.fa");
        let opened = || {
            fs::write(&path, ">a\nACGT\n").unwrap();
            FileIdentity::of(&File::open(&path).unwrap()).unwrap()
        };
        let identity = opened();
        assert!(identity.is_unchanged(&path).unwrap());
        fs::write(&path, ">a\nACGTA\n").unwrap();
        assert!(!identity.is_unchanged(&path).unwrap(), "another size");

        let identity = opened();
        let later = FileTimes::new().set_modified(SystemTime::now() + Duration::from_secs(5));
        File::options().write(true).open(&path).unwrap().set_times(later).unwrap();
        assert!(!identity.is_unchanged(&path).unwrap(), "another time");

        let identity = opened();
        fs::remove_file(&path).unwrap();
        assert!(identity.is_unchanged(&path).unwrap(), "removed, but still open");
        #[cfg(unix)]
        {
            // A copy with the same size and time in its place.
            let times = FileTimes::new().set_modified(identity.found.modified.unwrap());
            fs::write(&path, ">a\nACGT\n").unwrap();
            File::options().write(true).open(&path).unwrap().set_times(times).unwrap();
            assert!(!identity.is_unchanged(&path).unwrap(), "another file");
        }
    }
}
