//! Small files that save a later run some work, and nothing else: what cannot be read or written is computed again.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use crate::partial_file::{create_beside, directory_of, sweep_of};

/// The text of a file, if there is one of at most so many bytes. A pipe of its name would be waited for.
pub(crate) fn read(file: &Path, longest: u64) -> Option<String> {
    let metadata = fs::metadata(file).ok()?;
    if !metadata.is_file() || metadata.len() > longest {
        return None;
    }
    fs::read_to_string(file).ok()
}

/// Writes a file, whole or not at all, and its directory. Another process may do the same at the same time; either file is
/// right. What processes that were killed have left of it goes.
///
/// # Errors
/// What the system says.
pub(crate) fn write(file: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(directory_of(file))?;
    sweep_of(file);
    let mut partial = create_beside(file)?;
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
        fs::write(file.with_file_name(".state.abcdef.partial"), "what a killed process left").unwrap();
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
