//! The partial files of this process, for whoever has to end it in the middle of a run.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static FILES: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn files() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    FILES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file that is listed as long as this lives.
#[derive(Debug)]
pub(super) struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    pub(super) fn new(path: &Path) -> Self {
        files().insert(path.to_owned());
        Self { path: path.to_owned() }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        files().remove(&self.path);
    }
}

/// Removes the partial files of all runs of this process, which must end at once. Runs that are dropped, or fail, remove
/// their own: this is for a process that waits for a library that does not come back.
pub fn remove_unfinished_files() {
    for path in files().iter() {
        // Nothing can be done about one that cannot be removed.
        let _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::AtomicFile;

    #[test]
    fn a_partial_file_is_listed_until_it_is_complete_or_dropped() {
        let directory = tempfile::tempdir().unwrap();
        let listed = || files().iter().filter(|path| path.starts_with(directory.path())).count();
        let (first, second) = (directory.path().join("first.vcf"), directory.path().join("second.vcf"));
        let kept = AtomicFile::create(&first).unwrap();
        let dropped = AtomicFile::create(&second).unwrap();
        assert_eq!(listed(), 2);
        drop(dropped);
        assert_eq!(listed(), 1);
        kept.commit().unwrap();
        assert_eq!(listed(), 0);
    }
}
