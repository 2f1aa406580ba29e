//! The native libraries that kipos loads at run time, fetched as pinned wheels.

use std::env::consts::{ARCH, OS};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;
use crate::layout::Layout;
use crate::platform;
use crate::prerequisites;
use crate::process;
use crate::report;

/// The file that says which wheel the libraries beside it came from.
const STAMP: &str = "wheel.txt";

/// Makes sure that the machine has what the tasks need and that the pinned ONNX Runtime is in the
/// target directory.
pub(crate) fn provide_onnxruntime(layout: &Layout) -> Result<(), Error> {
    let onnxruntime = OnnxRuntime::new(layout)?;
    prerequisites::check(!onnxruntime.is_present())?;
    onnxruntime.ensure(layout)
}

/// ONNX Runtime's place in the target directory.
struct OnnxRuntime {
    requirements: PathBuf,
    wheel_tag: &'static str,
    /// What the stamp says when the library is the pinned one.
    pinned: String,
    /// Holds `directory`, the lock and the half-done work.
    native: PathBuf,
    directory: PathBuf,
}

impl OnnxRuntime {
    /// The library for this machine, whether or not it is there yet.
    fn new(layout: &Layout) -> Result<Self, Error> {
        let wheel_tag = platform::wheel_tag(OS, ARCH)?;
        let requirements = layout.xtask.join("requirements-native.txt");
        let text = fs::read_to_string(&requirements).map_err(Error::file("read", &requirements))?;
        let native = layout.target.join("native");
        Ok(Self {
            pinned: stamp(wheel_tag, &text),
            wheel_tag,
            requirements,
            directory: native.join("onnxruntime"),
            native,
        })
    }

    /// Whether the pinned library is in its place.
    fn is_present(&self) -> bool {
        fs::read_to_string(self.directory.join(STAMP)).is_ok_and(|stamp| stamp == self.pinned)
            && libraries(&self.directory).is_ok_and(|found| !found.is_empty())
    }

