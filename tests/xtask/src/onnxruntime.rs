//! ONNX Runtime, which the plugin of the same name loads at run time.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::Path;

use crate::error::Error;
use crate::layout::Layout;
use crate::platform;
use crate::prerequisites;
use crate::wheel::{Pinned, Wheel, file_names};

/// Makes sure that the machine has what the tasks need and that the pinned ONNX Runtime is in the
/// target directory.
pub(crate) fn provide(layout: &Layout) -> Result<(), Error> {
    let wheel = Wheel::new(
        layout,
        Pinned {
            name: "ONNX Runtime",
            folder: "onnxruntime",
            requirements: "requirements-native.txt",
            python: ("cp", &["cp311"]),
            tags: vec![platform::onnxruntime_tag(OS, ARCH)?],
            is_complete: |directory| libraries(directory).is_ok_and(|found| !found.is_empty()),
            take,
        },
    )?;
    prerequisites::check(!wheel.is_present())?;
    wheel.ensure(layout)
}

/// Moves the libraries alone.
fn take(unpacked: &Path, ready: &Path) -> Result<(), Error> {
    let inside = unpacked.join("onnxruntime").join("capi");
    let found = libraries(&inside)?;
    if found.is_empty() {
        return Err(Error::Absent { what: "libonnxruntime", place: inside });
    }
    for name in found {
        let library = inside.join(&name);
        fs::rename(&library, ready.join(&name)).map_err(Error::file("move", &library))?;
    }
    Ok(())
}

/// The names of the ONNX Runtime libraries in a directory (`libonnxruntime.so.1.27.0`, or
/// `libonnxruntime.1.27.0.dylib`; not those of the execution providers).
fn libraries(directory: &Path) -> Result<Vec<String>, Error> {
    let names = file_names(directory)?;
    Ok(names.into_iter().filter(|name| name.starts_with("libonnxruntime.")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_wheel_without_the_library_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir_all(directory.path().join("onnxruntime/capi")).unwrap();
        assert!(matches!(take(directory.path(), directory.path()), Err(Error::Absent { .. })));
    }
}
