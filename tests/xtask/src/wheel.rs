//! Wheels of PyPI that are pinned by their hashes, for what is inside them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;
use crate::layout::Layout;
use crate::process;
use crate::report;

/// The file that says which wheels what lies beside it came from.
const STAMP: &str = "wheel.txt";

/// One or several pinned wheels, and what is wanted of them.
pub(crate) struct Pinned {
    /// What messages call it.
    pub(crate) name: &'static str,
    /// Its directory in `target/native`.
    pub(crate) folder: &'static str,
    /// The requirements file of this crate that pins them.
    pub(crate) requirements: &'static str,
    /// The implementation that their file names say, and the ABIs.
    pub(crate) python: (&'static str, &'static [&'static str]),
    /// The platforms that their file names say.
    pub(crate) tags: Vec<&'static str>,
    /// Whether a directory holds what is wanted.
    pub(crate) is_complete: fn(&Path) -> bool,
    /// Moves what is wanted from the unpacked wheels into a directory.
    pub(crate) take: fn(&Path, &Path) -> Result<(), Error>,
}

/// What pinned wheels left in the target directory.
pub(crate) struct Wheel {
    pinned: Pinned,
    requirements: PathBuf,
    /// What the stamp says when the directory is that of the pinned wheels.
    stamp: String,
    /// Holds `directory`, the lock and the half-done work.
    native: PathBuf,
    pub(crate) directory: PathBuf,
}

impl Wheel {
    /// Its place in the target directory, whether or not it is there yet.
    pub(crate) fn new(layout: &Layout, pinned: Pinned) -> Result<Self, Error> {
        let requirements = layout.xtask.join(pinned.requirements);
        let text = fs::read_to_string(&requirements).map_err(Error::file("read", &requirements))?;
        let native = layout.target.join("native");
        Ok(Self {
            stamp: stamp(&pinned.tags, &text),
            directory: native.join(pinned.folder),
            pinned,
            requirements,
            native,
        })
    }

    /// Whether that of the pinned wheels is in its place.
    pub(crate) fn is_present(&self) -> bool {
        fs::read_to_string(self.directory.join(STAMP)).is_ok_and(|stamp| stamp == self.stamp)
            && (self.pinned.is_complete)(&self.directory)
    }

    /// Fetches it unless it is present. A run that is cut off leaves nothing in the
    /// final place, and of several runs at once one fetches and the others wait for it.
    pub(crate) fn ensure(&self, layout: &Layout) -> Result<(), Error> {
        fs::create_dir_all(&self.native).map_err(Error::file("create", &self.native))?;
        let lock = self.native.join(".lock");
        let held = File::create(&lock).map_err(Error::file("create", &lock))?;
        held.lock().map_err(Error::file("lock", &lock))?;
        let place = layout.shown(&self.directory).display();
        if self.is_present() {
            report::line(format_args!("{} is in {place}", self.pinned.name));
            return Ok(());
        }
        report::line(format_args!("fetching {} with pip into {place}", self.pinned.name));
        self.fetch()
    }

    /// Downloads, unpacks and puts in place.
    fn fetch(&self) -> Result<(), Error> {
        let partial = self.native.join(".partial");
        remove_if_present(&partial)?;
        let outcome = self.prepare(&partial).and_then(|ready| self.put_in_place(&ready));
        outcome.and(remove_if_present(&partial))
    }

    /// Replaces what is in the final place, if anything, by `ready`.
    fn put_in_place(&self, ready: &Path) -> Result<(), Error> {
        remove_if_present(&self.directory)?;
        fs::rename(ready, &self.directory).map_err(Error::file("move", ready))
    }

    /// Downloads and unpacks below `partial`; the result is a directory there that holds what
    /// is wanted and the stamp.
    fn prepare(&self, partial: &Path) -> Result<PathBuf, Error> {
        let wheels = partial.join("wheels");
        let unpacked = partial.join("unpacked");
        let ready = partial.join("ready");
        for directory in [&wheels, &unpacked, &ready] {
            fs::create_dir_all(directory).map_err(Error::file("create", directory))?;
        }
        self.download(&wheels)?;
        for wheel in found_wheels(&wheels)? {
            process::run_silently(Command::new("python3").args(["-m", "zipfile", "-e"]).args([&wheel, &unpacked]))?
                .map_err(|last_lines| Error::Unpack { wheel, last_lines })?;
        }
        (self.pinned.take)(&unpacked, &ready)?;
        let stamp = ready.join(STAMP);
        fs::write(&stamp, &self.stamp).map_err(Error::file("write", &stamp))?;
        Ok(ready)
    }

    /// Puts the pinned wheels, and nothing else, into `wheels`.
    fn download(&self, wheels: &Path) -> Result<(), Error> {
        let (implementation, abis) = self.pinned.python;
        process::run_silently(
            Command::new("python3")
                .args(["-m", "pip", "download"])
                .args(["--disable-pip-version-check", "--no-input"])
                .args(["--no-deps", "--require-hashes", "--only-binary", ":all:"])
                .args(["--python-version", "3.11", "--implementation", implementation])
                .args(abis.iter().flat_map(|abi| ["--abi", abi]))
                .args(self.pinned.tags.iter().flat_map(|tag| ["--platform", tag]))
                .arg("--dest")
                .arg(wheels)
                .arg("--requirement")
                .arg(&self.requirements),
        )?
        .map_err(|last_lines| Error::Download { what: self.pinned.name, last_lines })
    }
}

/// The stamp of wheels: their platforms and everything in the requirements file that pip reads.
fn stamp(tags: &[&str], requirements: &str) -> String {
    let pins = requirements.lines().filter(|line| !line.trim_start().starts_with('#'));
    tags.iter().copied().chain(pins).flat_map(|line| [line, "\n"]).collect()
}

fn found_wheels(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let names = file_names(directory)?;
    let wheels = names.iter().filter(|name| name.ends_with(".whl")).map(|name| directory.join(name));
    let wheels: Vec<PathBuf> = wheels.collect();
    if wheels.is_empty() { Err(Error::Absent { what: "wheel", place: directory.to_owned() }) } else { Ok(wheels) }
}

pub(crate) fn file_names(directory: &Path) -> Result<Vec<String>, Error> {
    fs::read_dir(directory)
        .and_then(|entries| entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect())
        .map_err(Error::file("read", directory))
}

fn remove_if_present(directory: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::file("remove", directory)(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed_in(native: &Path) -> Wheel {
        Wheel {
            pinned: Pinned {
                name: "A",
                folder: "a",
                requirements: "",
                python: ("cp", &["cp311"]),
                tags: vec!["any"],
                is_complete: |directory| directory.join("a.so").exists(),
                take: |_, _| Ok(()),
            },
            requirements: native.join("requirements.txt"),
            stamp: stamp(&["any"], "a==1\n"),
            native: native.to_owned(),
            directory: native.join("a"),
        }
    }

    #[test]
    fn the_stamp_changes_with_the_platform_and_the_pin_but_not_with_a_comment() {
        let first = stamp(&["linux"], "# why\na==1 --hash=sha256:00\n");
        assert_eq!(first, stamp(&["linux"], "a==1 --hash=sha256:00\n# more\n"));
        assert_ne!(first, stamp(&["macos"], "a==1 --hash=sha256:00\n"));
        assert_ne!(first, stamp(&["linux"], "a==1 --hash=sha256:01\n"));
    }

    #[test]
    fn only_what_is_complete_and_has_the_right_stamp_counts_as_present() {
        let native = tempfile::tempdir().unwrap();
        let wheel = placed_in(native.path());
        assert!(!wheel.is_present());
        fs::create_dir(&wheel.directory).unwrap();
        fs::write(wheel.directory.join(STAMP), &wheel.stamp).unwrap();
        assert!(!wheel.is_present(), "a stamp alone");
        fs::write(wheel.directory.join("a.so"), "").unwrap();
        assert!(wheel.is_present());
        fs::write(wheel.directory.join(STAMP), "of another release").unwrap();
        assert!(!wheel.is_present(), "another stamp");
    }

    #[test]
    fn a_requirement_that_pip_cannot_meet_leaves_nothing_in_the_final_place() {
        let native = tempfile::tempdir().unwrap();
        let wheel = placed_in(native.path());
        // Without an index pip refuses before it asks any server.
        let unmet = "--no-index\nno-such-package==1 --hash=sha256:00\n";
        fs::write(&wheel.requirements, unmet).unwrap();
        let error = wheel.fetch().unwrap_err();
        assert!(matches!(error, Error::Download { .. }), "{error}");
        assert!(error.to_string().contains("no-such-package"), "{error}");
        assert!(!wheel.directory.exists());
        assert!(!native.path().join(".partial").exists());
    }
}
