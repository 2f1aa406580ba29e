//! Files that grow beside their targets, and what is left of them when a process is killed.
//!
//! A lock tells whose process lives: a file that can be locked was left by one that is gone.

use std::{
    ffi::{OsStr, OsString},
    fs::{self, DirEntry, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};
use tempfile::{Builder, NamedTempFile, TempPath};

/// How the names of such files end.
const SUFFIX: &str = ".partial";
/// Letters and digits in such a name that tell one file from another.
const RANDOM: usize = 6;
/// Bytes of the longest name on common file systems.
const NAME_MAX: usize = 255;
/// How often another file is made if a sweep has taken the last one.
const ATTEMPTS: usize = 16;

/// Makes the file that will become `target`: `.NAME.XXXXXX.partial` in its directory. It is locked as long as it is open,
/// so that the sweeps of others leave it alone.
///
/// # Errors
/// What the system says.
pub(crate) fn create_beside(target: &Path) -> io::Result<NamedTempFile> {
    for _ in 0..ATTEMPTS {
        let prefix = prefix(target);
        let mut builder = builder(&prefix);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // A temporary file is private by default; this one becomes a result, which the umask governs.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(directory_of(target))?;
        match file.as_file().try_lock() {
            // A sweep may have taken it before it was locked.
            Ok(()) if is_linked(file.as_file()) => return Ok(file),
            Ok(()) | Err(TryLockError::WouldBlock) => {}
            // A file system without locks: nobody gets one to sweep there.
            Err(TryLockError::Error(_)) => return Ok(file),
        }
    }
    Err(io::Error::other("other processes remove the file as soon as it is made"))
}

/// A second name for the file at `target`, made by `make` in the same directory, and removed when it is dropped. It is
/// named as partial files are, so that a later run sweeps it if this process is killed.
///
/// # Errors
/// What the system says.
pub(crate) fn second_name(target: &Path, make: impl FnMut(&Path) -> io::Result<()>) -> io::Result<TempPath> {
    let prefix = prefix(target);
    Ok(builder(&prefix).make_in(directory_of(target), make)?.into_temp_path())
}

fn builder(prefix: &OsStr) -> Builder<'_, 'static> {
    let mut builder = Builder::new();
    builder.prefix(prefix).suffix(SUFFIX).rand_bytes(RANDOM);
    builder
}

/// `.NAME.`, with as much of the name as the longest name has room for.
fn prefix(target: &Path) -> OsString {
    let room = NAME_MAX - ".".len() - ".".len() - RANDOM - SUFFIX.len();
    let mut prefix = OsString::from(".");
    prefix.push(shortened(target.file_name().unwrap_or_default(), room));
    prefix.push(".");
    prefix
}

/// The first bytes of a name, without a part of a letter at the end.
fn shortened(name: &OsStr, most: usize) -> OsString {
    if name.len() <= most {
        return name.to_owned();
    }
    let text = name.to_string_lossy();
    text[..text.floor_char_boundary(most)].into()
}

fn is_linked(file: &File) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        file.metadata().is_ok_and(|metadata| metadata.nlink() > 0)
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        true
    }
}

/// Removes what processes that were killed have left in a directory: files with the name of a partial file that nobody has
/// locked. Their names.
pub(crate) fn sweep_directory(directory: &Path) -> Vec<PathBuf> {
    sweep_names(directory, OsStr::new("."))
}

/// The same, of files that would have become `target`.
pub(crate) fn sweep_of(target: &Path) -> Vec<PathBuf> {
    sweep_names(directory_of(target), &prefix(target))
}

fn sweep_names(directory: &Path, beginning: &OsStr) -> Vec<PathBuf> {
    // Whoever may not list a directory may still write there.
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let begins = |entry: &DirEntry| entry.file_name().as_encoded_bytes().starts_with(beginning.as_encoded_bytes());
    let abandoned = entries.flatten().filter(begins).filter(is_partial).map(|entry| entry.path());
    let mut swept: Vec<PathBuf> = abandoned.filter(|path| remove_if_abandoned(path)).collect();
    swept.sort();
    swept
}

/// The directory that holds `target`; for `name/`, which can only be a directory, that one itself.
pub(crate) fn directory_of(target: &Path) -> &Path {
    if target.as_os_str().as_encoded_bytes().ends_with(b"/") {
        return target;
    }
    match target.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Whether an entry is a file called `.NAME.XXXXXX.partial`.
fn is_partial(entry: &DirEntry) -> bool {
    is_partial_name(&entry.file_name()) && entry.file_type().is_ok_and(|kind| kind.is_file())
}

fn is_partial_name(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    let Some(rest) = name.strip_suffix(SUFFIX.as_bytes()).and_then(|rest| rest.strip_prefix(b".")) else {
        return false;
    };
    let Some((before, random)) = rest.split_at_checked(rest.len().saturating_sub(RANDOM)) else { return false };
    before.len() > 1 && before.ends_with(b".") && random.iter().all(u8::is_ascii_alphanumeric)
}

fn remove_if_abandoned(path: &Path) -> bool {
    // Some network file systems lock only files that are open for writing.
    let Ok(file) = OpenOptions::new().read(true).write(true).open(path) else { return false };
    // While it is locked here, whoever has just made it knows that it is lost.
    file.try_lock().is_ok() && fs::remove_file(path).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_partial_files_are_meant() {
        let is_meant = |name: &str| is_partial_name(OsStr::new(name));
        for name in [".a.vcf.a1B2c3.partial", ".a.000000.partial", "..aaaaaa.aaaaaa.partial"] {
            assert!(is_meant(name), "{name}");
        }
        for name in [
            "a.vcf.a1B2c3.partial",
            ".a.vcf.a1B2c.partial",
            ".a.vcf.a1B-c3.partial",
            ".a.vcf.a1B2c3.part",
            "..a1B2c3.partial",
            ".a1B2c3.partial",
            ".partial",
            "partial",
            "",
        ] {
            assert!(!is_meant(name), "{name}");
        }
    }

    #[test]
    fn the_name_of_a_partial_file_is_one_that_sweeps_know() {
        let directory = tempfile::tempdir().unwrap();
        for name in ["a", "out.vcf.gz", &"ä".repeat(127), &"x".repeat(255)] {
            let file = create_beside(&directory.path().join(name)).unwrap();
            let partial = file.path().file_name().unwrap();
            assert!(is_partial_name(partial) && partial.len() <= NAME_MAX, "{partial:?}");
        }
    }

    #[test]
    fn what_was_left_of_one_file_goes_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        for name in [".a.fai.abcdef.partial", ".a.abcdef.partial", ".b.fai.abcdef.partial"] {
            fs::write(path(name), "left").unwrap();
        }
        let alive = create_beside(&path("a.fai")).unwrap();
        assert_eq!(sweep_of(&path("a.fai")), [path(".a.fai.abcdef.partial")]);
        assert_eq!(sweep_of(&path("a.fai")), [""; 0].map(PathBuf::from));
        assert!(alive.path().exists());
        assert_eq!(sweep_directory(directory.path()), [".a.abcdef.partial", ".b.fai.abcdef.partial"].map(path));
    }
}
