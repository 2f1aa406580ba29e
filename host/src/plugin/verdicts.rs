//! What was found of libraries, kept for later runs.
//!
//! A verdict is kept under the SHA-256 digest of the file, so that it holds wherever the file is, and no longer when another
//! file takes its place. So that no run has to read whole files, the digest of each is kept under its path, with all that
//! changes when a file is written.

use std::fs::{self, File, Metadata};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use super::finding::Finding;
use crate::sha256::sha256_of;
use crate::state_file;

/// A verdict of one version of kipos is not one of another.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// More bytes than a file of this room has.
const LONGEST: u64 = 1 << 16;

/// The verdicts of all runs.
#[derive(Debug)]
pub(super) struct Verdicts {
    dir: PathBuf,
}

/// What is known of a library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// What was found when it was opened.
    Found(Finding),
    /// A process died of opening it.
    Died(Deaths),
}

/// That processes died of opening a library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Deaths {
    /// How the last one did, as the end of a sentence.
    pub how: String,
    /// How many, one after the other.
    pub times: u64,
}

/// All that changes when a file is written, without what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp(String);

/// The digest of a file's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileDigest(String);

impl Stamp {
    /// That of a file as it is now.
    pub fn of(file: &Path) -> io::Result<Self> {
        Ok(Self::of_metadata(&file.metadata()?))
    }

    #[cfg(unix)]
    fn of_metadata(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        let (written, changed) = ((metadata.mtime(), metadata.mtime_nsec()), (metadata.ctime(), metadata.ctime_nsec()));
        Self(format!("{} {} {} {written:?} {changed:?}", metadata.dev(), metadata.ino(), metadata.len()))
    }

    #[cfg(not(unix))]
    fn of_metadata(metadata: &Metadata) -> Self {
        Self(format!("{} {:?}", metadata.len(), metadata.modified().ok()))
    }
}

impl Verdicts {
    /// Those in a state directory. Nothing is made before something is kept.
    pub fn new(state_dir: &Path) -> Self {
        Self { dir: state_dir.join("plugins") }
    }

    /// Where they are.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The digest of a file, if it was kept when the file had this stamp.
    pub fn kept_digest(&self, file: &Path, stamp: &Stamp) -> Option<FileDigest> {
        let known = read(&self.digest_file(file))?;
        let is = |key: &str, value: &str| known.get(key).and_then(Json::as_str) == Some(value);
        let holds = is("stamp", &stamp.0) && is("path", &file.to_string_lossy());
        known.get("sha256").and_then(Json::as_str).filter(|_| holds).map(|digest| FileDigest(digest.to_owned()))
    }

    /// Keeps the digest of a file. The verdict on what was there before goes.
    pub fn keep_digest(&self, file: &Path, stamp: &Stamp, digest: &FileDigest) -> io::Result<()> {
        let place = self.digest_file(file);
        if let Some(before) = read(&place).as_ref().and_then(|known| known.get("sha256")?.as_str())
            && before != digest.0
        {
            // Should another file still have that content, it is opened once more.
            let _ = fs::remove_file(self.verdict_file(&FileDigest(before.to_owned())));
        }
        let known = json!({ "path": file.to_string_lossy(), "stamp": stamp.0, "sha256": digest.0 });
        write(&place, &known)
    }

    /// The verdict on a content.
    pub fn known(&self, digest: &FileDigest) -> Option<Verdict> {
        let json = read(&self.verdict_file(digest))?;
        if let Some(finding) = Finding::from_json(&json) {
            return Some(Verdict::Found(finding));
        }
        let how = json.get("died")?.as_str()?.to_owned();
        Some(Verdict::Died(Deaths { how, times: json.get("times")?.as_u64()? }))
    }

    /// Keeps a finding.
    pub fn keep(&self, digest: &FileDigest, finding: &Finding) -> io::Result<()> {
        write(&self.verdict_file(digest), &finding.to_json())
    }

    /// Counts one more death by a content that had `before` when its process was started, and says how many there are.
    ///
    /// If another process counted one meanwhile, this one is not another: both may have the same cause, such as a machine
    /// that is out of memory, and only what happens again afterwards is the library's fault.
    pub fn count_death(&self, digest: &FileDigest, before: u64, how: &str) -> io::Result<u64> {
        match self.known(digest) {
            Some(Verdict::Died(deaths)) if deaths.times != before => return Ok(deaths.times),
            Some(Verdict::Found(_)) => return Ok(0),
            Some(Verdict::Died(_)) | None => {}
        }
        write(&self.verdict_file(digest), &json!({ "died": how, "times": before + 1 }))?;
        Ok(before + 1)
    }

    /// Where the verdict on a content is.
    pub fn verdict_file(&self, digest: &FileDigest) -> PathBuf {
        self.dir.join(format!("{}-{VERSION}", digest.0))
    }

