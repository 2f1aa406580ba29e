//! Finding files that may be plugins; none of them is opened here.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{fs, io, path};

use kipos_plugin_api::writable_by_all;

use super::PluginProblem;

/// Files named as plugin libraries.
#[derive(Debug, Default)]
pub(super) struct Discovered {
    /// Absolute paths, directory by directory, sorted by file name within each.
    pub libraries: Vec<PathBuf>,
    /// Shared libraries that are not named as plugins, likewise.
    pub passed_over: Vec<PathBuf>,
    /// The directories that could not be used.
    pub problems: Vec<PluginProblem>,
}

/// Lists the plugin libraries of several directories in order: files named `libkipos_plugin_*.so` or `.dylib`
/// (`kipos_plugin_*.dll` on Windows), and never another one that lies beside them.
///
/// A directory that does not exist is passed over, one that is named twice counts once, and one in which every user may put
/// files is refused.
pub(super) fn find_libraries(dirs: &[PathBuf]) -> Discovered {
    let mut found = Discovered::default();
    let mut seen = HashSet::new();
    for dir in dirs {
        match list(dir, &mut seen) {
            Ok(Listing::Libraries { named, others }) => {
                found.libraries.extend(named);
                found.passed_over.extend(others);
            }
            Ok(Listing::WorldWritable { place }) => {
                found.problems.push(PluginProblem::WorldWritableDir { dir: dir.clone(), place });
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(reason) => found.problems.push(PluginProblem::UnreadableDir { dir: dir.clone(), reason }),
        }
    }
    found
}

enum Listing {
    Libraries { named: Vec<PathBuf>, others: Vec<PathBuf> },
    WorldWritable { place: PathBuf },
}

fn list(dir: &Path, seen: &mut HashSet<PathBuf>) -> io::Result<Listing> {
    let (mut named, mut others) = (Vec::new(), Vec::new());
    if !seen.insert(dir.canonicalize()?) {
        return Ok(Listing::Libraries { named, others });
    }
    // The system's loader takes a path without a slash for the name of a library that it should search itself.
    let dir = path::absolute(dir)?;
    let entries = fs::read_dir(&dir)?;
    if let Some(place) = writable_by_all(&dir)? {
        return Ok(Listing::WorldWritable { place });
    }
    for entry in entries {
        let path = entry?.path();
        let Some(name) = path.file_name().filter(|name| is_library(name)) else { continue };
        let list = if plugin_stem(name).is_some() { &mut named } else { &mut others };
        // Neither a directory nor a pipe, which would be waited for.
        if path.is_file() {
            list.push(path);
        }
    }
    named.sort();
    others.sort();
    Ok(Listing::Libraries { named, others })
}

/// The ends of names of shared libraries.
const SUFFIXES: &[&str] = if cfg!(windows) { &[".dll"] } else { &[".so", ".dylib"] };

fn is_library(file_name: &OsStr) -> bool {
    let name = file_name.to_string_lossy();
    SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}

/// Whether a file is named as plugin libraries are.
pub fn is_plugin_file(file: &Path) -> bool {
    file.file_name().and_then(plugin_stem).is_some()
}

/// The `*` of `libkipos_plugin_*.so`, if the file is named so.
pub(super) fn plugin_stem(file_name: &OsStr) -> Option<&str> {
    let prefix = if cfg!(windows) { "kipos_plugin_" } else { "libkipos_plugin_" };
    let rest = file_name.to_str()?.strip_prefix(prefix)?;
    SUFFIXES.iter().find_map(|suffix| rest.strip_suffix(suffix)).filter(|stem| !stem.is_empty())
}

#[cfg(test)]
mod tests {
    use tempfile::{TempDir, tempdir};

    use super::*;

    fn library(name: &str) -> String {
        if cfg!(windows) { format!("kipos_plugin_{name}.dll") } else { format!("libkipos_plugin_{name}.so") }
    }

    fn dir_with(files: &[&str]) -> TempDir {
        let dir = tempdir().unwrap();
        for file in files {
            fs::write(dir.path().join(file), "").unwrap();
        }
        dir
    }

    fn names(found: &Discovered) -> Vec<&str> {
        found.libraries.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect()
    }

    #[test]
    fn only_plugins_are_found_in_the_order_of_their_names() {
        let (a, b) = (library("a"), library("b"));
        let dir = dir_with(&[&b, &a, "libonnxruntime.so", "libkipos_plugin_c.d", "libtest_stub.so", &library("")]);
        fs::create_dir(dir.path().join(library("directory"))).unwrap();
        let found = find_libraries(&[dir.path().to_owned()]);
        assert_eq!(names(&found), [a, b]);
        assert!(found.problems.is_empty());
        if cfg!(unix) {
            let passed_over = ["libkipos_plugin_.so", "libonnxruntime.so", "libtest_stub.so"];
            assert_eq!(found.passed_over, passed_over.map(|name| dir.path().join(name)));
        }
    }

    #[test]
    fn directories_keep_their_order_and_count_once() {
        let (a, b) = (library("a"), library("b"));
        let (first, second) = (dir_with(&[&b]), dir_with(&[&a]));
        let again = first.path().join("..").join(first.path().file_name().unwrap());
        let found = find_libraries(&[first.path().to_owned(), second.path().to_owned(), again]);
        assert_eq!(names(&found), [b, a]);
    }

    #[test]
    fn an_absent_directory_is_no_problem() {
        let dir = tempdir().unwrap();
        let found = find_libraries(&[dir.path().join("absent")]);
        assert!(found.libraries.is_empty() && found.problems.is_empty());
    }

    #[test]
    fn a_file_in_place_of_a_directory_is_a_problem() {
        let dir = dir_with(&["file"]);
        let path = dir.path().join("file");
        let found = find_libraries(std::slice::from_ref(&path));
        let [problem] = found.problems.as_slice() else { panic!("{found:?}") };
        assert!(problem.to_string().starts_with(&format!("plugin directory {}: cannot be read: ", path.display())));
    }

    #[cfg(unix)]
    #[test]
    fn a_directory_that_everyone_may_write_to_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = dir_with(&[&library("a")]);
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o1777)).unwrap();
        let found = find_libraries(&[dir.path().to_owned()]);
        assert!(found.libraries.is_empty());
        assert!(
            matches!(found.problems.as_slice(), [PluginProblem::WorldWritableDir { dir: refused, .. }] if refused == dir.path())
        );
    }

    #[test]
    fn the_stem_of_a_file_name() {
        assert_eq!(plugin_stem(OsStr::new(&library("onnx"))), Some("onnx"));
        assert_eq!(plugin_stem(OsStr::new("libkipos_plugin_onnx.a")), None);
        assert_eq!(plugin_stem(OsStr::new("xlibkipos_plugin_onnx.so")), None);
    }
}
