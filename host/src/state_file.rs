//! Small files that save a later run some work, and nothing else: what cannot be read or written is computed again.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// The text of a file, if there is one of at most so many bytes. A pipe of its name would be waited for.
pub(crate) fn read(file: &Path, longest: u64) -> Option<String> {
    let metadata = fs::metadata(file).ok()?;
    if !metadata.is_file() || metadata.len() > longest {
        return None;
    }
    fs::read_to_string(file).ok()
}

/// Writes a file, whole or not at all, and its directory. Another process may do the same at the same time; either file is
/// right.
///
/// # Errors
/// What the system says.
pub(crate) fn write(file: &Path, text: &str) -> io::Result<()> {
    let directory = match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(directory)?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Others may read what one run has found; the umask may forbid it.
        builder.permissions(fs::Permissions::from_mode(0o644));
    }
    let mut partial = builder.tempfile_in(directory)?;
    partial.write_all(text.as_bytes())?;
    partial.persist(file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_written_whole_and_read_up_to_a_length() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("below/state");
        assert_eq!(read(&file, 9), None);
        write(&file, "first").unwrap();
        write(&file, "second").unwrap();
        assert_eq!((read(&file, 6).as_deref(), read(&file, 5)), (Some("second"), None));
        assert_eq!(fs::read_dir(directory.path().join("below")).unwrap().count(), 1, "no partial file stays");
        // A directory cannot be replaced by a file, whoever the user is.
        let kind = write(&directory.path().join("below"), "x").unwrap_err().kind();
        assert!(matches!(kind, io::ErrorKind::IsADirectory | io::ErrorKind::AlreadyExists), "{kind}");
        assert_eq!(read(directory.path(), 9), None);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "nor one that could not be put in place");
    }
}