    fn digest_file(&self, file: &Path) -> PathBuf {
        let mut hasher = DefaultHasher::new();
        file.hash(&mut hasher);
        self.dir.join(format!("path-{:016x}", hasher.finish()))
    }
}

/// The digest of a file, which is read.
pub(super) fn digest(file: &Path) -> io::Result<FileDigest> {
    Ok(FileDigest(sha256_of(File::open(file)?)?))
}

/// What a file of this room says.
fn read(file: &Path) -> Option<Json> {
    serde_json::from_str(&state_file::read(file, LONGEST)?).ok()
}

fn write(file: &Path, json: &Json) -> io::Result<()> {
    state_file::write(file, &format!("{json}\n"))
}

#[cfg(test)]
mod tests {
    use tempfile::{TempDir, tempdir};

    use super::super::finding::Refused;
    use super::*;

    fn verdicts() -> (TempDir, Verdicts, FileDigest) {
        let dir = tempdir().unwrap();
        let verdicts = Verdicts::new(&dir.path().join("state/kipos"));
        (dir, verdicts, FileDigest("ab".repeat(32)))
    }

    fn finding() -> Finding {
        Finding::Refused(Refused { probed: None, reason: "so".into(), lasts: true })
    }

    #[test]
    fn the_digest_is_that_of_the_standard() {
        let dir = tempdir().unwrap();
        let file = dir.path().join("abc");
        fs::write(&file, "abc").unwrap();
        // The example of FIPS 180-2.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest(&file).unwrap(), FileDigest(expected.into()));
    }

    #[test]
    fn a_digest_is_kept_until_the_file_changes() {
        let (dir, verdicts, own) = verdicts();
        let file = dir.path().join("library");
        fs::write(&file, "abc").unwrap();
        let stamp = Stamp::of(&file).unwrap();
        assert_eq!(verdicts.kept_digest(&file, &stamp), None);
        verdicts.keep_digest(&file, &stamp, &own).unwrap();
        assert_eq!(verdicts.kept_digest(&file, &stamp), Some(own.clone()));
        assert_eq!(verdicts.kept_digest(&dir.path().join("other"), &stamp), None);
        fs::write(&file, "abcd").unwrap();
        assert_eq!(verdicts.kept_digest(&file, &Stamp::of(&file).unwrap()), None);
        // The verdict on the content that is gone goes with it.
        verdicts.keep(&own, &finding()).unwrap();
        verdicts.keep_digest(&file, &Stamp::of(&file).unwrap(), &FileDigest("cd".repeat(32))).unwrap();
        assert_eq!(verdicts.known(&own), None);
    }

    #[test]
    fn findings_and_deaths_are_kept() {
        let (_dir, verdicts, digest) = verdicts();
        assert_eq!(verdicts.known(&digest), None);
        assert_eq!(verdicts.count_death(&digest, 0, "died of SIGBUS").unwrap(), 1);
        let died = |times| Some(Verdict::Died(Deaths { how: "died of SIGBUS".into(), times }));
        assert_eq!(verdicts.known(&digest), died(1));
        assert_eq!(verdicts.count_death(&digest, 1, "died of SIGBUS").unwrap(), 2);
        assert_eq!(verdicts.known(&digest), died(2));
        verdicts.keep(&digest, &finding()).unwrap();
        assert_eq!(verdicts.known(&digest), Some(Verdict::Found(finding())));
    }

    #[test]
    fn deaths_at_the_same_time_are_one() {
        let (_dir, verdicts, digest) = verdicts();
        for _ in 0..16 {
            assert_eq!(verdicts.count_death(&digest, 0, "did not answer").unwrap(), 1);
        }
        verdicts.keep(&digest, &finding()).unwrap();
        assert_eq!(verdicts.count_death(&digest, 0, "did not answer").unwrap(), 0, "another process opened it well");
    }

    #[test]
    fn what_cannot_be_read_is_not_known() {
        let (_dir, verdicts, digest) = verdicts();
        verdicts.keep(&digest, &finding()).unwrap();
        let file = verdicts.verdict_file(&digest);
        for text in ["", "{", "[]", r#"{"died": 3}"#, &" ".repeat(70_000)] {
            fs::write(&file, text).unwrap();
            assert_eq!(verdicts.known(&digest), None, "{text}");
        }
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        assert_eq!(verdicts.known(&digest), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_in_the_directory_is_not_waited_for() {
        let (_dir, verdicts, digest) = verdicts();
        verdicts.keep(&digest, &finding()).unwrap();
        let file = verdicts.verdict_file(&digest);
        fs::remove_file(&file).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&file).status().unwrap();
        assert!(made.success());
        assert_eq!(verdicts.known(&digest), None);
        verdicts.keep(&digest, &finding()).unwrap();
        assert_eq!(verdicts.known(&digest), Some(Verdict::Found(finding())));
    }
}
