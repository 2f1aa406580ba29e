//! Digests of files that are kept for later runs.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::sha256::{sha256, sha256_of};
use crate::state_file;

/// Smaller files are read again by each run: that takes as long as looking for their digests.
const SMALLEST_KEPT: u64 = 1 << 22;
/// More than a kept digest has.
const LONGEST_RECORD: u64 = 1 << 12;

/// Digests of files. Those of large ones are kept in the state directory, if there is one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileDigests<'a> {
    state_dir: Option<&'a Path>,
}

impl<'a> FileDigests<'a> {
    /// Digests that are kept in this directory.
    pub(crate) fn new(state_dir: Option<&'a Path>) -> Self {
        Self { state_dir }
    }

    /// The SHA-256 of a file, as `sha256:` and its digits.
    ///
    /// # Errors
    /// The file cannot be read; or it is no file but a pipe or a device, which may have no end and can be read only once.
    pub(crate) fn of(self, path: &Path) -> io::Result<String> {
        let metadata = fs::metadata(path)?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "expected a regular file"));
        }
        let stamp = Stamp::of_metadata(&metadata)?;
        let place = if stamp.size < SMALLEST_KEPT { None } else { self.place(path) };
        let kept = KeptDigest { place, stamp, content: "file" };
        if let Some(digest) = kept.recall() {
            return Ok(format!("sha256:{digest}"));
        }
        let digest = sha256_of(File::open(path)?)?;
        if Stamp::of(path).is_ok_and(|after| after == kept.stamp) {
            kept.keep(&digest);
        }
        Ok(format!("sha256:{digest}"))
    }

    /// Where the digest of a file is kept.
    pub(super) fn place(self, path: &Path) -> Option<PathBuf> {
        let full = fs::canonicalize(path).ok()?;
        let name = sha256(full.as_os_str().as_encoded_bytes());
        Some(self.state_dir?.join("digests").join(&name[..32]))
    }
}

/// What tells that a file is still the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) size: u64,
    /// Nanoseconds since 1970.
    modified: i128,
    inode: u64,
}

impl Stamp {
    /// That of a file.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        Self::of_metadata(&fs::metadata(path)?)
    }

    fn of_metadata(metadata: &Metadata) -> io::Result<Self> {
        let modified = match metadata.modified()?.duration_since(UNIX_EPOCH) {
            Ok(after) => after.as_nanos() as i128,
            Err(before) => -(before.duration().as_nanos() as i128),
        };
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(metadata);
        #[cfg(not(unix))]
        let inode = 0;
        Ok(Self { size: metadata.len(), modified, inode })
    }
}

/// The place of a digest, and what it is the digest of.
pub(super) struct KeptDigest<'a> {
    pub(super) place: Option<PathBuf>,
    pub(super) stamp: Stamp,
    /// A word for what of the file the digest is of.
    pub(super) content: &'a str,
}

impl KeptDigest<'_> {
    /// The first lines of a record.
    fn head(&self) -> String {
        let Stamp { size, modified, inode } = self.stamp;
        format!("kipos digest 1\nof {}\nsize {size}\nmodified {modified}\ninode {inode}\nsha256 ", self.content)
    }

    /// The digest, if it is kept and the file is still the same.
    pub(super) fn recall(&self) -> Option<String> {
        let text = state_file::read(self.place.as_ref()?, LONGEST_RECORD)?;
        let digest = text.strip_prefix(&self.head())?.strip_suffix('\n')?;
        let is_whole = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_whole.then(|| digest.to_owned())
    }

    /// Keeps the digest; whether that was possible.
    pub(super) fn keep(&self, digest: &str) -> bool {
        let text = format!("{}{digest}\n", self.head());
        self.place.as_ref().is_some_and(|place| state_file::write(place, &text).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_of_large_files_are_kept_until_the_files_change() {
        let directory = tempfile::tempdir().unwrap();
        let state = directory.path().join("state");
        let digests = FileDigests::new(Some(&state));
        let (small, large) = (directory.path().join("small"), directory.path().join("large"));
        fs::write(&small, "abc").unwrap();
        fs::write(&large, vec![b'a'; SMALLEST_KEPT as usize]).unwrap();
        assert_eq!(
            digests.of(&small).unwrap(),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert!(!state.exists());
        let first = digests.of(&large).unwrap();
        assert_eq!(first, format!("sha256:{}", sha256(vec![b'a'; SMALLEST_KEPT as usize])));
        let place = digests.place(&large).unwrap();
        // A digest that is found is believed.
        let other = fs::read_to_string(&place).unwrap().replace(&first["sha256:".len()..], &"0".repeat(64));
        fs::write(&place, &other).unwrap();
        assert_eq!(digests.of(&large).unwrap(), format!("sha256:{}", "0".repeat(64)));
        // Neither that of a file of another stamp, nor half of one.
        fs::write(&place, other.replace("inode ", "inode 1")).unwrap();
        assert_eq!(digests.of(&large).unwrap(), first);
        fs::write(&place, &other[..other.len() - 9]).unwrap();
        assert_eq!(digests.of(&large).unwrap(), first);
        assert_eq!(FileDigests::new(None).of(&large).unwrap(), first);
        let shorter = directory.path().join("shorter");
        fs::write(&shorter, vec![b'a'; SMALLEST_KEPT as usize - 1]).unwrap();
        assert_ne!(digests.of(&shorter).unwrap(), first);
        assert_eq!(fs::read_dir(state.join("digests")).unwrap().count(), 1, "no partial file stays");
        assert_eq!(digests.of(directory.path()).unwrap_err().to_string(), "expected a regular file");
        assert_eq!(digests.of(&directory.path().join("absent")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
