//! Where an output lies, whatever links lead to it.

use crate::partial_file::directory_of;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Links that are followed, as many as Linux does.
const MOST_LINKS: usize = 40;

/// The file that writing `path` makes or replaces: behind all symbolic links, also those that lead to nothing yet.
///
/// # Errors
/// A name that no file can have.
pub(super) fn target_of(path: &Path) -> io::Result<PathBuf> {
    use io::ErrorKind::{NotADirectory, NotFound, PermissionDenied};
    match fs::canonicalize(path) {
        Ok(target) => Ok(target),
        // What there is instead is told by whoever makes the file.
        Err(error) if matches!(error.kind(), NotFound | NotADirectory | PermissionDenied) => Ok(behind_links(path)),
        Err(error) => Err(error),
    }
}

fn behind_links(path: &Path) -> PathBuf {
    let mut place = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&place) {
            // A relative link starts from its own directory.
            Ok(next) => place = directory_of(&place).join(next),
            Err(_) => break,
        }
    }
    place
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_are_followed_to_the_last() {
        let directory = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(directory.path()).unwrap();
        fs::create_dir(root.join("below")).unwrap();
        symlink("below/second", root.join("first")).unwrap();
        symlink("file", root.join("below/second")).unwrap();
        assert_eq!(target_of(&root.join("first")).unwrap(), root.join("below/file"), "there is no such file yet");
        fs::write(root.join("below/file"), "").unwrap();
        assert_eq!(target_of(&root.join("first")).unwrap(), root.join("below/file"));
        assert_eq!(target_of(&root.join("new")).unwrap(), root.join("new"));
        symlink("circle", root.join("circle")).unwrap();
        let error = target_of(&root.join("circle")).unwrap_err().to_string();
        assert!(error.contains("symbolic links"), "{error}");
    }
}
