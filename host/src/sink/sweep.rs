//! Removing what killed runs have left beside the outputs of this one.

use super::Output;
use super::target::target_of;
use crate::partial_file::{directory_of, sweep_directory};
use crate::warning::{Warning, WarningCode};
use std::{collections::BTreeSet, path::PathBuf};

/// Removes what processes that were killed have left in the directories of `outputs`: files with the name of a partial
/// file that nobody has locked. A warning, if there were any.
pub(crate) fn sweep(outputs: &[Output]) -> Option<Warning> {
    let files = outputs.iter().filter_map(|output| match output {
        Output::File(path) => target_of(path).ok(),
        Output::Stdout { .. } => None,
    });
    let directories: BTreeSet<PathBuf> = files.map(|target| directory_of(&target).to_owned()).collect();
    let swept: Vec<PathBuf> = directories.iter().flat_map(|directory| sweep_directory(directory)).collect();
    let first = swept.first()?.display();
    let text = match swept.len() {
        1 => format!("removed {first}, which a run that was killed had left"),
        count => format!("removed {first} and {} more files that runs which were killed had left", count - 1),
    };
    Some(Warning::new(WarningCode::PartialFiles, text))
}

/// Removes what processes that were killed have left in the directories of these files, as every run with outputs does: a
/// warning, if there was anything.
pub fn sweep_partial_files(paths: &[PathBuf]) -> Option<Warning> {
    sweep(&paths.iter().map(Output::from).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::AtomicFile;
    use std::{fs, io::Write};

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
        let sentence = sweep(&outputs).unwrap().text.replace(directory.path().to_str().unwrap(), "DIR");
        assert_eq!(sentence, "removed DIR/.a.vcf.abcdef.partial, which a run that was killed had left");
        assert_eq!(sweep(&outputs), None, "the file that is written is locked, and the others have other names");
        alive.commit().unwrap();
        assert_eq!(fs::read(path("a.vcf")).unwrap(), b"half");
        assert!(path("a.vcf.abcdef.partial").exists() && path(".a.vcf.abc-ef.partial").exists());

        for name in [".b.abcdef.partial", ".c.abcdef.partial", ".d.abcdef.partial"] {
            fs::write(path(name), "left").unwrap();
        }
        let sentence = sweep(&outputs).unwrap().text.replace(directory.path().to_str().unwrap(), "DIR");
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
