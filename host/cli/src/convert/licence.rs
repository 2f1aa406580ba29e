//! The licence that lies beside a published file.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// How the names of such files begin, in upper case.
const NAMES: [&str; 3] = ["LICENSE", "LICENCE", "COPYING"];
/// Bytes at its beginning among which the first line is looked for.
const HEAD: u64 = 4096;

/// What is said of the licence of these files: the first line of the one beside them, or that there is none.
pub fn beside(files: &[PathBuf]) -> String {
    let directories = files.iter().filter_map(|file| if file.is_dir() { Some(file.as_path()) } else { file.parent() });
    match directories.flat_map(licences).next() {
        Some(file) => {
            let begins = first_line(&file).map(|line| format!(", which begins \"{line}\"")).unwrap_or_default();
            format!("beside the source lies the licence {}{begins}", file.display())
        }
        None => "no licence lies beside the source; ask its authors before you use it".to_owned(),
    }
}

/// The licences in a directory, by name.
fn licences(directory: &Path) -> Vec<PathBuf> {
    let is_licence = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        let is_code = path.extension().is_some_and(|extension| extension == "py");
        path.is_file() && !is_code && NAMES.iter().any(|licence| name.starts_with(licence))
    };
    // A directory that cannot be read shows none.
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_licence).collect();
    found.sort();
    found
}

/// The first line of a file that has words.
fn first_line(file: &Path) -> Option<String> {
    let head = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(file)?.take(HEAD).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let head = head().ok()?;
    let text = String::from_utf8_lossy(&head);
    let mut lines = text.lines().map(str::trim);
    lines.find(|line| line.contains(char::is_alphanumeric)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_licence_beside_a_file_is_quoted() {
        let directory = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(directory.path().join(name), text).unwrap();
        let said = || beside(&[directory.path().join("w.h5")]).replace(&directory.path().display().to_string(), "DIR");
        let none = "no licence lies beside the source; ask its authors before you use it";
        assert_eq!(said(), none);
        write("license.py", "");
        write("Licence.md", "\n# ---\n  Creative Commons BY-NC 4.0  \nmore");
        assert_eq!(
            said(),
            "beside the source lies the licence DIR/Licence.md, which begins \"Creative Commons BY-NC 4.0\""
        );
        write("COPYING", "");
        assert_eq!(said(), "beside the source lies the licence DIR/COPYING");
        assert_eq!(beside(&[PathBuf::from("/no/such/w.h5")]), none);
    }
}
