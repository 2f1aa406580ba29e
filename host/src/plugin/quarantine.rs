//! Remembering, across processes, that a library brought a process down while it was loaded.
//!
//! While a library is probed and loaded, a *sentinel* file lies in the state directory, locked by the process that
//! made it. A process that ends in the middle leaves it behind, and the system drops its lock: so a sentinel whose lock
//! is free belongs to a process that is gone. The process id is in it for people; by itself it proves little, because
//! ids are used again, are always the same in containers, and mean nothing on another machine that shares the
//! directory.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hasher as _};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process;

/// The sentinels of all processes.
#[derive(Debug)]
pub(super) struct Sentinels {
    dir: PathBuf,
}

/// Present while one library is being loaded; dropping it says that the process survived.
#[derive(Debug)]
pub(super) struct Sentinel {
    path: PathBuf,
    /// Holds the lock.
    _file: File,
}

impl Sentinel {
    /// Where it lies.
    #[cfg(test)]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Sentinels {
    /// The directory that holds them.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The sentinels in a state directory, which is made if absent.
    pub fn open(state_dir: &Path) -> io::Result<Self> {
        let dir = state_dir.join("loading");
        fs::create_dir_all(&dir)?;
        Ok(Self { dir })
    }

    /// Writes the sentinel of a library that is about to be loaded.
    pub fn begin(&self, library: &Path, hash: u64) -> io::Result<Sentinel> {
        let (path, mut file) = self.create()?;
        let sentinel = file.lock().and_then(|()| file.write_all(describe(library, hash).as_bytes()));
        if let Err(error) = sentinel {
            // Without lock and text it would say nothing; that it stays when it cannot be removed does no harm.
            let _ = fs::remove_file(path);
            return Err(error);
        }
        Ok(Sentinel { path, _file: file })
    }

    /// A sentinel of a process that ended while it loaded this very file. Those of an earlier content of the file are
    /// removed on the way.
    pub fn left_behind(&self, library: &Path, hash: u64) -> Option<PathBuf> {
        let current = describe(library, hash);
        let mut entries: Vec<PathBuf> = fs::read_dir(&self.dir).ok()?.flatten().map(|entry| entry.path()).collect();
        entries.sort();
        entries.into_iter().find(|path| {
            let Some(text) = abandoned(path) else { return false };
            if same_line(&text, &current, HASH) && same_line(&text, &current, LIBRARY) {
                return true;
            }
            if same_line(&text, &current, LIBRARY) {
                let _ = fs::remove_file(path);
            }
            false
        })
    }

    /// A new file whose name nobody uses: a leftover of an earlier process with the same id must stay.
    fn create(&self) -> io::Result<(PathBuf, File)> {
        let mut count = 0u32;
        loop {
            let path = self.dir.join(format!("{}-{count}", process::id()));
            match File::create_new(&path) {
                Ok(file) => return Ok((path, file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => count += 1,
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        // Before the lock is released with the file, so that nobody finds it unlocked. One that cannot be removed
        // quarantines the library, and the reason then names the file.
        let _ = fs::remove_file(&self.path);
    }
}

const HASH: &str = "hash ";
const LIBRARY: &str = "library ";

fn describe(library: &Path, hash: u64) -> String {
    format!("process {}\n{HASH}{hash:016x}\n{LIBRARY}{}\n", process::id(), library.display())
}

fn same_line(a: &str, b: &str, start: &str) -> bool {
    let line = |text: &str| text.lines().find_map(|line| line.strip_prefix(start).map(str::to_owned));
    line(a).is_some() && line(a) == line(b)
}

/// The text of a sentinel whose process is gone; `None` if it lives, or if that cannot be told.
fn abandoned(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok()?;
    file.try_lock_shared().ok()?;
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    // Its process may have finished between the opening and the lock; then the file is gone from the directory.
    path.exists().then_some(text)
}

/// A hash of a file's content. It tells a rebuilt library from the one that crashed, not a forged one from a real
/// one, so the standard library's hasher is enough; should another release of it hash differently, a library is
/// tried once more.
pub(crate) fn hash_file(path: &Path) -> io::Result<u64> {
    // Its keys are fixed; those of a `RandomState` would differ between processes.
    let mut hasher = DefaultHasher::new();
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finish()),
            read => hasher.write(&buffer[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use tempfile::{TempDir, tempdir};

    use super::*;

    const LIB: &str = "/plugins/libkipos_plugin_x.so";

    fn sentinels() -> (TempDir, Sentinels) {
        let dir = tempdir().unwrap();
        let sentinels = Sentinels::open(&dir.path().join("state/kipos")).unwrap();
        (dir, sentinels)
    }

    /// What a crash leaves: the file stays, the lock does not.
    fn crash(sentinels: &Sentinels, library: &str, hash: u64) -> PathBuf {
        let sentinel = sentinels.begin(Path::new(library), hash).unwrap();
        let text = fs::read(&sentinel.path).unwrap();
        let path = sentinels.dir.join("99999999-0");
        fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn a_survived_load_leaves_nothing() {
        let (_dir, sentinels) = sentinels();
        drop(sentinels.begin(Path::new(LIB), 7).unwrap());
        assert_eq!(sentinels.left_behind(Path::new(LIB), 7), None);
        assert_eq!(fs::read_dir(&sentinels.dir).unwrap().count(), 0);
    }

    #[test]
    fn a_living_process_does_not_count() {
        let (_dir, sentinels) = sentinels();
        let first = sentinels.begin(Path::new(LIB), 7).unwrap();
        let second = sentinels.begin(Path::new(LIB), 7).unwrap();
        assert_ne!(first.path, second.path);
        assert_eq!(sentinels.left_behind(Path::new(LIB), 7), None);
    }

    #[test]
    fn a_crash_counts_until_its_sentinel_is_removed() {
        let (_dir, sentinels) = sentinels();
        let left = crash(&sentinels, LIB, 7);
        assert_eq!(sentinels.left_behind(Path::new(LIB), 7), Some(left.clone()));
        assert_eq!(sentinels.left_behind(Path::new(LIB), 7), Some(left.clone()));
        fs::remove_file(left).unwrap();
        assert_eq!(sentinels.left_behind(Path::new(LIB), 7), None);
    }

    #[test]
    fn another_library_or_content_does_not_count() {
        let (_dir, sentinels) = sentinels();
        let left = crash(&sentinels, LIB, 7);
        assert_eq!(sentinels.left_behind(Path::new("/plugins/libkipos_plugin_y.so"), 7), None);
        assert!(left.exists());
        assert_eq!(sentinels.left_behind(Path::new(LIB), 8), None);
        assert!(!left.exists(), "the library was rebuilt, so its old crash says nothing any more");
    }

    #[test]
    fn a_file_that_is_no_sentinel_does_not_count() {
        let (_dir, sentinels) = sentinels();
        for text in ["", "process 1\n", "\u{0}"] {
            fs::write(sentinels.dir.join("1-0"), text).unwrap();
            assert_eq!(sentinels.left_behind(Path::new(LIB), 7), None);
        }
    }

    #[test]
    fn the_hash_is_of_the_content() {
        let dir = tempdir().unwrap();
        let hash = |name: &str, text: &[u8]| {
            fs::write(dir.path().join(name), text).unwrap();
            hash_file(&dir.path().join(name)).unwrap()
        };
        let long = vec![1u8; 200_000];
        assert_eq!(hash("a", &long), hash("b", &long));
        assert_ne!(hash("a", &long), hash("a", &long[1..]));
    }
}
