//! What results follow from, in a file beside one that has no place for it.

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::{AtomicFile, PendingFiles, SinkError};
use crate::provenance::Provenance;
use crate::warning::{Warning, WarningCode};

/// What its name has behind that of the file that it stands beside.
const SUFFIX: &str = ".provenance.json";

/// The file beside `path` that says what that one follows from.
pub(super) fn side_path(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(SUFFIX);
    name.into()
}

/// Writes what a file follows from into one beside it, which waits to be put under its name. There is none if nothing is
/// known or the file is a device or a pipe; nor where its name would be too long, which is said.
///
/// # Errors
/// The file cannot be made or written.
pub(crate) fn side_file(path: &Path, provenance: &Provenance) -> Result<PendingFiles, SinkError> {
    let mut pending = PendingFiles::default();
    if provenance.is_empty() || fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Ok(pending);
    }
    let Some(mut file) = AtomicFile::create_beside(side_path(path))? else {
        let text = format!("{} has no file {SUFFIX} beside it, as the name would be too long", path.display());
        pending.warn(Some(Warning::new(WarningCode::ProvenanceNotWritten, text)));
        return Ok(pending);
    };
    let written = file.write_all(provenance.to_pretty_json().as_bytes());
    written.map_err(|source| file.write_error(source))?;
    pending.extend(PendingFiles::file(file));
    Ok(pending)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn the_file_appears_with_the_one_that_it_stands_beside() {
        let directory = tempfile::tempdir().unwrap();
        let provenance = Provenance::new().with("a", "b");
        let pending = side_file(&directory.path().join("t.tsv"), &provenance).unwrap();
        assert!(names(directory.path()).iter().all(|name| name.ends_with(".partial")));
        pending.commit().unwrap();
        assert_eq!(names(directory.path()), ["t.tsv.provenance.json"]);
        let text = fs::read_to_string(directory.path().join("t.tsv.provenance.json")).unwrap();
        assert_eq!(text, "{\n  \"a\": \"b\"\n}\n");
    }

    #[test]
    fn devices_have_none_and_long_names_are_said() {
        let directory = tempfile::tempdir().unwrap();
        let provenance = Provenance::new().with("a", "b");
        side_file(Path::new("/dev/null"), &provenance).unwrap().commit().unwrap();
        side_file(&directory.path().join("t.tsv"), &Provenance::new()).unwrap().commit().unwrap();
        let long = directory.path().join("x".repeat(250));
        let pending = side_file(&long, &provenance).unwrap();
        let expected =
            format!("{} has no file .provenance.json beside it, as the name would be too long", long.display());
        assert_eq!(pending.warnings(), [Warning::new(WarningCode::ProvenanceNotWritten, expected)]);
        pending.commit().unwrap();
        assert_eq!(names(directory.path()), [""; 0]);
    }
}
