//! LibTorch, which the PyTorch plugin is built against.

use std::env;
use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::layout::Layout;
use crate::platform;
use crate::prerequisites;
use crate::report;
use crate::wheel::{Pinned, Wheel};

/// The packages that cannot be built without LibTorch.
pub(crate) const PACKAGES: [&str; 2] = ["kipos-plugin-torch", "kipos-torch-tests"];

/// The variable that names LibTorch to the build of these packages.
pub(crate) const VARIABLE: &str = "LIBTORCH";

/// What the wheels hold that is wanted. The rest, half a gigabyte, is for CUDA and Python.
const WANTED: [&str; 6] = [
    "torch/include",
    "torch/lib/libc10.so",
    "torch/lib/libgomp.so.1",
    "torch/lib/libtorch_cpu.so",
    "nvidia/cu13/lib/libcudart.so.13",
    "nvidia/cu13/lib/libcupti.so.13",
];

/// What programs are linked to. The library of that name would bring in CUDA, so a script for the linker replaces it.
const LINKED: &str = "torch/lib/libtorch.so";
const LINKER_SCRIPT: &str = "INPUT(libtorch_cpu.so)\n";

/// The LibTorch to build with: the one that the user names, or the pinned one, which is fetched if need be. `None`, with
/// a note, where none is pinned for this machine.
pub(crate) fn provide(layout: &Layout) -> Result<Option<PathBuf>, Error> {
    if let Some(named) = env::var_os(VARIABLE).map(PathBuf::from).filter(|named| !is_default(named, layout)) {
        report::line(format_args!("LibTorch is in {} ({VARIABLE})", named.display()));
        return Ok(Some(named));
    }
    let Some(tags) = platform::libtorch_tags(OS, ARCH) else {
        report::line(format_args!(
            "no LibTorch is pinned for {OS} on {ARCH}: the PyTorch plugin is left out; to have it, set {VARIABLE} to \
             the directory of a LibTorch 2.13.0"
        ));
        return Ok(None);
    };
    let wheel = Wheel::new(
        layout,
        Pinned {
            name: "LibTorch",
            folder: "libtorch",
            requirements: "requirements-torch.txt",
            python: ("cp", &["cp311", "none"]),
            tags,
            is_complete: |directory| WANTED.iter().chain([&LINKED]).all(|path| directory.join(path).exists()),
            take,
        },
    )?;
    prerequisites::check(!wheel.is_present())?;
    wheel.ensure(layout)?;
    Ok(Some(wheel.directory.join("torch")))
}

/// Whether this is what .cargo/config.toml says, which reaches xtask too.
fn is_default(named: &Path, layout: &Layout) -> bool {
    named == layout.root.join("target/native/libtorch/torch")
}

/// Moves what is wanted and writes the script for the linker.
fn take(unpacked: &Path, ready: &Path) -> Result<(), Error> {
    for path in WANTED {
        let (from, to) = (unpacked.join(path), ready.join(path));
        if !from.exists() {
            return Err(Error::Absent { what: path, place: unpacked.to_owned() });
        }
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent).map_err(Error::file("create", parent))?;
        }
        fs::rename(&from, &to).map_err(Error::file("move", &from))?;
    }
    let script = ready.join(LINKED);
    fs::write(&script, LINKER_SCRIPT).map_err(Error::file("write", &script))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_taken_and_linked_without_cuda() {
        let directory = tempfile::tempdir().unwrap();
        let (unpacked, ready) = (directory.path().join("unpacked"), directory.path().join("ready"));
        for path in WANTED.iter().chain([&"torch/lib/libtorch_cuda.so", &LINKED]) {
            let file = unpacked.join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "").unwrap();
        }
        take(&unpacked, &ready).unwrap();
        assert!(WANTED.iter().all(|path| ready.join(path).exists()));
        assert!(!ready.join("torch/lib/libtorch_cuda.so").exists());
        assert_eq!(fs::read_to_string(ready.join(LINKED)).unwrap(), LINKER_SCRIPT);
        assert!(matches!(take(&unpacked, &ready), Err(Error::Absent { what: "torch/include", .. })));
    }
}