    /// Fetches the library unless it is present. A run that is cut off leaves nothing in the
    /// final place, and of several runs at once one fetches and the others wait for it.
    fn ensure(&self, layout: &Layout) -> Result<(), Error> {
        fs::create_dir_all(&self.native).map_err(Error::file("create", &self.native))?;
        let lock = self.native.join(".lock");
        let held = File::create(&lock).map_err(Error::file("create", &lock))?;
        held.lock().map_err(Error::file("lock", &lock))?;
        let place = layout.shown(&self.directory).display();
        if self.is_present() {
            report::line(format_args!("ONNX Runtime is in {place}"));
            return Ok(());
        }
        report::line(format_args!("fetching ONNX Runtime with pip into {place}"));
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

    /// Downloads and unpacks below `partial`; the result is a directory there that holds the
    /// libraries and the stamp.
    fn prepare(&self, partial: &Path) -> Result<PathBuf, Error> {
        let wheels = partial.join("wheels");
        let unpacked = partial.join("unpacked");
        let ready = partial.join("ready");
        for directory in [&wheels, &unpacked, &ready] {
            fs::create_dir_all(directory).map_err(Error::file("create", directory))?;
        }
        self.download(&wheels)?;
        let wheel = only_wheel(&wheels)?;
        process::run_silently(Command::new("python3").args(["-m", "zipfile", "-e"]).args([&wheel, &unpacked]))?
            .map_err(|last_lines| Error::Unpack { wheel: wheel.clone(), last_lines })?;
        let inside = unpacked.join("onnxruntime").join("capi");
        let found = libraries(&inside)?;
        if found.is_empty() {
            return Err(Error::Absent { what: "libonnxruntime", place: inside });
        }
        for name in found {
            let library = inside.join(&name);
            fs::rename(&library, ready.join(&name)).map_err(Error::file("move", &library))?;
        }
        let stamp = ready.join(STAMP);
        fs::write(&stamp, &self.pinned).map_err(Error::file("write", &stamp))?;
        Ok(ready)
    }

    /// Puts the pinned wheel, and nothing else, into `wheels`.
    fn download(&self, wheels: &Path) -> Result<(), Error> {
        process::run_silently(
            Command::new("python3")
                .args(["-m", "pip", "download"])
                .args(["--disable-pip-version-check", "--no-input"])
                .args(["--no-deps", "--require-hashes", "--only-binary", ":all:"])
                .args(["--implementation", "cp", "--python-version", "3.11"])
                .args(["--abi", "cp311", "--platform", self.wheel_tag])
                .arg("--dest")
                .arg(wheels)
                .arg("--requirement")
                .arg(&self.requirements),
        )?
        .map_err(|last_lines| Error::Download { last_lines })
    }
}

/// The stamp of a wheel: its platform and everything in the requirements file that pip reads.
fn stamp(wheel_tag: &str, requirements: &str) -> String {
    let pins = requirements.lines().filter(|line| !line.trim_start().starts_with('#'));
    std::iter::once(wheel_tag).chain(pins).flat_map(|line| [line, "\n"]).collect()
}

/// The names of the ONNX Runtime libraries in a directory (`libonnxruntime.so.1.27.0`, or
/// `libonnxruntime.1.27.0.dylib`; not those of the execution providers).
fn libraries(directory: &Path) -> Result<Vec<String>, Error> {
    let names = file_names(directory)?;
    Ok(names.into_iter().filter(|name| name.starts_with("libonnxruntime.")).collect())
}

fn only_wheel(directory: &Path) -> Result<PathBuf, Error> {
    file_names(directory)?
        .into_iter()
        .find(|name| name.ends_with(".whl"))
        .map(|name| directory.join(name))
        .ok_or_else(|| Error::Absent { what: "wheel", place: directory.to_owned() })
}

fn file_names(directory: &Path) -> Result<Vec<String>, Error> {
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

    fn placed_in(native: &Path) -> OnnxRuntime {
        OnnxRuntime {
            requirements: native.join("requirements.txt"),
            wheel_tag: "any",
            pinned: stamp("any", "a==1\n"),
            native: native.to_owned(),
            directory: native.join("onnxruntime"),
        }
    }

    #[test]
    fn the_stamp_changes_with_the_platform_and_the_pin_but_not_with_a_comment() {
        let first = stamp("linux", "# why\na==1 --hash=sha256:00\n");
        assert_eq!(first, stamp("linux", "a==1 --hash=sha256:00\n# more\n"));
        assert_ne!(first, stamp("macos", "a==1 --hash=sha256:00\n"));
        assert_ne!(first, stamp("linux", "a==1 --hash=sha256:01\n"));
    }

    #[test]
    fn only_a_library_with_the_right_stamp_counts_as_present() {
        let native = tempfile::tempdir().unwrap();
        let runtime = placed_in(native.path());
        assert!(!runtime.is_present());
        fs::create_dir(&runtime.directory).unwrap();
        fs::write(runtime.directory.join(STAMP), &runtime.pinned).unwrap();
        assert!(!runtime.is_present(), "a stamp alone");
        fs::write(runtime.directory.join("libonnxruntime.so.1"), "").unwrap();
        assert!(runtime.is_present());
        fs::write(runtime.directory.join(STAMP), "of another release").unwrap();
        assert!(!runtime.is_present(), "another stamp");
    }

    #[test]
    fn the_libraries_of_execution_providers_are_left_out() {
        let directory = tempfile::tempdir().unwrap();
        for name in ["libonnxruntime.so.1.27.0", "libonnxruntime_providers_shared.so", "onnxruntime_pybind11_state.so"]
        {
            fs::write(directory.path().join(name), "").unwrap();
        }
        assert_eq!(libraries(directory.path()).unwrap(), ["libonnxruntime.so.1.27.0"]);
    }

    #[test]
    fn a_requirement_that_pip_cannot_meet_leaves_nothing_in_the_final_place() {
        let native = tempfile::tempdir().unwrap();
        let runtime = placed_in(native.path());
        // Without an index pip refuses before it asks any server.
        let unmet = "--no-index\nno-such-package==1 --hash=sha256:00\n";
        fs::write(&runtime.requirements, unmet).unwrap();
        let error = runtime.fetch().unwrap_err();
        assert!(matches!(error, Error::Download { .. }), "{error}");
        assert!(error.to_string().contains("no-such-package"), "{error}");
        assert!(!runtime.directory.exists());
        assert!(!native.path().join(".partial").exists());
    }
}
