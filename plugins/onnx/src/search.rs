//! Where the ONNX Runtime library may lie.

use std::env;
use std::ffi::{OsStr, c_void};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use kipos_plugin_api::writable_by_all;

use crate::loaded_library::file_of;

/// The environment variable that names the library.
pub const VARIABLE: &str = "KIPOS_ONNXRUNTIME";

/// The file name without version, for this platform.
const FILE_NAME: &str = if cfg!(target_os = "macos") { "libonnxruntime.dylib" } else { "libonnxruntime.so" };

/// What came of a search.
#[derive(Debug)]
pub struct Search {
    /// The library to open.
    pub candidate: Candidate,
    /// What was passed over because every user may change it.
    pub unsafe_places: Vec<UnsafePlace>,
}

/// Where a library was named or found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Candidate {
    /// The user named it: if it is wrong, nothing else is tried.
    Named {
        /// The file.
        path: PathBuf,
        /// How.
        by: &'static str,
    },
    /// It was found in a place that is looked at.
    Found(PathBuf),
    /// Nothing was found; the system's loader may know better.
    System(PathBuf),
    /// Nothing was found, and the system's loader would look where every user may write.
    Nothing,
}

/// A library that is passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsafePlace {
    library: PathBuf,
    why: String,
}

impl fmt::Display for UnsafePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not used, because {}", self.library.display(), self.why)
    }
}

/// The library to open: the one that somebody `named` (and how), the environment variable, beside the plugin, `../native`
/// from the plugin, the user's data, an importable Python package, the system.
pub fn find(named: Option<(PathBuf, &'static str)>) -> Search {
    let variable = || env::var_os(VARIABLE).filter(|value| !value.is_empty()).map(|path| (path.into(), VARIABLE));
    if let Some((path, by)) = named.or_else(variable) {
        return Search { candidate: Candidate::Named { path, by }, unsafe_places: Vec::new() };
    }
    let mut unsafe_places = Vec::new();
    let mut safe = |library: PathBuf| match check(&library) {
        Ok(()) => Some(library),
        Err(why) => {
            unsafe_places.push(UnsafePlace { library, why });
            None
        }
    };
    let found = directories().iter().find_map(|directory| safe(library_in(directory)?));
    let found = found.or_else(|| safe(python_package()?));
    let candidate = match found {
        Some(path) => Candidate::Found(path),
        None => match env::var_os(LOADER_PATH).and_then(|path| first_for_loader(&path)) {
            None => Candidate::System(FILE_NAME.into()),
            Some(library) => safe(library).map_or(Candidate::Nothing, Candidate::Found),
        },
    };
    Search { candidate, unsafe_places }
}

/// Whether only this user and root can change which library this is; else why not.
fn check(library: &Path) -> Result<(), String> {
    if !library.is_absolute() {
        return Err("it depends on the working directory".into());
    }
    // Who may put a file into its directory may put a newer library there.
    let places = library.parent().into_iter().chain([library]);
    for place in places {
        match writable_by_all(place) {
            Ok(None) => {}
            Ok(Some(place)) => return Err(format!("every user may write to {}", place.display())),
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(())
}

/// The environment variable with the directories that the system's loader searches first.
const LOADER_PATH: &str = if cfg!(target_os = "macos") { "DYLD_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" };

/// The library that the system's loader would find by its name in this list of directories. A name that is empty or
/// relative means the working directory to it.
fn first_for_loader(path: &OsStr) -> Option<PathBuf> {
    env::split_paths(path).map(|directory| directory.join(FILE_NAME)).find(|library| library.is_file())
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

/// Prints the directory of the package. Isolated (`-I`), Python does not look for packages in the working directory, nor
/// where its environment variables say, nor in the user's own packages: these are added again.
const FIND_PACKAGE: &str = "import importlib.util, site, sys; sys.path.append(site.getusersitepackages()); \
                            print(importlib.util.find_spec('onnxruntime').submodule_search_locations[0])";

/// The library inside the Python package `onnxruntime`, if Python finds one.
fn python_package() -> Option<PathBuf> {
    let python = python(&env::var_os("PATH")?)?;
    let output = Command::new(python).args(["-I", "-c", FIND_PACKAGE]).output().ok()?;
    if !output.status.success() {
        return None;
    }
    let package = String::from_utf8(output.stdout).ok()?;
    library_in(&Path::new(package.trim()).join("capi"))
}

/// The first Python of a list of directories that the working directory does not decide on, nor every user.
fn python(path: &OsStr) -> Option<PathBuf> {
    let directories = env::split_paths(path).filter(|directory| directory.is_absolute());
    let mut pythons = directories.map(|directory| directory.join("python3"));
    pythons.find(|python| python.is_file() && check(python).is_ok())
}

/// The file of this plugin.
pub fn own_file() -> Option<PathBuf> {
    file_of(own_file as fn() -> Option<PathBuf> as *const c_void)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

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
    fn what_is_named_goes_before_everything() {
        let path = PathBuf::from("/opt/libonnxruntime.so");
        let candidate = find(Some((path.clone(), "a test"))).candidate;
        assert_eq!(candidate, Candidate::Named { path, by: "a test" });
    }

    #[test]
    fn what_every_user_may_change_is_not_taken() {
        let directory = tempfile::tempdir().unwrap();
        let library = directory.path().join(FILE_NAME);
        fs::write(&library, "").unwrap();
        assert_eq!(check(&library), Ok(()));
        let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        set(&library, 0o666);
        assert_eq!(check(&library), Err(format!("every user may write to {}", library.display())));
        set(&library, 0o644);
        // In a sticky directory nobody can replace this library, but anybody can add a newer one.
        set(directory.path(), 0o1777);
        assert_eq!(check(&library), Err(format!("every user may write to {}", directory.path().display())));
        assert_eq!(check(Path::new(FILE_NAME)), Err("it depends on the working directory".into()));
    }

    #[test]
    fn the_loader_is_not_asked_to_look_into_the_working_directory() {
        let directory = tempfile::tempdir().unwrap();
        let library = directory.path().join(FILE_NAME);
        let path = env::join_paths([Path::new("/absent"), directory.path()]).unwrap();
        assert_eq!(first_for_loader(&path), None);
        fs::write(&library, "").unwrap();
        assert_eq!(first_for_loader(&path), Some(library));
    }

    #[test]
    fn python_is_taken_from_absolute_directories_that_others_cannot_change() {
        let (open, own) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for directory in [&open, &own] {
            fs::write(directory.path().join("python3"), "").unwrap();
        }
        fs::set_permissions(open.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let path = env::join_paths([Path::new(""), Path::new("."), open.path(), own.path()]).unwrap();
        assert_eq!(python(&path), Some(own.path().join("python3")));
        assert_eq!(python(OsStr::new("/absent")), None);
    }

    #[test]
    fn this_library_knows_its_file() {
        let own = own_file().unwrap();
        assert!(own.is_file(), "{}", own.display());
    }
}
