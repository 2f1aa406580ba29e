//! Where the ONNX Runtime library may lie.

use std::env;
use std::ffi::{CStr, c_void};
use std::fs;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The environment variable that names the library.
pub const VARIABLE: &str = "KIPOS_ONNXRUNTIME";

/// The file name without version, for this platform.
const FILE_NAME: &str = if cfg!(target_os = "macos") { "libonnxruntime.dylib" } else { "libonnxruntime.so" };

/// Where a library was named or found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Candidate {
    /// The user named it: if it is wrong, nothing else is tried.
    Named {
        /// The file.
        path: PathBuf,
        /// Who named it.
        by: &'static str,
    },
    /// It lies in a place that is looked at.
    Found(PathBuf),
    /// Nothing was found; the system's loader may know better.
    System(PathBuf),
}

/// The library to open: the one that somebody `named` (and who did), the environment variable, beside the plugin, `../native` from the
/// plugin, the user's data, an importable Python package, the system.
pub fn find(named: Option<(PathBuf, &'static str)>) -> Candidate {
    if let Some((path, by)) = named {
        return Candidate::Named { path, by };
    }
    if let Some(path) = env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        return Candidate::Named { path: path.into(), by: VARIABLE };
    }
    let found = directories().iter().find_map(|directory| library_in(directory));
    match found.or_else(python_package) {
        Some(path) => Candidate::Found(path),
        None => Candidate::System(FILE_NAME.into()),
    }
}

/// The directories that are looked at, in order.
pub fn directories() -> Vec<PathBuf> {
    let mut directories = Vec::new();
    if let Some(own) = own_file().as_deref().and_then(Path::parent) {
        directories.push(own.to_owned());
        directories.extend(own.parent().map(|above| above.join("native/onnxruntime")));
    }
    let data = env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let data = data.or_else(|| env::home_dir().map(|home| home.join(".local/share")));
    directories.extend(data.map(|data| data.join("kipos/native/onnxruntime")));
    directories
}

/// The newest library of a directory: its name, or its name with a version behind.
pub(crate) fn library_in(directory: &Path) -> Option<PathBuf> {
    let (stem, suffix) = FILE_NAME.rsplit_once('.')?;
    let is_library = |name: &str| {
        let rest = name.strip_prefix(stem);
        // libonnxruntime.so.1.27.0, libonnxruntime.1.27.0.dylib
        rest.is_some_and(|rest| rest.starts_with('.') && rest.split('.').any(|part| part == suffix))
    };
    let version = |path: &PathBuf| -> Vec<u32> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.split('.').filter_map(|part| part.parse().ok()).collect()
    };
    let entries = fs::read_dir(directory).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let libraries = entries.filter(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(is_library));
    libraries.max_by_key(version)
}

/// The library inside the Python package `onnxruntime`, if Python finds one.
fn python_package() -> Option<PathBuf> {
    let code = "import importlib.util as u; print(u.find_spec('onnxruntime').submodule_search_locations[0])";
    let output = Command::new("python3").args(["-c", code]).output().ok().filter(|output| output.status.success())?;
    let package = String::from_utf8(output.stdout).ok()?;
    library_in(&Path::new(package.trim()).join("capi"))
}

/// The file of this plugin. It may lie anywhere, so it is asked for at run time.
fn own_file() -> Option<PathBuf> {
    let mut info = MaybeUninit::<libc::Dl_info>::zeroed();
    let address = own_file as fn() -> Option<PathBuf> as *const c_void;
    // SAFETY: `address` points into this library and `info` has room for the answer.
    let known = unsafe { libc::dladdr(address, info.as_mut_ptr()) } != 0;
    // SAFETY: all fields are pointers or integers, for which the zeros of `zeroed` are values.
    let info = unsafe { info.assume_init() };
    if !known || info.dli_fname.is_null() {
        return None;
    }
    // SAFETY: dladdr says that this is the file name of a loaded library; it lives as long as the library.
    let name = unsafe { CStr::from_ptr(info.dli_fname) };
    Some(Path::new(std::ffi::OsStr::from_bytes(name.to_bytes())).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_library_of_a_directory_is_taken() {
        let directory = tempfile::tempdir().unwrap();
        let names = ["libonnxruntime.so", "libonnxruntime.so.1.9.0", "libonnxruntime.so.1.27.0"];
        let others = ["libonnxruntime_providers_shared.so", "onnxruntime.txt", "libonnxruntime.so-old"];
        for name in names.iter().chain(&others) {
            fs::write(directory.path().join(name), "").unwrap();
        }
        if cfg!(target_os = "linux") {
            assert_eq!(library_in(directory.path()), Some(directory.path().join("libonnxruntime.so.1.27.0")));
        }
        assert_eq!(library_in(&directory.path().join("absent")), None);
    }

    #[test]
    fn an_argument_goes_before_everything() {
        let path = PathBuf::from("/opt/libonnxruntime.so");
        assert!(matches!(find(Some((path.clone(), "a test"))), Candidate::Named { path: named, .. } if named == path));
    }

    #[test]
    fn this_library_knows_its_file() {
        let own = own_file().unwrap();
        assert!(own.is_file(), "{}", own.display());
    }
}
