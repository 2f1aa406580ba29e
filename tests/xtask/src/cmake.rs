//! CMake, which builds the C library of HDF5.

use std::env::consts::{ARCH, OS};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::layout::Layout;
use crate::platform;
use crate::prerequisites;
use crate::process;
use crate::wheel::{Pinned, Wheel, file_names};

/// The directory that has to be on PATH for CMake to be found, if it is not found already: that of
/// the pinned one, which is fetched if need be.
pub(crate) fn provide(layout: &Layout) -> Result<Option<PathBuf>, Error> {
    if process::answers(OsStr::new("cmake"), &["--version"]) {
        return Ok(None);
    }
    let wheel = Wheel::new(
        layout,
        Pinned {
            name: "CMake",
            folder: "cmake",
            requirements: "requirements-cmake.txt",
            python: ("py", &["none"]),
            tags: vec![platform::cmake_tag(OS, ARCH)?],
            is_complete: |directory| directory.join("bin").join("cmake").exists(),
            take,
        },
    )?;
    prerequisites::check(!wheel.is_present())?;
    wheel.ensure(layout)?;
    Ok(Some(wheel.directory.join("bin")))
}

/// Moves the programs and their modules.
fn take(unpacked: &Path, ready: &Path) -> Result<(), Error> {
    let data = unpacked.join("cmake").join("data");
    if !data.join("bin").join("cmake").exists() {
        return Err(Error::Absent { what: "bin/cmake", place: data });
    }
    for folder in ["bin", "share"] {
        let from = data.join(folder);
        fs::rename(&from, ready.join(folder)).map_err(Error::file("move", &from))?;
    }
    // Python unpacks without the permission to run.
    let programs = ready.join("bin");
    file_names(&programs)?.iter().map(|name| programs.join(name)).try_for_each(|program| make_executable(&program))
}

#[cfg(unix)]
fn make_executable(program: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(program, fs::Permissions::from_mode(0o755)).map_err(Error::file("make executable", program))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> Result<(), Error> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn programs_can_be_run_and_lie_beside_their_modules() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let (data, ready) = (directory.path().join("cmake/data"), directory.path().join("ready"));
        for folder in [&data.join("bin"), &data.join("share"), &ready] {
            fs::create_dir_all(folder).unwrap();
        }
        assert!(matches!(take(directory.path(), &ready), Err(Error::Absent { .. })));
        fs::write(data.join("bin/cmake"), "").unwrap();
        take(directory.path(), &ready).unwrap();
        let mode = fs::metadata(ready.join("bin/cmake")).unwrap().permissions().mode();
        assert_eq!(mode & 0o111, 0o111);
        assert!(ready.join("share").is_dir());
    }
}
