//! Files that grow beside their targets, and what is left of them when a process is killed.

use super::Output;
use super::target::{directory_of, target_of};
use std::{
    collections::BTreeSet,
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
pub(super) fn create_beside(target: &Path) -> io::Result<NamedTempFile> {
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
pub(super) fn second_name(target: &Path, make: impl FnMut(&Path) -> io::Result<()>) -> io::Result<TempPath> {
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

/// Removes what processes that were killed have left in the directories of `outputs`: files with the name of a partial
/// file that nobody has locked. A sentence for the user, if there were any.
pub(crate) fn sweep(outputs: &[Output]) -> Option<String> {
    let files = outputs.iter().filter_map(|output| match output {
        Output::File(path) => target_of(path).ok(),
        Output::Stdout { .. } => None,
    });
    let directories: BTreeSet<PathBuf> = files.map(|target| directory_of(&target).to_owned()).collect();
    let swept: Vec<PathBuf> = directories.iter().flat_map(|directory| sweep_directory(directory)).collect();
    let first = swept.first()?.display();
    Some(match swept.len() {
        1 => format!("removed {first}, which a run that was killed had left"),
        count => format!("removed {first} and {} more files that runs which were killed had left", count - 1),
    })
}

/// Removes what processes that were killed have left in the directories of these files, as every run with outputs does: a
/// sentence for the user, if there was anything.
pub fn sweep_partial_files(paths: &[PathBuf]) -> Option<String> {
    sweep(&paths.iter().map(Output::from).collect::<Vec<_>>())
}

fn sweep_directory(directory: &Path) -> Vec<PathBuf> {
    // Whoever may not list a directory may still write there.
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let abandoned = entries.flatten().filter(is_partial).map(|entry| entry.path());
    let mut swept: Vec<PathBuf> = abandoned.filter(|path| remove_if_abandoned(path)).collect();
    swept.sort();
    swept
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
    use crate::sink::AtomicFile;
    use std::io::Write;

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
    fn what_nobody_writes_any_more_is_swept() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let outputs = [Output::from(path("a.vcf")), Output::from(path("b.vcf"))];
        assert_eq!(sweep(&outputs), None);

        let mut alive = AtomicFile::create(path("a.vcf")).unwrap();
        alive.write_all(b"half").unwrap();
        for name in [".a.vcf.abcdef.partial", "a.vcf.abcdef.partial", ".a.vcf.abc-ef.partial"] {
            fs::write(path(name), "left").unwrap();
        }
        fs::create_dir(path(".directory.abcdef.partial")).unwrap();
        let sentence = sweep(&outputs).unwrap().replace(directory.path().to_str().unwrap(), "DIR");
        assert_eq!(sentence, "removed DIR/.a.vcf.abcdef.partial, which a run that was killed had left");
        assert_eq!(sweep(&outputs), None, "the file that is written is locked, and the others have other names");
        alive.commit().unwrap();
        assert_eq!(fs::read(path("a.vcf")).unwrap(), b"half");
        assert!(path("a.vcf.abcdef.partial").exists() && path(".a.vcf.abc-ef.partial").exists());

        for name in [".b.abcdef.partial", ".c.abcdef.partial", ".d.abcdef.partial"] {
            fs::write(path(name), "left").unwrap();
        }
        let sentence = sweep(&outputs).unwrap().replace(directory.path().to_str().unwrap(), "DIR");
        assert_eq!(sentence, "removed DIR/.b.abcdef.partial and 2 more files that runs which were killed had left");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_called_like_a_partial_file_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        fs::write(path("data"), "precious").unwrap();
        std::os::unix::fs::symlink(path("data"), path(".a.abcdef.partial")).unwrap();
        assert_eq!(sweep(&[Output::from(path("a"))]), None);
        assert_eq!(fs::read(path("data")).unwrap(), b"precious");
    }
}
