//! Whether every user of the machine could put native code where some is taken from.

use std::io;
use std::path::{Path, PathBuf};

/// The place through which every user of the machine could change what a path leads to: the path itself or a directory
/// above it, of which all may write to; `None` if there is none. One check for hosts and plugins: it belongs before every
/// library that is opened, and every directory in which one is looked for.
///
/// In a sticky directory such as `/tmp` users cannot replace what others own. So a sticky directory counts only if it is
/// the path itself, where anybody may add a file, or if what the path leads to in it belongs neither to this user nor to
/// root. Where the path goes through symbolic links, both the links and what they lead to are looked at. Writing by groups
/// is not looked at. On systems without these permissions no place counts.
///
/// # Errors
/// A path that does not exist or cannot be looked at.
pub fn writable_by_all(path: &Path) -> io::Result<Option<PathBuf>> {
    let (named, real) = (std::path::absolute(path)?, path.canonicalize()?);
    match replaceable(&named)? {
        None if real != named => replaceable(&real),
        found => Ok(found),
    }
}

#[cfg(unix)]
fn replaceable(path: &Path) -> io::Result<Option<PathBuf>> {
    use std::os::unix::fs::MetadataExt as _;

    const ALL_MAY_WRITE: u32 = 0o002;
    const STICKY: u32 = 0o1000;
    let mut owner_below = None;
    for place in path.ancestors() {
        let metadata = place.metadata()?;
        let kept_by_owner = metadata.is_dir() && metadata.mode() & STICKY != 0;
        let is_ours = owner_below.is_some_and(|owner| owner == 0 || owner == this_user());
        if metadata.mode() & ALL_MAY_WRITE != 0 && !(kept_by_owner && is_ours) {
            return Ok(Some(place.to_owned()));
        }
        owner_below = Some(place.symlink_metadata()?.uid());
    }
    Ok(None)
}

#[cfg(not(unix))]
fn replaceable(_: &Path) -> io::Result<Option<PathBuf>> {
    Ok(None)
}

/// The number of the user whose rights this process has.
#[cfg(unix)]
fn this_user() -> u32 {
    // SAFETY: the C library of every such system has this function, without arguments and always successful; its `uid_t`
    // is an unsigned number of 32 bits.
    unsafe extern "C" {
        safe fn geteuid() -> u32;
    }
    geteuid()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    /// A new directory of this test, with `plugins/library` in it.
    fn world(name: &str) -> PathBuf {
        let root = std::env::temp_dir().join(format!("kipos-trusted-path-{}-{name}", std::process::id()));
        fs::create_dir_all(root.join("plugins")).unwrap();
        fs::write(root.join("plugins/library"), "").unwrap();
        root.canonicalize().unwrap()
    }

    fn set(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_file_its_directory_and_every_directory_above_count() {
        let root = world("above");
        let library = root.join("plugins/library");
        assert_eq!(writable_by_all(&library).unwrap(), None);
        for place in [library.clone(), root.join("plugins"), root.clone()] {
            let before = fs::metadata(&place).unwrap().permissions();
            set(&place, 0o777);
            assert_eq!(writable_by_all(&library).unwrap(), Some(place.clone()));
            fs::set_permissions(&place, before).unwrap();
        }
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_sticky_directory_keeps_what_is_ours_and_is_no_place_to_look_in() {
        let root = world("sticky");
        set(&root.join("plugins"), 0o1777);
        assert_eq!(writable_by_all(&root.join("plugins/library")).unwrap(), None);
        assert_eq!(writable_by_all(&root.join("plugins")).unwrap(), Some(root.join("plugins")));
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn links_and_what_they_lead_to_count() {
        let (links, files) = (world("links"), world("files"));
        symlink(files.join("plugins/library"), links.join("link")).unwrap();
        assert_eq!(writable_by_all(&links.join("link")).unwrap(), None);
        set(&files.join("plugins"), 0o777);
        assert_eq!(writable_by_all(&links.join("link")).unwrap(), Some(files.join("plugins")));
        set(&files.join("plugins"), 0o755);
        set(&links, 0o777);
        assert_eq!(writable_by_all(&links.join("link")).unwrap(), Some(links.clone()));
        fs::remove_dir_all(links).unwrap();
        fs::remove_dir_all(files).unwrap();
    }

    #[test]
    fn what_is_absent_is_an_error() {
        let kind = writable_by_all(Path::new("/absent/library")).unwrap_err().kind();
        assert_eq!(kind, io::ErrorKind::NotFound);
    }
}
